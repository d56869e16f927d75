// From standings to a named diagnosis with one sentence, scoped to the smallest site that explains what is seen.
// While a neighbour of a dead target is still undecided there is no diagnosis yet: a region dies probe by probe.
import type { DiagnosisKind } from '../estate.ts';
import { later, type Instant, type SiteId, type VantageId, type WorkloadId } from '../values.ts';
import { convicting, isFresh, majorityOf, standing, type Bench } from './quorum.ts';
import { isWithin, type Target } from './targets.ts';

export type Diagnosis = {
  readonly kind: DiagnosisKind;
  readonly site: SiteId;
  readonly workloads: readonly WorkloadId[];
  readonly replica?: string;
  readonly sentence: string;
  readonly vantages: readonly VantageId[];
};
export type Finding =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'undecided'; readonly until: Instant }
  | { readonly kind: 'diagnosed'; readonly diagnosis: Diagnosis };

/** What ails `region` now. A site is lost when it has at least two targets and the quorum calls all of them down. */
export function diagnose(bench: Bench, region: SiteId): Finding {
  const targets = bench.targets.under.get(region) ?? [];
  const down = downIn(bench, region, targets);
  if (down.length === 0) return { kind: 'healthy' };
  if (targets.length >= 2 && down.length === targets.length) return found(bench, 'RegionLost', region, down);

  const waitUntil = settleUntil(bench, targets, down);
  if (waitUntil !== undefined) return { kind: 'undecided', until: waitUntil };

  // A narrower diagnosis says that the neighbours answer, so one of them must: while all are failing it is not decided.
  const began = firstFailureAt(bench, down);
  const hasNeighbour = (domain: ReadonlySet<Target>): boolean =>
    targets.some((target) => !domain.has(target) && answers(bench, target, region, began));
  const stillOpen: Finding = { kind: 'undecided', until: later(bench.now, lookAgainMs) };
  for (const site of Object.values(bench.estate.sites)) {
    if (site.parent !== region) continue;
    const inside = bench.targets.under.get(site.id) ?? [];
    if (inside.length < 2 || !inside.every((target) => standing(bench, target, site.id) === 'down')) continue;
    // What is down in another zone too is not explained by this one: the whole region may be about to follow.
    const domain = new Set(inside);
    const isSpreading = bench.now < began + 2 * settleMs(down) && down.some((target) => target.site !== region && !domain.has(target));
    return hasNeighbour(domain) && !isSpreading ? found(bench, 'ZoneLost', site.id, inside) : stillOpen;
  }
  const dead = down.find((target) => target.replica !== undefined && roleOf(bench, target));
  if (dead === undefined) return { kind: 'healthy' };
  return hasNeighbour(new Set([dead])) ? found(bench, 'ReplicaDown', dead.probe.site, [dead]) : stillOpen;
}

/** What the quorum calls down, in the order of declaration. Only a target that a majority doubts can be. */
function downIn(bench: Bench, region: SiteId, targets: readonly Target[]): readonly Target[] {
  const need = majorityOf(bench.targets.vantages.length);
  const down = new Set<string>();
  for (const [id, doubting] of bench.doubts.get(region) ?? []) {
    const target = doubting < need ? undefined : bench.targets.byId.get(id);
    if (target !== undefined && standing(bench, target, region) === 'down') down.add(id);
  }
  return down.size === 0 ? [] : targets.filter((target) => down.has(target.id));
}

/** How soon an open question is asked again. */
const lookAgainMs = 250;

/** Seen to answer by somebody outside since the failure began, and failing for nobody. */
function answers(bench: Bench, target: Target, region: SiteId, since: number): boolean {
  const cells = bench.targets.vantages
    .filter((vantage) => !isWithin(bench.estate, vantage.site, region))
    .map((vantage) => bench.seen.cells.get(target.id)?.get(vantage.id))
    .filter((cell) => isFresh(target, cell, bench.now));
  return cells.some((cell) => cell.failures === 0 && cell.lastAt > since) && cells.every((cell) => cell.failures === 0);
}
function firstFailureAt(bench: Bench, down: readonly Target[]): number {
  let first = Infinity;
  for (const target of down)
    for (const cell of bench.seen.cells.get(target.id)?.values() ?? [])
      if (cell.failingSince !== undefined && cell.failingSince < first) first = cell.failingSince;
  return first;
}

/** A target that measured a role stands for its replica; one that only listens does not. */
function roleOf(bench: Bench, target: Target): boolean {
  return [...(bench.seen.cells.get(target.id)?.values() ?? [])].some((cell) => typeof cell.measured?.['role'] === 'string');
}

/** From the first failure of the first target to the verdict of the last one that failed with it: one interval more than a verdict takes. */
const settleMs = (down: readonly Target[]): number =>
  down.reduce((most, { detection: { intervalMs, failures, timeoutMs } }) => Math.max(most, intervalMs * (failures + 1) + timeoutMs), 0);

/** Until when to wait for neighbours that were not sampled since the first failure, or are failing and not yet called down. */
function settleUntil(bench: Bench, targets: readonly Target[], down: readonly Target[]): Instant | undefined {
  const began = firstFailureAt(bench, down);
  if (!Number.isFinite(began)) return undefined;
  const until = later(began as Instant, settleMs(down));
  if (bench.now >= until) return undefined;
  return targets.some((target) => isUndecided(bench, target, began)) ? until : undefined;
}

function isUndecided(bench: Bench, target: Target, began: number): boolean {
  const verdicts = bench.verdicts.get(target.id);
  for (const [vantage, cell] of bench.seen.cells.get(target.id) ?? [])
    if ((cell.failures > 0 || cell.lastAt <= began) && verdicts?.get(vantage) !== 'down' && isFresh(target, cell, bench.now)) return true;
  return false;
}

function found(bench: Bench, kind: DiagnosisKind, site: SiteId, targets: readonly Target[]): Finding {
  const vantages = [...new Set(targets.flatMap((target) => convicting(bench, target, site)).map((vantage) => vantage.id))].sort();
  const workloads = [...new Set(targets.flatMap((target) => target.workload ?? []))].sort();
  const replica = targets[0]?.replica;
  const of = `${vantages.length} of ${bench.targets.vantages.length} vantages (${vantages.join(', ')})`;
  const sentence = {
    RegionLost: `Nothing in ${site} answers: ${of} see all ${targets.length} targets there down.`,
    ZoneLost: `Nothing in ${site} answers while its neighbours do: ${of} see all ${targets.length} targets there down.`,
    ReplicaDown: `Replica ${replica ?? '?'} does not answer as a database while its site does: ${of} agree.`,
  }[kind];
  return {
    kind: 'diagnosed',
    diagnosis: { kind, site, workloads, sentence, vantages, ...(kind === 'ReplicaDown' && replica !== undefined ? { replica } : {}) },
  };
}
