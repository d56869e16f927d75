// Asks, long before anybody needs to know, what would stop a runbook today: every action of every runbook that a workload names
// is evaluated, read-only, at the start and every few minutes. It also opens the providers' clients, so that the first
// call of a bad night does not have to load them.
import { compile } from '../core/runbook/compile.ts';
import type { Estate, Mode, Workload } from '../core/estate.ts';
import type { Catalogue } from '../core/catalogue.ts';
import type { Json } from '../core/values.ts';
import { underDeadline } from '../deadline.ts';
import type { Clock, Finding } from '../ports.ts';
import type { Registry } from './dispatch.ts';

export type Readiness = { readonly workload: string; readonly runbook: string; readonly step: string; readonly finding: Finding };
export type ReadinessOptions = {
  readonly estate: Estate;
  readonly catalogue: Catalogue;
  readonly registry: Registry;
  readonly clock: Clock;
  /** Each time that the findings changed, all of them. */
  changed(findings: readonly Readiness[]): void;
};
const everyMs = 5 * 60_000;
const callMs = 15_000;

/** Returns what ends it. */
export function startReadiness(options: ReadinessOptions): () => void {
  let before = '[]';
  const look = async (): Promise<void> => {
    const found = (await Promise.all(Object.values(options.estate.workloads).map((workload) => findingsOf(options, workload)))).flat();
    const now = JSON.stringify(found);
    if (now !== before) options.changed(found);
    before = now;
  };
  void look();
  const timer = setInterval(() => void look(), everyMs);
  return () => clearInterval(timer);
}

async function findingsOf(options: ReadinessOptions, workload: Workload): Promise<Readiness[]> {
  const found: Readiness[] = [];
  for (const { runbook, mode } of runbooksOf(workload)) {
    const [from, to] = [
      workload.replicas.find((each) => each.role === 'primary'),
      workload.replicas.find((each) => each.role === 'standby'),
    ];
    if (from === undefined || to === undefined) continue;
    const plan = compile(options.estate, options.catalogue, {
      workload,
      mode,
      runbook,
      from,
      to,
      ...(mode === 'failover' ? { leave: from.site } : {}),
    });
    if (!plan.ok) {
      found.push({
        workload: workload.id,
        runbook,
        step: '',
        finding: { code: plan.error.code, severity: 'blocks', sentence: plan.error.message, remedy: plan.error.remedy },
      });
      continue;
    }
    for (const step of plan.value.steps)
      for (const finding of await evaluated(options, step.uses, step.with))
        found.push({ workload: workload.id, runbook, step: step.id, finding });
  }
  return found;
}

function runbooksOf(workload: Workload): { readonly runbook: string; readonly mode: Mode }[] {
  const { onDiagnosis, switchover } = workload.runbooks;
  const failovers = [...new Set(Object.values(onDiagnosis))].map((runbook) => ({ runbook, mode: 'failover' as const }));
  return switchover === undefined ? failovers : [...failovers, { runbook: switchover, mode: 'switchover' as const }];
}

/** An evaluation that fails is a finding too: it could not be said that the step is ready. */
async function evaluated({ registry, clock }: ReadinessOptions, uses: string, input: Json): Promise<readonly Finding[]> {
  const bound = registry.actions.get(uses);
  if (bound?.it.evaluate === undefined || bound.problem(input) !== undefined) return [];
  const { evaluate } = bound.it;
  try {
    return await underDeadline(undefined, callMs, (signal) =>
      evaluate({ with: input as never, tools: bound.tools, now: clock.now(), signal }),
    );
  } catch (error) {
    return [
      {
        code: 'NOT_EVALUATED',
        severity: 'warns',
        sentence: `${uses} could not be evaluated: ${(error as Error).message}`,
        remedy: 'Check that the provider can be reached from here.',
      },
    ];
  }
}
