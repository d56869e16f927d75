// From standings to named diagnoses, each scoped to the smallest site that explains what is seen. While a neighbour of a dead
// target is still undecided there is no narrow diagnosis yet: a region dies probe by probe. Asked at every verdict of a region that
// is in doubt, so whatever can be answered from the accused alone is answered before anybody is counted.
import type { DiagnosisKind } from '../estate.ts';
import type { Instant, SiteId, WorkloadId } from '../values.ts';
import { explains, Neighbours, targetsOfReplica } from './neighbours.ts';
import { standing, staleAfterMs, type Bench } from './quorum.ts';
import type { Target } from './targets.ts';

export type Diagnosis = {
  readonly kind: DiagnosisKind;
  readonly site: SiteId;
  /** What the quorum calls down: everything in the site, or the one that stands for the replica. */
  readonly targets: readonly Target[];
  /** Only of a dead replica. */
  readonly workload?: WorkloadId;
  readonly replica?: string;
};
/** `isOpen`: something is down that is not decided yet, and time alone may decide it. */
export type Finding = { readonly diagnoses: readonly Diagnosis[]; readonly isOpen: boolean };

/** What ails `region` now: the region alone if it is lost, else its lost zones and every dead replica that none of them explains. */
export function diagnose(bench: Bench, region: SiteId): Finding {
  const accused = bench.accused.get(region);
  if (accused === undefined || accused.size === 0) return { diagnoses: [], isOpen: false };
  const targets = bench.targets.under.get(region) ?? [];
  if (targets.length >= 2 && accused.size === targets.length && isAllDown(bench, region, targets))
    return { diagnoses: [{ kind: 'RegionLost', site: region, targets }], isOpen: false };
  const neighbours = new Neighbours(bench, region);
  const zones = lostZones(bench, region, neighbours);
  const replicas = deadReplicas(bench, region, neighbours, [...zones.diagnoses.map((each) => each.site), ...zones.open]);
  return { diagnoses: [...zones.diagnoses, ...replicas.diagnoses], isOpen: zones.open.length > 0 || replicas.isOpen };
}

/** What the quorum must say of a site that is lost; it also has at least two targets, so that no single one speaks for a site. */
const isAllDown = (bench: Bench, site: SiteId, targets: readonly Target[]): boolean =>
  targets.every((target) => standing(bench, target, site) === 'down');
/** Two of its intervals and one answer after a target was accused, a neighbour that died with it is accused too. */
const settleMs = staleAfterMs;

/** `open`: everything in it is accused, and time alone may decide it. Until then it explains its replicas as a lost one does. */
type Zones = { readonly diagnoses: readonly Diagnosis[]; readonly open: readonly SiteId[] };
function lostZones(bench: Bench, region: SiteId, neighbours: Neighbours): Zones {
  const diagnoses: Diagnosis[] = [];
  const open: SiteId[] = [];
  for (const site of Object.values(bench.estate.sites)) {
    const inside = bench.targets.under.get(site.id) ?? [];
    const accused = site.parent === region ? bench.accused.get(site.id) : undefined;
    if (inside.length < 2 || accused?.size !== inside.length) continue;
    const since = [...accused.values()].reduce((latest, each) => Math.max(latest, each.since), 0) as Instant;
    const waitMs = inside.reduce((most, target) => Math.max(most, settleMs(target)), 0);
    const began = inside.reduce((last, target) => Math.max(last, firstFailureAt(bench, target)), 0);
    // Cheap questions first: while a region dies, this is asked thousands of times.
    if (neighbours.mayFollow(since, waitMs, began) || isSpreading(bench, region, site.id, since, waitMs)) open.push(site.id);
    else if (isAllDown(bench, site.id, inside)) {
      if (neighbours.answer(began)) diagnoses.push({ kind: 'ZoneLost', site: site.id, targets: inside });
      else open.push(site.id);
    }
  }
  return { diagnoses, open };
}

/** What dies in another zone at the same time is not explained by this one: the whole region may be about to follow. */
function isSpreading(bench: Bench, region: SiteId, zone: SiteId, since: Instant, waitMs: number): boolean {
  if (bench.now >= since + 2 * waitMs) return false;
  for (const site of Object.values(bench.estate.sites)) {
    if (site.parent !== region || site.id === zone) continue;
    for (const other of bench.accused.get(site.id)?.values() ?? [])
      if (other.since >= since - waitMs && standing(bench, other.target, region) === 'down') return true;
  }
  return false;
}

function deadReplicas(bench: Bench, region: SiteId, neighbours: Neighbours, zones: readonly SiteId[]): Finding {
  const diagnoses = new Map<string, Diagnosis>();
  let isOpen = false;
  for (const { target, since } of bench.accused.get(region)?.values() ?? []) {
    const { workload, replica, site } = target;
    if (workload === undefined || replica === undefined) continue;
    const began = firstFailureAt(bench, target);
    if (neighbours.mayFollow(since, settleMs(target), began)) {
      isOpen = true;
      // They come in the order of their accusation: with one pace for all tiers nobody after this one is settled either.
      if (neighbours.isOnePace) break;
      continue;
    }
    const key = `${workload}/${replica}`;
    if (diagnoses.has(key) || !standsForReplica(bench, region, target) || standing(bench, target, region) !== 'down') continue;
    if (zones.some((zone) => explains(bench, zone, { site, workload, replica }))) continue;
    if (neighbours.answer(began)) diagnoses.set(key, { kind: 'ReplicaDown', site, targets: [target], workload, replica });
    else isOpen = true;
  }
  return { diagnoses: [...diagnoses.values()], isOpen };
}

/**
 * A target that measured a role stands for its replica; one that only listens does not. A leader that began after the replica died never
 * saw which of them measures one: then it is the probe that measures how far a copy is behind, or it takes all of them to be down.
 */
function standsForReplica(bench: Bench, region: SiteId, target: Target): boolean {
  if (hasMeasuredRole(bench, target)) return true;
  const { workload: id, replica } = target;
  const workload = id === undefined ? undefined : bench.estate.workloads[id];
  if (workload === undefined || replica === undefined) return false;
  const all = targetsOfReplica(bench.targets, workload.id, replica);
  if (all.some((each) => hasMeasuredRole(bench, each))) return false;
  return (
    workload.replication.some(({ lagProbe }) => lagProbe === target.probe.id) ||
    all.every((each) => standing(bench, each, region) === 'down')
  );
}
function hasMeasuredRole(bench: Bench, target: Target): boolean {
  for (const cell of bench.seen.cells.get(target.id)?.values() ?? []) if (typeof cell.measured?.['role'] === 'string') return true;
  return false;
}

/** When the present row of failures began, for the vantage that saw it first; never, for a target that fails for nobody. */
function firstFailureAt(bench: Bench, target: Target): number {
  let first = Infinity;
  for (const cell of bench.seen.cells.get(target.id)?.values() ?? [])
    if (cell.failingSince !== undefined && cell.failingSince < first) first = cell.failingSince;
  return first;
}
