// How much would be lost by promoting a candidate now: from the last instant at which the old primary may have
// acknowledged a write to the newest heartbeat on the candidate. Never `now` minus that, which would grow with the outage, unless nobody
// knows how the users fare.
import type { Replica, Tier, Workload } from '../estate.ts';
import { pathId } from '../detection/sight.ts';
import { targetId } from '../detection/targets.ts';
import type { View } from '../kernel.ts';
import type { Instant } from '../values.ts';
import { silenceMsOf } from './silence.ts';

/** Milliseconds; undefined when no heartbeat of the candidate was seen. */
export function predictedLossMs(view: View, workload: Workload, candidate: Replica, tier: Tier): number | undefined {
  const heartbeatAt = newestHeartbeatAt(view, workload, candidate);
  if (heartbeatAt === undefined) return undefined;
  const cutoffAt = Math.max(...workload.usersPath.populations.map(({ name }) => lastPossibleAckAt(view, workload, name, tier.usersPath)));
  return Math.max(0, cutoffAt - heartbeatAt);
}

/** When a write of this population may have been acknowledged last. */
function lastPossibleAckAt(view: View, workload: Workload, population: string, rule: Tier['usersPath']): number {
  const path = view.seen.paths.get(pathId(workload.id, population));
  // Nothing was heard of them lately, good or bad: whoever is cut off from us may be writing to this moment.
  if (path === undefined || view.now - path.lastSampleAt > silenceMsOf(rule) + rule.timeoutMs) return view.now;
  // A leader that began after the impact never saw the last answer, but the journal holds when it was.
  const lastAt = path.lastAckedAt ?? failingSince(view, workload, population);
  // One canary interval more: a real user may have been acknowledged just before the next canary was due.
  return lastAt === undefined ? view.now : lastAt + rule.intervalMs;
}
/** As the journal has it. After a role changed it says nothing: users may have been answered by the new writer, and never for long. */
function failingSince({ known }: View, { id }: Workload, population: string): Instant | undefined {
  const state = known.workloads.get(id);
  const since = state?.failing.get(population)?.since;
  return state === undefined || since === undefined || state.roleChangedAt > since ? undefined : since;
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
