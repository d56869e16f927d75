// When a diagnosis becomes an incident, and when an incident is over. One region, one incident, however many
// workloads it carries; a wider diagnosis replaces the narrower one.
import type { Event } from '../event.ts';
import type { Due, View } from '../kernel.ts';
import type { Incident } from '../state.ts';
import { earliest, later, type IncidentId, type SiteId } from '../values.ts';
import type { Diagnosis } from './diagnosis.ts';
import { standing } from './quorum.ts';
import { isWithin } from './targets.ts';

export function dueForRegion(view: View, region: SiteId): Due {
  const bench = view.bench();
  if (bench === undefined) return { events: [] };
  const open = [...view.known.openIncidents]
    .flatMap((id) => view.known.incidents.get(id) ?? [])
    .filter((incident) => isWithin(bench.estate, incident.site, region));
  const finding = view.diagnosisOf(region) ?? { kind: 'healthy' };
  if (finding.kind === 'undecided') return { events: [], wakeAt: earliest(finding.until, later(view.now, lookAgainMs)) ?? finding.until };
  if (finding.kind === 'diagnosed') return { events: opening(view, finding.diagnosis, open) };
  const over = open.filter((incident) => isOver(view, incident));
  if (over.length > 0) return { events: over.map((incident) => closing(incident, 'everything in it answers again')) };
  // A vote can also change without a verdict that changes: a vantage falls silent, or sees its references again.
  const isDoubtful = open.length > 0 || (bench.doubts.get(region)?.size ?? 0) > 0;
  return isDoubtful ? { events: [], wakeAt: later(view.now, lookAgainMs) } : { events: [] };
}
/** How soon an open question about a region is asked again when nothing new was seen. */
const lookAgainMs = 250;

function opening(view: View, diagnosis: Diagnosis, open: readonly Readonly<Incident>[]): Event[] {
  const estate = view.known.estate;
  if (estate === undefined) return [];
  const explained = open.find(
    (incident) =>
      isWithin(estate, diagnosis.site, incident.site) && (incident.diagnosis !== 'ReplicaDown' || diagnosis.kind === 'ReplicaDown'),
  );
  if (explained !== undefined) return [];
  const drill = view.known.openDrill === undefined ? undefined : view.known.drills.get(view.known.openDrill);
  const faults = drill?.spec.practises.kind === 'fault' ? drill.spec.practises.faults : [];
  const isDrilled =
    drill !== undefined &&
    [...drill.faults.values()].some((fault) => fault.status !== 'gone') &&
    faults.some((fault) => isWithin(estate, diagnosis.site, fault.site));
  return [
    ...open.map((incident) => closing(incident, `explained by ${diagnosis.kind} of ${diagnosis.site}`)),
    {
      type: 'IncidentOpened',
      data: {
        incident: `incident-${view.known.incidents.size + 1}` as IncidentId,
        diagnosis: diagnosis.kind,
        site: diagnosis.site,
        workloads: diagnosis.workloads,
        ...(diagnosis.replica === undefined ? {} : { replica: diagnosis.replica }),
        sentence: diagnosis.sentence,
        vantages: diagnosis.vantages,
        ...(isDrilled ? { drill: drill.id } : {}),
      },
    },
  ];
}

/** Over when the quorum calls every target of the site up again; a silent quorum is not an end. */
function isOver(view: View, incident: Readonly<Incident>): boolean {
  const bench = view.bench();
  const targets = bench?.targets.under.get(incident.site) ?? [];
  const relevant = incident.replica === undefined ? targets : targets.filter((target) => target.replica === incident.replica);
  return bench !== undefined && relevant.every((target) => standing(bench, target, 'nowhere') === 'up');
}

const closing = (incident: Readonly<Incident>, because: string): Event => ({
  type: 'IncidentClosed',
  data: { incident: incident.incident, because },
});
