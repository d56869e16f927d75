// How long users wait after a loss, part by part along the critical path: detection, inner healing, people, steps, what
// caches of DNS hold, and the proof that users are served. Declared estimates first, else what actions say of themselves.
import type { PlannedStep } from '../core/runbook/plan.ts';
import type { StepSpec } from '../core/estate.ts';
import type { Examined, Move } from './examined.ts';
import { isKnown, time } from './said.ts';

/** Milliseconds; `p50` and `p95` are equal where only one is known. */
export type Part = { readonly name: string; readonly p50: number; readonly p95: number; readonly isDeclared: boolean };
/** `NaN` where a part of it waits for an inventory: then every comparison with it says no. */
export type RecoveryTime = { readonly parts: readonly Part[]; readonly p50: number; readonly p95: number };

/** Where no `approve` action is known: two minutes to be found and to read, a quarter of an hour at night. */
const people = { p50: 120_000, p95: 900_000 } as const;

export function recoveryTime({ catalogue }: Pick<Examined, 'catalogue'>, move: Move): RecoveryTime {
  const { tier, workload, diagnosis } = move;
  const { detection, usersPath } = tier;
  const window = detection.intervalMs * detection.failures + detection.timeoutMs;
  // A narrow diagnosis waits until the neighbours of what is dead have had time to die too.
  const settle = diagnosis === 'RegionLost' ? 0 : detection.intervalMs * 2 + detection.timeoutMs;
  const healing = diagnosis === 'RegionLost' ? 0 : (workload.localHa?.graceMs ?? 0);
  const prior = catalogue.actions.get('approve')?.priorMs ?? people;
  const parts: Part[] = [
    certain('detection', window + settle),
    certain('inner healing', healing),
    ...(move.asks === 'yes'
      ? [{ name: 'approval', p50: prior.p50, p95: Math.min(prior.p95, tier.approvals.expireMs), isDeclared: false }]
      : []),
    certain('approval', move.asks === 'unknown' ? NaN : 0),
    ...criticalSteps({ catalogue }, move),
    certain('DNS TTL', timeToLiveMs(move)),
    certain('validation', Math.max(usersPath.good * usersPath.intervalMs, usersPath.sustainedMs)),
  ].filter((part) => part.p50 !== 0);
  return { parts, p50: sum(parts, 'p50'), p95: sum(parts, 'p95') };
}

/** Seconds that resolvers may keep the old answer, where a step that routes says them. */
export function timeToLiveMs({ plan, runbook }: Pick<Move, 'plan' | 'runbook'>): number {
  const inputs = plan?.steps.map((step) => step.with) ?? runbook.steps.map((step) => step.with);
  return Math.max(
    0,
    ...inputs.map((input) =>
      typeof input === 'object' && input !== null && 'ttl' in input && isKnown(input['ttl']) ? input['ttl'] * 1_000 : 0,
    ),
  );
}

export const saidPath = (parts: readonly Part[]): readonly string[] =>
  parts.map(
    (part) =>
      `${part.name} ${time(part.p50)}${part.isDeclared ? '' : part.p95 > part.p50 ? ` (usual; up to ${time(part.p95)})` : ' (usual)'}`,
  );

type Step = Pick<StepSpec, 'id' | 'uses' | 'needs' | 'when' | 'expectMs'>;

/** The chain of steps that takes longest. Steps come after what they need, in any order of the list. */
function criticalSteps({ catalogue }: Pick<Examined, 'catalogue'>, { runbook, plan }: Move): readonly Part[] {
  const steps = new Map(runbook.steps.map((step): [string, Step] => [step.id, step]));
  const planned = new Map(plan?.steps.map((step): [string, PlannedStep] => [step.id, step]));
  const chains = new Map<string, readonly Part[]>();
  const chainOf = (id: string): readonly Part[] => {
    const known = chains.get(id);
    const step = steps.get(id);
    if (known !== undefined || step === undefined) return known ?? [];
    chains.set(id, []);
    const before = longest(step.needs.map(chainOf));
    const usual = catalogue.actions.get(planned.get(id)?.uses ?? step.uses)?.priorMs;
    const own: Part =
      step.expectMs === undefined
        ? { name: id, p50: usual?.p50 ?? 0, p95: usual?.p95 ?? 0, isDeclared: false }
        : certain(id, step.expectMs);
    const chain = [...before, own];
    chains.set(id, chain);
    return chain;
  };
  return longest([...steps.keys()].map(chainOf));
}

const longest = (chains: readonly (readonly Part[])[]): readonly Part[] =>
  chains.reduce<readonly Part[]>((most, each) => (sum(each, 'p50') <= sum(most, 'p50') ? most : each), []);
const sum = (parts: readonly Part[], which: 'p50' | 'p95'): number => parts.reduce((total, part) => total + part[which], 0);
/** What is not known yet is no number, and neither is a sum with it. */
const certain = (name: string, ms: number): Part => ({ name, p50: isKnown(ms) ? ms : NaN, p95: isKnown(ms) ? ms : NaN, isDeclared: true });
