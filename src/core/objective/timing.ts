// How long each part of a recovery takes, and who says so: what was measured here where there is enough of it, else what is declared, else what
// has to be assumed. The analysis, plans and rehearsals all take their durations from here.
import type { ActionFacts } from '../catalogue.ts';
import type { Tier, UsersPath } from '../estate.ts';
import { patienceMs } from '../runbook/approval.ts';
import type { PlannedStep } from '../runbook/plan.ts';
import { escalateMs } from '../runbook/wait.ts';
import type { Floor, Json } from '../values.ts';
import { always, type Spread } from './spread.ts';

/** Of earlier runs on one floor, ascending milliseconds: what each action took, by its name, and people to approve. */
export type Measured = {
  readonly floor: Floor;
  readonly steps: ReadonlyMap<string, readonly number[]>;
  readonly approvalsMs: readonly number[];
};
/** Fewer samples than these say too little: what is declared is used instead. */
export const leastSamples = 8;

/** `unknown`: nobody declares it, and nothing is assumed: it is counted as nothing, and said. */
export type Source = 'declared' | 'history' | 'assumed' | 'given' | 'unknown';
/** `n`: how many samples of the same floor there are, also when they are too few to be used. */
export type Timing = {
  readonly spread: Spread;
  readonly source: Source;
  readonly n: number;
  readonly because: string;
};

/** Steps that a person ends, who has as long as the step and no longer. */
export const byPeople: ReadonlySet<string> = new Set(['approve', 'human']);

/** Of one step. `expectMs` is what its runbook says, and then moves both quantiles of the action. */
export function stepTiming(
  step: Pick<PlannedStep, 'uses' | 'with'> & { readonly timeoutMs?: number },
  facts: Pick<ActionFacts, 'priorMs'> | undefined,
  expectMs: number | undefined,
  measured: Measured | undefined,
): Timing {
  const samples = measured?.steps.get(step.uses) ?? [];
  const n = samples.length;
  const waits = step.uses === 'wait' ? waitMs(step.with) : undefined;
  if (waits !== undefined) return { spread: always(waits), source: 'declared', n: 0, because: 'as long as the step says' };
  if (n >= leastSamples && measured !== undefined)
    return {
      spread: { kind: 'measured', sortedMs: samples },
      source: 'history',
      n,
      because: `${n} runs of ${step.uses} on floor ${measured.floor}`,
    };
  const few = n === 0 ? '' : `; only ${n} of ${leastSamples} samples on floor ${measured?.floor ?? '?'}`;
  const prior = facts?.priorMs ?? { p50: 0, p95: 0 };
  const most = byPeople.has(step.uses) ? (step.timeoutMs ?? Infinity) : Infinity;
  const atMost = (p50: number, p95: number): Spread => ({ kind: 'quantiles', p50: Math.min(p50, most), p95: Math.min(p95, most) });
  if (expectMs === undefined)
    return { spread: atMost(prior.p50, prior.p95), source: 'declared', n, because: `the prior of ${step.uses}${few}` };
  if (prior.p50 === 0) return { spread: always(expectMs), source: 'declared', n, because: `\`expect\` of the step${few}` };
  return {
    spread: atMost(expectMs, Math.round((expectMs * prior.p95) / prior.p50)),
    source: 'declared',
    n,
    because: `\`expect\` of the step, spread as the prior of ${step.uses}${few}`,
  };
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
function waitMs(input: Json): number | undefined {
  const given = inputNamed(input, 'for');
  if (typeof given === 'number') return given;
  const [, count, unit = ''] = /^(\d+)(ms|s|m|h)$/.exec(typeof given === 'string' ? given : '') ?? [];
  return count === undefined ? undefined : Number(count) * (unitMs[unit] ?? 1);
}
const inputNamed = (input: Json, name: string): Json | undefined =>
  typeof input === 'object' && input !== null && !Array.isArray(input) ? (input as Readonly<Record<string, Json>>)[name] : undefined;

/** From a request to the approval that was needed. `given` comes before everything else. */
export function peopleTiming(tier: Tier, measured: Measured | undefined, given: Spread | undefined): Timing {
  const answered = measured?.approvalsMs ?? [];
  const n = answered.length;
  if (given !== undefined) return { spread: given, source: 'given', n: 0, because: 'given with --assume' };
  if (n >= leastSamples && measured !== undefined)
    return {
      spread: { kind: 'measured', sortedMs: answered },
      source: 'history',
      n,
      because: `from request to approval in ${n} runs on floor ${measured.floor}`,
    };
  return {
    spread: { kind: 'quantiles', p50: escalateMs(tier), p95: patienceMs(tier) },
    source: 'assumed',
    n,
    because: 'each person answers at the first escalation, and in 5 of 100 cases not before approvals expire',
  };
}

const usualTtlMs = 60_000;
type Routing = { readonly steps: readonly Pick<PlannedStep, 'with'>[] };
/** The longest TTL that a step of the plan sets, in milliseconds; undefined where none does. */
export function writtenTtlMs({ steps }: Routing): number | undefined {
  const written = steps.map(({ with: input }) => inputNamed(input, 'ttl')).filter((ttl) => typeof ttl === 'number');
  return written.length === 0 ? undefined : Math.max(...written) * 1_000;
}
/** The TTL itself; what is left of it when the answer changes is less. Of a declared and a written one the longer holds: roles change. */
export function ttlTiming(plan: Routing, given: Spread | undefined, usersPath: Pick<UsersPath, 'ttlMs'> = {}): Timing {
  const written = writtenTtlMs(plan);
  const { ttlMs } = usersPath;
  if (given !== undefined) return { spread: given, source: 'given', n: 0, because: 'the TTL that was given with --assume' };
  if (ttlMs !== undefined && ttlMs >= (written ?? 0))
    return { spread: always(ttlMs), source: 'declared', n: 0, because: `the TTL of ${ttlMs / 1_000} s that \`usersPath\` declares` };
  if (written !== undefined)
    return { spread: always(written), source: 'declared', n: 0, because: `the TTL of ${written / 1_000} s that the plan sets` };
  return {
    spread: always(usualTtlMs),
    source: 'assumed',
    n: 0,
    because: `a TTL of ${usualTtlMs / 1_000} s: nothing declares that of the users' name`,
  };
}

/** How much longer than the TTL clients keep an address. */
export function cachesTiming({ clientCacheMs }: Pick<UsersPath, 'clientCacheMs'>, given: Spread | undefined): Timing {
  if (given !== undefined) return { spread: given, source: 'given', n: 0, because: 'the time that was given with --assume' };
  if (clientCacheMs !== undefined)
    return {
      spread: always(clientCacheMs),
      source: 'declared',
      n: 0,
      because: `the ${clientCacheMs / 1_000} s beyond the TTL that \`usersPath\` declares`,
    };
  return {
    spread: always(0),
    source: 'unknown',
    n: 0,
    because: 'nothing declares how long clients keep an address beyond the TTL: counted as none',
  };
}
