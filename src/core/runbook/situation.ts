// Whether what is open now still calls for this plan. Asked until something of the run may have touched the writer: then it must
// be brought to its end.
import { isWithin } from '../detection/targets.ts';
import type { View } from '../kernel.ts';
import type { Run } from '../state.ts';
import { touchedWriter } from './window.ts';

/** In one sentence, why another plan is wanted; undefined while this one fits. */
export function changedSituation(view: View, run: Readonly<Run>): string | undefined {
  const { estate } = view.known;
  if (estate === undefined || touchedWriter(run)) return undefined;
  const { from, to, leave } = run.plan;
  const primary = view.known.workloads.get(run.workload)?.primary;
  if (primary !== undefined && primary !== from) return `${primary} is the writer now, and the plan moves it from ${from}`;
  const siteOf = (name: string): string | undefined => estate.workloads[run.workload]?.replicas.find((each) => each.name === name)?.site;
  const [fromSite, toSite] = [siteOf(from), siteOf(to)];
  for (const id of view.known.workloads.get(run.workload)?.incidents ?? []) {
    const incident = view.known.incidents.get(id);
    if (incident === undefined || id === run.incident) continue;
    const says = `${incident.incident}, ${incident.diagnosis} of ${incident.site}`;
    const hits = (site: string | undefined): boolean => site !== undefined && isWithin(estate, site, incident.site);
    const isReplica = incident.diagnosis === 'ReplicaDown';
    if (from !== to && (isReplica ? incident.replica === to : hits(toSite))) return `${to}, where it moves, is lost: ${says}`;
    if (isReplica) continue;
    if (leave !== undefined && leave !== incident.site && hits(leave)) return `more is lost than ${leave}: ${says}`;
    // A switchover needs the replica that it leaves.
    if (leave === undefined && from !== to && hits(fromSite)) return `${from}, which it leaves with its help, is lost: ${says}`;
  }
  return undefined;
}
