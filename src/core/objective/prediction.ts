// The one sum of how long users would wait: the forecast of a plan, with the durations that are known of its parts. `resus lint` and `resus plan`
// both ask it, so that they cannot disagree.
import type { ActionFacts } from '../catalogue.ts';
import type { DiagnosisKind, Tier, UsersPath, Workload } from '../estate.ts';
import type { PlannedStep } from '../runbook/plan.ts';
import { forecast, type Estimate, type Forecast, type Outline } from './forecast.ts';
import { quantilesOf, type Spread } from './spread.ts';
import { cachesTiming, peopleTiming, stepTiming, ttlTiming, type Measured, type Timing } from './timing.ts';

export type Predictable = {
  readonly plan: Outline;
  readonly tier: Tier;
  readonly workload: Pick<Workload, 'localHa'> & { readonly usersPath?: Pick<UsersPath, 'ttlMs' | 'clientCacheMs'> };
  /** Of a failover; where it is left out, the plan tells how much is lost. */
  readonly diagnosis?: DiagnosisKind | undefined;
  /** Whether people must say yes before anything is done. */
  readonly isAsked: boolean;
  readonly actions: ReadonlyMap<string, Pick<ActionFacts, 'priorMs'>>;
  readonly measured?: Measured | undefined;
  /** What a person assumes instead. */
  readonly given?: { readonly 'dns-ttl'?: Spread; readonly 'client-caches'?: Spread; readonly people?: Spread } | undefined;
};
export type Prediction = Forecast & {
  /** By the id of the step, on the critical path or not. */
  readonly estimates: ReadonlyMap<string, Estimate>;
};

export function predict({ plan, tier, workload, diagnosis, isAsked, actions, measured, given }: Predictable): Prediction {
  const estimates = new Map(
    plan.steps.map((step): [string, Estimate] => {
      const facts = actions.get(step.uses);
      return [step.id, estimated(stepTiming(step, facts, declaredMs(step, facts), measured))];
    }),
  );
  return {
    ...forecast({
      plan,
      tier,
      workload,
      diagnosis,
      estimateOf: ({ id }) => estimates.get(id) ?? nothing,
      approvals: isAsked ? estimated(peopleTiming(tier, measured, given?.people)) : undefined,
      ttl: held(ttlTiming(plan, given?.['dns-ttl'], workload.usersPath)),
      caches: held(cachesTiming(workload.usersPath ?? {}, given?.['client-caches'])),
    }),
    estimates,
  };
}

/** What the runbook says itself; a plan carries the usual time of the action where it says nothing. */
const declaredMs = ({ expectMs }: Pick<PlannedStep, 'expectMs'>, facts: Pick<ActionFacts, 'priorMs'> | undefined): number | undefined =>
  facts?.priorMs.p50 === expectMs ? undefined : expectMs;
const estimated = ({ spread, n, source, because }: Timing): Estimate => ({ ...quantilesOf(spread), n, source, because });
/** Who has the old answer may have asked at any moment of the time that it is kept: half of that is left usually, and nearly all of it at worst. */
function held({ spread, n, source, because }: Timing): Estimate {
  const { p95 } = quantilesOf(spread);
  return { p50: Math.round(p95 / 2), p95: Math.round(p95 * 0.95), n, source, because };
}
const nothing: Estimate = { p50: 0, p95: 0, n: 0, source: 'declared', because: '' };
