// What the gates, aborts and expectations of a game day may speak of. The same names and types are declared to the
// expression checker in `declare/`, so that a misspelt name is found before anything is injected.
import { pathId } from '../detection/sight.ts';
import { standing } from '../detection/quorum.ts';
import { isPending } from '../estate.ts';
import type { View } from '../kernel.ts';
import { copiedUntil } from '../objective/loss.ts';
import { rtoOf, rtoOfRun } from '../objective/target.ts';
import type { Drill, Run } from '../state.ts';
import type { Json } from '../values.ts';
import { writerOf } from './writer.ts';

/**
 * Whole milliseconds; -1 where there is no figure yet, so that `run.rtaMs >= 0` can ask. Where nobody watched, the figures are upper
 * bounds; `at best` supposes instead that users were served all that time and nothing was lost in it.
 */
export function scopeOfDrill(
  view: View,
  drill: Readonly<Drill>,
  unwatched: 'at worst' | 'at best' = 'at worst',
): Readonly<Record<string, Json>> {
  const rta = (of: Readonly<Run> | undefined): number => figure(of, 'rtaMs', unwatched);
  const state = view.known.workloads.get(drill.workload);
  const tier = view.tierOf(drill.workload);
  const run = drill.run === undefined ? undefined : view.known.runs.get(drill.run);
  const failback = drill.failback === undefined ? undefined : view.known.runs.get(drill.failback);
  const faults = [...drill.faults.values()];
  const incident = run?.incident === undefined ? undefined : view.known.incidents.get(run.incident);
  return {
    floor: view.facts.floor,
    usersPath: { healthy: isPathHealthy(view, drill) },
    writer: writerOf(view, drill.workload),
    standby: standbyOf(view, drill),
    incidents: { open: state?.incidents.size ?? 0 },
    runs: { open: state?.openRun === undefined ? 0 : 1 },
    diagnosis: incident?.diagnosis ?? '',
    run: {
      outcome: run?.outcome ?? '',
      rtaMs: rta(run),
      rpaMs: figure(run, 'rpaMs', unwatched),
      rtoMs: (run === undefined ? tier && rtoOf(tier) : rtoOfRun(view, run)) ?? -1,
      rpoMs: tier === undefined || isPending(tier, 'rpo') ? -1 : tier.rpoMs,
      fencing: run?.fencing ?? 'none',
    },
    canaries: canariesOf(run, failback),
    fault: {
      bitten: faults.length > 0 && faults.every((fault) => fault.bitten),
      reverted: faults.every((fault) => fault.status === 'gone'),
    },
    failback: { outcome: failback?.outcome ?? '', rtaMs: rta(failback) },
  };
}

/** The worse of the two ways. Their ledgers overlap, so the sum would count a loss twice. */
function canariesOf(...runs: readonly (Readonly<Run> | undefined)[]): Json {
  const canaries = { acknowledged: 0, lost: 0, duplicated: 0, unknown: 0 };
  for (const key of ['acknowledged', 'lost', 'duplicated', 'unknown'] as const)
    canaries[key] = Math.max(...runs.map((run) => run?.measurement?.canaries[key] ?? 0));
  return canaries;
}
function figure(run: Readonly<Run> | undefined, name: 'rtaMs' | 'rpaMs', unwatched: 'at worst' | 'at best'): number {
  const { [name]: ms, coverage } = run?.measurement ?? {};
  if (ms === undefined) return -1;
  return coverage === undefined || unwatched === 'at worst' ? ms : Math.max(0, ms - coverage.unknownMs);
}

/** Every population was answered within the last few canaries. No canaries at all is not health. */
export function isPathHealthy(view: View, drill: Readonly<Pick<Drill, 'workload'>>): boolean {
  const workload = view.known.estate?.workloads[drill.workload];
  const rule = view.tierOf(drill.workload)?.usersPath;
  if (workload === undefined || rule === undefined) return false;
  return workload.usersPath.populations.every((population) => {
    const path = view.seen.paths.get(pathId(workload.id, population.name));
    return (
      path?.lastGoodAt !== undefined && path.bad === 0 && view.now - path.lastGoodAt <= rule.timeoutMs + rule.intervalMs * rule.failures
    );
  });
}

function standbyOf(view: View, drill: Readonly<Drill>): Json {
  const workload = view.known.estate?.workloads[drill.workload];
  const primary = view.known.workloads.get(drill.workload)?.primary;
  const standby = workload?.replicas.find((replica) => replica.name !== primary);
  const bench = view.bench();
  if (workload === undefined || standby === undefined || bench === undefined) return { fit: false, lagMs: -1 };
  const targets =
    bench.targets.under.get(standby.site)?.filter((target) => target.workload === workload.id && target.replica === standby.name) ?? [];
  const until = copiedUntil(view, workload, standby);
  // Where nothing is copied there is nothing to be behind with.
  const isCurrent = until !== undefined || workload.replication.length === 0;
  const fit = targets.length > 0 && targets.every((target) => standing(bench, target, 'nowhere') === 'up') && isCurrent;
  return { fit, lagMs: until === undefined ? -1 : Math.max(0, view.now - until) };
}
