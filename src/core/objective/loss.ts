// How much would be lost by promoting a candidate now: from the last instant at which the old primary may have
// acknowledged a write to the newest heartbeat on the candidate. Never `now` minus that: it would grow with the outage.
import type { Replica, Tier, Workload } from '../estate.ts';
import { pathId } from '../detection/sight.ts';
import { targetId } from '../detection/targets.ts';
import type { View } from '../kernel.ts';
import type { Instant } from '../values.ts';

/** Milliseconds; undefined when no heartbeat of the candidate was seen. */
export function predictedLossMs(view: View, workload: Workload, candidate: Replica, tier: Tier): number | undefined {
  const heartbeatAt = newestHeartbeatAt(view, workload, candidate);
  if (heartbeatAt === undefined) return undefined;
  const failing = view.known.workloads.get(workload.id)?.failing;
  const acked = workload.usersPath.populations.flatMap(
    // A leader that began after the impact never saw the last answer, but the journal holds when it was.
    (population) => view.seen.paths.get(pathId(workload.id, population.name))?.lastAckedAt ?? failing?.get(population.name)?.since ?? [],
  );
  const lastAt = Math.max(0, ...acked);
  // One canary interval more: a real user may have been acknowledged just before the next canary was due.
  const cutoffAt = lastAt === 0 ? view.now : lastAt + tier.usersPath.intervalMs;
  return Math.max(0, cutoffAt - heartbeatAt);
}

export function newestHeartbeatAt(view: View, workload: Workload, candidate: Replica): Instant | undefined {
  const link = workload.replication.find((each) => each.to === candidate.name);
  const probes = link === undefined ? candidate.probes.map((probe) => probe.id) : [link.lagProbe];
  let newest: number | undefined;
  for (const probe of probes)
    for (const cell of view.seen.cells.get(targetId(workload.id, candidate.name, probe))?.values() ?? []) {
      const at = cell.measured?.['heartbeatAt'];
      if (typeof at === 'number' && (newest === undefined || at > newest)) newest = at;
    }
  return newest as Instant | undefined;
}
