// The open incidents of a workload in the order in which they are treated, and which replica each of them takes away.
import { isWithin } from '../detection/targets.ts';
import type { DiagnosisKind, Estate, Replica } from '../estate.ts';
import type { View } from '../kernel.ts';
import type { Incident } from '../state.ts';
import type { WorkloadId } from '../values.ts';

type Loss = Pick<Incident, 'diagnosis' | 'site' | 'replica'>;
/** The widest loss is treated, the narrower ones are explained by it. */
const width: Readonly<Record<DiagnosisKind, number>> = { RegionLost: 3, ZoneLost: 2, ReplicaDown: 1 };

/** A dead replica takes itself alone, whoever stands beside it; a lost site takes what stands in it. */
export const takes = (estate: Estate, { diagnosis, site, replica }: Loss, { name, site: at }: Pick<Replica, 'name' | 'site'>): boolean =>
  diagnosis === 'ReplicaDown' && replica !== undefined ? replica === name : isWithin(estate, at, site);

/** The same, or it takes a part of the site where the writer may be. */
export const mayTakeWriter = (estate: Estate, incident: Loss, writer: Replica): boolean =>
  takes(estate, incident, writer) || (incident.replica === undefined && isWithin(estate, incident.site, writer.site));

/** First those in which the writer is: what is lost elsewhere, however much of it, keeps it from nothing. Among them the widest first. */
export function openIncidentsOf({ known }: View, id: WorkloadId): readonly Readonly<Incident>[] {
  const state = known.workloads.get(id);
  const writer = known.estate?.workloads[id]?.replicas.find(({ name }) => name === state?.primary);
  const rank = (incident: Readonly<Incident>): number =>
    width[incident.diagnosis] +
    (known.estate !== undefined && writer !== undefined && mayTakeWriter(known.estate, incident, writer) ? 10 : 0);
  return [...(state?.incidents ?? [])].flatMap((each) => known.incidents.get(each) ?? []).sort((a, b) => rank(b) - rank(a));
}
