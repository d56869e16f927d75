// When a diagnosis becomes an incident, and when an incident is over. One for each thing that is lost, however many workloads it
// carries; a wider one explains and replaces the narrower ones inside it.
import type { Event } from '../event.ts';
import type { Due, View } from '../kernel.ts';
import type { Incident } from '../state.ts';
import { later, type IncidentId, type SiteId, type WorkloadId } from '../values.ts';
import { describe } from './describe.ts';
import type { Diagnosis } from './diagnosis.ts';
import { explains, search, targetsOfReplica } from './neighbours.ts';
import { isFresh, standing, type Bench } from './quorum.ts';
import { isWithin, workloadsUnder, type Target } from './targets.ts';

/** How soon an open question about a region is asked again when nothing new was seen. */
const lookAgainMs = 250;

export function dueForRegion(view: View, region: SiteId): Due {
  const bench = view.bench();
  if (bench === undefined) return { events: [] };
  const open = [...view.known.openIncidents]
    .flatMap((id) => view.known.incidents.get(id) ?? [])
    .filter((incident) => isWithin(bench.estate, incident.site, region));
  // Nothing is wider than the region, and whatever else dies in it is explained: only its end is waited for.
  const isLost = open.some((incident) => incident.diagnosis === 'RegionLost' && incident.site === region);
  const finding = isLost ? undefined : view.diagnosisOf(region);
  const events: Event[] = [];
  const found = opening(view, bench, finding?.diagnoses ?? [], open);
  for (const incident of open) {
    const wider = found.find((diagnosis) => isReplaced(bench, incident, diagnosis));
    if (wider !== undefined) events.push(closing(incident, `explained by ${wider.kind} of ${wider.site}`));
    else if (targetsOf(bench, incident).length === 0) events.push(closing(incident, 'nothing of it is declared any more'));
    else if (isOver(bench, incident)) events.push(closing(incident, 'everything in it answers again'));
  }
  for (const [n, diagnosis] of found.entries()) events.push(opened(view, bench, diagnosis, view.known.incidents.size + n + 1));
  if (events.length > 0) return { events };
  // A vote can also change without a verdict that changes: a vantage falls silent, or sees its references again.
  const isDoubtful = open.length > 0 || finding?.isOpen === true || (bench.doubts.get(region)?.size ?? 0) > 0;
  return isDoubtful ? { events: [], wakeAt: later(view.now, lookAgainMs) } : { events: [] };
}

/** What no open incident explains. */
function opening(view: View, bench: Bench, diagnoses: readonly Diagnosis[], open: readonly Readonly<Incident>[]): readonly Diagnosis[] {
  const wide = open.filter((incident) => incident.diagnosis !== 'ReplicaDown');
  return diagnoses.filter((diagnosis) => {
    const dead = deadOf(diagnosis);
    if (dead === undefined) return !wide.some((incident) => isWithin(bench.estate, diagnosis.site, incident.site));
    const own = [...(view.known.workloads.get(dead.workload)?.incidents ?? [])].map((id) => view.known.incidents.get(id));
    return !own.some((incident) =>
      incident?.diagnosis === 'ReplicaDown'
        ? incident.replica === dead.replica
        : incident !== undefined && explains(bench, incident.site, dead),
    );
  });
}

type Dead = { readonly site: SiteId; readonly workload: WorkloadId; readonly replica: string };
const deadOf = ({ site, workload, replica }: { site: SiteId; workload?: WorkloadId; replica?: string }): Dead | undefined =>
  workload === undefined || replica === undefined ? undefined : { site, workload, replica };

/** A wider diagnosis takes over what is inside it. */
function isReplaced(bench: Bench, incident: Readonly<Incident>, by: Diagnosis): boolean {
  if (by.kind === 'ReplicaDown') return false;
  if (isWithin(bench.estate, incident.site, by.site)) return true;
  const [workload] = incident.workloads;
  return (
    incident.diagnosis === 'ReplicaDown' &&
    workload !== undefined &&
    incident.replica !== undefined &&
    explains(bench, by.site, { site: incident.site, workload, replica: incident.replica })
  );
}

/** The entry stays small however large the estate is: what it concerns is counted, and follows from the estate that it names. */
function opened(view: View, bench: Bench, diagnosis: Diagnosis, number: number): Event {
  const { kind, site, workload, replica } = diagnosis;
  const drill = drillOf(view, bench, site);
  const estate = view.known.estateHash;
  return {
    type: 'IncidentOpened',
    data: {
      incident: `incident-${number}` as IncidentId,
      diagnosis: kind,
      site,
      ...(workload === undefined ? {} : { workload }),
      ...(replica === undefined ? {} : { replica }),
      workloadCount: workload === undefined ? workloadsUnder(bench.targets, site).length : 1,
      ...(estate === undefined ? {} : { estate }),
      ...describe(bench, diagnosis),
      ...(drill === undefined ? {} : { drill }),
    },
  };
}

/** The drill that has taken the site away, if one has. */
function drillOf(view: View, bench: Bench, site: SiteId) {
  const drill = view.known.openDrill === undefined ? undefined : view.known.drills.get(view.known.openDrill);
  const faults = drill?.spec.practises.kind === 'fault' ? drill.spec.practises.faults : [];
  const isStanding = drill !== undefined && [...drill.faults.values()].some((fault) => fault.status !== 'gone');
  return isStanding && faults.some((fault) => isWithin(bench.estate, site, fault.site)) ? drill.id : undefined;
}

/** Over when the quorum calls every target of it up again; a silent quorum is not an end, nor is a vote that is about to change. */
function isOver(bench: Bench, incident: Readonly<Incident>): boolean {
  return !search(targetsOf(bench, incident), notUp, (target) => standing(bench, target, 'nowhere') !== 'up' || isWavering(bench, target));
}
/** Whoever called it up, before it was lost perhaps, fails to see it now: a few looks decide that. */
function isWavering(bench: Bench, target: Target): boolean {
  for (const [vantage, cell] of bench.seen.cells.get(target.id) ?? [])
    if (cell.failures > 0 && bench.verdicts.get(target.id)?.get(vantage) === 'up' && isFresh(target, cell, bench.now)) return true;
  return false;
}
const notUp = new WeakMap<readonly Target[], number>();

function targetsOf(bench: Bench, incident: Readonly<Incident>): readonly Target[] {
  const [workload] = incident.workloads;
  if (incident.replica === undefined || workload === undefined) return bench.targets.under.get(incident.site) ?? [];
  return targetsOfReplica(bench.targets, workload, incident.replica).filter((target) => isWithin(bench.estate, target.site, incident.site));
}

const closing = (incident: Readonly<Incident>, because: string): Event => ({
  type: 'IncidentClosed',
  data: { incident: incident.incident, because },
});
