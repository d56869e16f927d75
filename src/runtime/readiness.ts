// Asks, long before anybody needs to know, what would stop a runbook today: every action of every runbook that a workload names
// is evaluated, read-only, at the start and every few minutes. It also opens the providers' clients, so that the first
// call of a bad night does not have to load them.
import { leaving } from '../core/decision/planned-move.ts';
import { compile } from '../core/runbook/compile.ts';
import { mayBegin } from '../core/runbook/may-begin.ts';
import type { Plan } from '../core/runbook/plan.ts';
import { declaredAs, type Estate, type Mode, type Workload } from '../core/estate.ts';
import type { Catalogue } from '../core/catalogue.ts';
import type { Instant, Json } from '../core/values.ts';
import { underDeadline } from '../deadline.ts';
import type { Clock, Finding } from '../ports.ts';
import { saidBy } from './answer.ts';
import type { Registry } from './dispatch.ts';

export type Readiness = {
  readonly workload: string;
  readonly runbook: string;
  readonly mode: Mode;
  readonly step: string;
  readonly finding: Finding;
};
/** The last look that ended: when, and all that it found. */
export type Looked = { readonly at: Instant; readonly moves: readonly Asked[]; readonly findings: readonly Readiness[] };
/** One move whose steps were asked about: roles may have changed since they were declared. */
export type Asked = Pick<Plan, 'workload' | 'runbook' | 'mode' | 'from' | 'to'>;
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

export type ReadinessWatch = {
  /** Undefined until the first look has ended. */
  readonly last: () => Looked | undefined;
  readonly end: () => void;
};

export function startReadiness(options: ReadinessOptions): ReadinessWatch {
  let before = '[]';
  let last: Looked | undefined;
  const look = async (): Promise<void> => {
    const moves: Asked[] = [];
    const found = (
      await Promise.all(Object.values(options.estate.workloads).map((workload) => findingsOf(options, workload, moves)))
    ).flat();
    last = { at: options.clock.now(), moves, findings: found };
    const now = JSON.stringify(found);
    if (now !== before) options.changed(found);
    before = now;
  };
  void look();
  const timer = setInterval(() => void look(), everyMs);
  return { last: () => last, end: () => clearInterval(timer) };
}

async function findingsOf(options: ReadinessOptions, workload: Workload, moves: Asked[]): Promise<Readiness[]> {
  const found: Readiness[] = [];
  for (const { runbook, mode, byHand } of runbooksOf(options.estate, workload)) {
    const [primary, standby] = [
      workload.replicas.find((each) => each.role === 'primary'),
      workload.replicas.find((each) => each.role === 'standby'),
    ];
    // What is restored where it stands needs no other replica.
    const other = standby ?? (byHand !== undefined && mode === 'failover' ? primary : undefined);
    const [from, to] = mode === 'failback' ? [other, primary] : [primary, other];
    if (from === undefined || to === undefined) continue;
    const move = leaving({ workload, mode, runbook, from, to, ...(byHand === undefined ? {} : { byHand }) });
    const plan = compile(options.estate, options.catalogue, move);
    if (!plan.ok) {
      found.push({
        workload: workload.id,
        runbook,
        mode,
        step: '',
        finding: { code: plan.error.code, severity: 'blocks', sentence: plan.error.message, remedy: plan.error.remedy },
      });
      continue;
    }
    moves.push(plan.value);
    for (const step of plan.value.steps.filter((each) => mayBegin(each, move, options.catalogue.evaluate)))
      for (const finding of await evaluated(options, step.uses, step.with))
        found.push({ workload: workload.id, runbook, mode, step: step.id, finding });
  }
  return found;
}

function runbooksOf(
  { runbooks }: Estate,
  workload: Workload,
): { readonly runbook: string; readonly mode: Mode; readonly byHand?: string }[] {
  const { onDiagnosis, switchover, failback, byHand } = workload.runbooks;
  return [
    ...[...new Set(Object.values(onDiagnosis))].map((runbook) => ({ runbook, mode: 'failover' as const })),
    ...(switchover === undefined ? [] : [{ runbook: switchover, mode: 'switchover' as const }]),
    ...(failback === undefined ? [] : [{ runbook: failback, mode: 'failback' as const }]),
    ...Object.entries(byHand ?? {}).flatMap(([name, runbook]) =>
      (declaredAs(runbooks, runbook)?.modes ?? []).map((mode) => ({ runbook, mode, byHand: name })),
    ),
  ];
}

function isFinding(value: unknown): value is Finding {
  if (typeof value !== 'object' || value === null) return false;
  const { code, severity, sentence, remedy } = value as Readonly<Record<string, unknown>>;
  return (severity === 'blocks' || severity === 'warns') && [code, sentence, remedy].every((each) => typeof each === 'string');
}

/** An evaluation that fails is a finding too: it could not be said that the step is ready. */
async function evaluated({ registry, clock }: ReadinessOptions, uses: string, input: Json): Promise<readonly Finding[]> {
  const bound = registry.actions.get(uses);
  if (bound?.it.evaluate === undefined || bound.problem(input) !== undefined) return [];
  const { it, tools } = bound;
  try {
    const found: unknown = await underDeadline(
      undefined,
      callMs,
      async (signal) => (await it.evaluate?.({ with: input as never, tools, now: clock.now(), signal })) ?? [],
    );
    if (Array.isArray(found) && found.every(isFinding)) return found;
    throw new Error('it answered what is no list of findings');
  } catch (error) {
    return [
      {
        code: 'NOT_EVALUATED',
        severity: 'warns',
        sentence: `${uses} could not be evaluated: ${saidBy(error)}`,
        remedy: 'Check that the provider can be reached from here.',
      },
    ];
  }
}
