// How much would be lost by promoting a candidate now: from the last instant at which the old primary may have
// acknowledged a write to the newest heartbeat on the candidate. Never `now` minus that, which would grow with the outage, unless nobody
// knows how the users fare.
import type { Replica, Tier, Workload } from '../estate.ts';
import { pathId, type Cell } from '../detection/sight.ts';
import { targetId } from '../detection/targets.ts';
import type { View } from '../kernel.ts';
import type { Instant } from '../values.ts';

/** Milliseconds; undefined when nobody can say what the candidate has. */
export function predictedLossMs(view: View, workload: Workload, candidate: Replica, tier: Tier): number | undefined {
  const until = copiedUntil(view, workload, candidate);
  if (until === undefined) return undefined;
  const cutoffAt = Math.max(...workload.usersPath.populations.map(({ name }) => lastPossibleAckAt(view, workload, name, tier.usersPath)));
  return Math.max(0, cutoffAt - until);
}

/** When a write of this population may have been acknowledged last. */
function lastPossibleAckAt(view: View, workload: Workload, population: string, rule: Tier['usersPath']): number {
  const path = view.seen.paths.get(pathId(workload.id, population));
  // Whoever was answered when he was last heard of, or was not heard of lately, may be cut off from us alone, and be writing to this moment.
  if (path === undefined || path.bad === 0 || view.now - path.lastSampleAt > rule.intervalMs * 2 + rule.timeoutMs) return view.now;
  // One canary interval more: a real user may have been acknowledged just before the next canary was due.
  return path.lastAckedAt === undefined ? view.now : path.lastAckedAt + rule.intervalMs;
}
/**
 * Until when everything that the primary wrote is on the candidate, as far as was seen; undefined when nobody can say. What a replica
 * reports of itself counts only up to the last arrival of data: a replica that is cut off says that it is behind by nothing.
 */
export function copiedUntil(view: View, workload: Workload, candidate: Replica): Instant | undefined {
  const link = workload.replication.find((each) => each.to === candidate.name);
  const { lagProbe, arrivalProbe, measuredBy } = link ?? {};
  const probes = lagProbe === undefined ? candidate.probes.map((probe) => probe.id) : [lagProbe];
  const measured = probes
    .flatMap((probe) => cellsOf(view, workload, candidate, probe))
    .map(measuredBy === 'reported' ? byReport : byHeartbeat);
  const until = newestOf(measured);
  if (arrivalProbe === undefined) return measuredBy === 'reported' ? undefined : until;
  const arrivedAt = newestOf(cellsOf(view, workload, candidate, arrivalProbe).map((cell) => byArrival(cell) ?? byHeartbeat(cell)));
  return until === undefined || arrivedAt === undefined ? undefined : (Math.min(until, arrivedAt) as Instant);
}

const cellsOf = (view: View, workload: Workload, { name }: Replica, probe: string): readonly Readonly<Cell>[] => [
  ...(view.seen.cells.get(targetId(workload.id, name, probe))?.values() ?? []),
];
const byHeartbeat = ({ measured }: Readonly<Cell>): number | undefined => numberOf(measured?.['heartbeatAt']);
const byArrival = ({ measured }: Readonly<Cell>): number | undefined => numberOf(measured?.['arrivedAt']);
/** `measured` is that of the last good sample. */
function byReport({ measured, lastOkAt }: Readonly<Cell>): number | undefined {
  const lagMs = numberOf(measured?.['lagMs']);
  return lagMs === undefined || lagMs < 0 || lastOkAt === undefined ? undefined : lastOkAt - lagMs;
}
const numberOf = (value: number | string | undefined): number | undefined => (typeof value === 'number' ? value : undefined);
const newestOf = (instants: readonly (number | undefined)[]): Instant | undefined => {
  const known = instants.filter((each) => each !== undefined);
  return known.length === 0 ? undefined : (Math.max(...known) as Instant);
};
