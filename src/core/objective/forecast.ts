// How long users would wait if this plan were carried out now: what stands on the critical path, part by part, each with where its figure
// comes from. Parts vary independently of one another, so that their slow cases are not all added up.
import { scopeOf } from '../decision/scope.ts';
import { saidPending, type Automation, type DiagnosisKind, type Tier, type Workload } from '../estate.ts';
import { changesWriter, type Plan, type PlannedStep } from '../runbook/plan.ts';
import { inOrder } from '../runbook/order.ts';
import { lossBetween } from './target.ts';
import { byPeople, type Source } from './timing.ts';

/** Milliseconds: half of all cases, and 95 of 100. `n`: samples of the same floor, also when they are too few to be used. */
export type Estimate = {
  readonly p50: number;
  readonly p95: number;
  readonly n: number;
  readonly source: Source;
  readonly because: string;
};
export const partKinds = ['detection', 'inner-ha', 'approvals', 'step', 'dns-ttl', 'client-caches', 'validation'] as const;
export type Part = Estimate & {
  readonly kind: (typeof partKinds)[number];
  /** Of a step its id, else the kind in words. */
  readonly name: string;
  /** From the beginning, in milliseconds, when everything before takes its usual time. */
  readonly startsAtMs: number;
  /** Users are without service meanwhile. In a planned move only between the first step that touches what they use and the last. */
  readonly isOutage: boolean;
};
export type Spans = { readonly p50: number; readonly p95: number };
export type Forecast = {
  /** In the order of time. What takes no time is left out, but for what users keep: that it is nothing somebody has said, or nobody. */
  readonly criticalPath: readonly Part[];
  /** Of each step, on the critical path or not. */
  readonly startsAtMs: Readonly<Record<string, number>>;
  readonly rtoMs: Spans;
  /** From the beginning to the end, with what users do not feel. */
  readonly wholeMs: Spans;
};
/** What is looked at of a plan; a runbook that cannot be compiled yet has as much. */
export type Outline = Pick<Plan, 'mode' | 'from' | 'to' | 'byHand'> & { readonly steps: readonly OutlinedStep[] };
export type OutlinedStep = Pick<PlannedStep, 'id' | 'uses' | 'with' | 'needs' | 'effect' | 'expectMs' | 'timeoutMs'>;
/**
 * `diagnosis`: what a failover treats, else it is told by where it goes. `approvals`: how long people take, when somebody is asked before anything
 * is done. `ttl`: how long resolvers hold old answers, and `caches` how much longer clients do, if users move. What people choose by hand is
 * not detected, and nothing heals before it.
 */
export type Ahead = {
  readonly plan: Outline;
  readonly diagnosis?: DiagnosisKind | undefined;
  readonly tier: Tier;
  readonly workload: Pick<Workload, 'localHa'>;
  readonly estimateOf: (step: OutlinedStep) => Estimate;
  readonly approvals: Estimate | undefined;
  readonly ttl: Estimate;
  readonly caches: Estimate;
};

export function forecast({ plan, diagnosis, tier, workload, estimateOf, approvals, ttl, caches }: Ahead): Forecast {
  const { detection, usersPath } = tier;
  const isUnplanned = plan.mode === 'failover';
  const isChosen = plan.byHand !== undefined;
  const isNarrow = isUnplanned && (diagnosis ?? lossBetween(plan)) !== 'RegionLost';
  const windowMs = detection.intervalMs * detection.failures + detection.timeoutMs;
  // What dies in the neighbourhood meanwhile holds a narrow diagnosis up, as long as a neighbour may take to be called dead too.
  const settleMs = isNarrow ? detection.intervalMs * 2 + detection.timeoutMs : 0;
  const path = longestChain(plan, estimateOf);
  const [outageFrom, outageTo] = isUnplanned ? [0, path.length] : outageOf(path.map(({ step }) => step));
  const pathPart = ({ step, estimate }: Link, n: number): Omit<Part, 'startsAtMs'> => ({
    kind: 'step',
    name: step.id,
    isOutage: n >= outageFrom && n < outageTo,
    ...estimate,
  });
  const movesUsers = plan.steps.some(({ effect }) => effect === 'routes');
  const parts: Omit<Part, 'startsAtMs'>[] = [
    ...(isUnplanned && !isChosen
      ? [
          {
            kind: 'detection' as const,
            name: 'detection',
            isOutage: true,
            ...declared(
              windowMs,
              `${detection.failures} bad samples in a row every ${said(detection.intervalMs)}, the last given up after ${said(detection.timeoutMs)}`,
            ),
            // The loss may come at any moment between two samples, and vantages do not sample in step.
            p95: windowMs + detection.intervalMs + settleMs,
          },
        ]
      : []),
    ...(approvals === undefined ? [] : [{ kind: 'approvals' as const, name: 'approvals', isOutage: isUnplanned, ...approvals }]),
    ...path.slice(0, outageTo).map(pathPart),
    ...(movesUsers
      ? [
          { kind: 'dns-ttl' as const, name: 'DNS TTL', isOutage: true, ...ttl },
          { kind: 'client-caches' as const, name: 'client caches', isOutage: true, ...caches },
        ]
      : []),
    {
      kind: 'validation',
      name: 'validation',
      isOutage: true,
      ...declared(
        Math.round(usersPath.intervalMs / 2),
        `the next canary, one each ${said(usersPath.intervalMs)}; one that hangs is given up after ${said(usersPath.timeoutMs)}`,
      ),
      p95: usersPath.intervalMs + usersPath.timeoutMs,
    },
    ...path.slice(outageTo).map((link, n) => pathPart(link, outageTo + n)),
  ];
  const healing = isNarrow && !isChosen ? (workload.localHa?.graceMs ?? 0) : 0;
  if (healing > 0)
    parts.splice(1, 0, {
      kind: 'inner-ha',
      name: 'inner healing',
      isOutage: true,
      ...declared(healing, `the grace of ${workload.localHa?.by ?? 'inner HA'}`),
    });
  const criticalPath = inTime(parts.filter(({ kind, p95 }) => p95 > 0 || kind === 'dns-ttl' || kind === 'client-caches'));
  const firstStepAt = criticalPath.find(({ kind }) => kind === 'step')?.startsAtMs ?? 0;
  return {
    criticalPath,
    startsAtMs: startsOf(plan, estimateOf, firstStepAt),
    rtoMs: together(criticalPath.filter(({ isOutage }) => isOutage)),
    wholeMs: together(criticalPath),
  };
}

/** Of parts that come one after the other and vary independently: the widths of their slow cases add up as squares do. */
export function together(parts: readonly Spans[]): Spans {
  const p50 = parts.reduce((sum, part) => sum + part.p50, 0);
  const width = Math.sqrt(parts.reduce((sum, part) => sum + (part.p95 - part.p50) ** 2, 0));
  return { p50: Math.round(p50), p95: Math.round(p50 + width) };
}

/** How far the machine goes alone in the loss that a failover is about. */
export const automationOf = (plan: Pick<Plan, 'from' | 'to'>, tier: Tier): Automation => tier.automation[scopeOf[lossBetween(plan)]];
/** Whether somebody must say yes before anything is done: always where people ask for the move and approvals are demanded. */
export function asksBefore(plan: Pick<Plan, 'mode' | 'from' | 'to'>, tier: Tier): boolean {
  if (plan.mode !== 'failover') return tier.approvals.people > 0;
  return automationOf(plan, tier) !== 'automatic' || !tier.fencing.accepts.includes('provider-asserted') || saidPending(tier) !== undefined;
}

const said = (ms: number): string => (ms % 1_000 === 0 ? `${ms / 1_000} s` : `${ms} ms`);
const declared = (ms: number, because: string): Estimate => ({ p50: ms, p95: ms, n: 0, source: 'declared', because });

function inTime(parts: readonly Omit<Part, 'startsAtMs'>[]): readonly Part[] {
  let startsAtMs = 0;
  return parts.map((part) => {
    const placed = { ...part, startsAtMs };
    startsAtMs += part.p50;
    return placed;
  });
}

/** Steps that look, wait, ask, or move another workload: users of this one go on meanwhile. */
const untouching: ReadonlySet<string> = new Set(['approve', 'move', 'probe', 'wait']);
/**
 * Of a planned move, the steps that users feel: `[first, after the last]`. From the first that touches the writer; without one, from the first that
 * may touch anything. What people do at the end, when all that the machine changes is done, is looking and telling.
 */
function outageOf(path: readonly OutlinedStep[]): readonly [number, number] {
  const firstWriter = path.findIndex(changesWriter);
  const first = firstWriter >= 0 ? firstWriter : path.findIndex(({ uses }) => !untouching.has(uses));
  if (first < 0) return [path.length, path.length];
  const isAfterwards = ({ uses }: OutlinedStep): boolean => untouching.has(uses) || byPeople.has(uses);
  const hasEffect = path.some(({ effect }) => effect !== 'nothing');
  return [first, hasEffect ? path.findLastIndex((step) => !isAfterwards(step)) + 1 : path.length];
}

type Link = { readonly step: OutlinedStep; readonly estimate: Estimate };
const lengthOf = (chain: readonly Link[]): number => chain.reduce((sum, { estimate }) => sum + estimate.p50, 0);
const longest = (chains: readonly (readonly Link[])[]): readonly Link[] =>
  chains.reduce<readonly Link[]>((most, each) => (lengthOf(each) <= lengthOf(most) && most.length > 0 ? most : each), []);

/** The chain of steps by `needs` that usually takes longest. */
function longestChain(plan: Outline, estimateOf: Ahead['estimateOf']): readonly Link[] {
  const chains = new Map<string, readonly Link[]>();
  for (const step of inOrder(plan.steps))
    chains.set(step.id, [...longest(step.needs.map((need) => chains.get(need) ?? [])), { step, estimate: estimateOf(step) }]);
  return longest([...chains.values()]);
}

function startsOf(plan: Outline, estimateOf: Ahead['estimateOf'], beginMs: number): Readonly<Record<string, number>> {
  const starts: Record<string, number> = {};
  const ends = new Map<string, number>();
  for (const step of inOrder(plan.steps)) {
    const start = Math.max(beginMs, ...step.needs.map((need) => ends.get(need) ?? beginMs));
    starts[step.id] = start;
    ends.set(step.id, start + estimateOf(step).p50);
  }
  return starts;
}
