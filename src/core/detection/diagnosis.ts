// From standings to a named diagnosis with one sentence, scoped to the smallest site that explains what is seen.
// While a neighbour of a dead target is still undecided there is no diagnosis yet: a region dies probe by probe.
import type { DiagnosisKind } from '../estate.ts';
import { later, type Instant, type SiteId, type VantageId, type WorkloadId } from '../values.ts';
import { convicting, isFresh, standing, type Bench, type Standing } from './quorum.ts';
import type { Target } from './targets.ts';

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
  const standings = new Map<Target, Standing>(targets.map((target) => [target, standing(bench, target, region)]));
  const down = targets.filter((target) => standings.get(target) === 'down');
  if (down.length === 0) return { kind: 'healthy' };
  const isDown = (target: Target): boolean => standings.get(target) === 'down';
  if (targets.length >= 2 && targets.every(isDown)) return found(bench, 'RegionLost', region, down);

  const waitUntil = settleUntil(bench, targets, down);
  if (waitUntil !== undefined) return { kind: 'undecided', until: waitUntil };

  for (const site of Object.values(bench.estate.sites)) {
    if (site.parent !== region) continue;
    const inside = bench.targets.under.get(site.id) ?? [];
    if (inside.length >= 2 && inside.every((target) => standing(bench, target, site.id) === 'down'))
      return found(bench, 'ZoneLost', site.id, inside);
  }
  const dead = down.find((target) => target.replica !== undefined && roleOf(bench, target));
  return dead === undefined ? { kind: 'healthy' } : found(bench, 'ReplicaDown', dead.probe.site, [dead]);
}

/** A target that measured a role stands for its replica; one that only listens does not. */
function roleOf(bench: Bench, target: Target): boolean {
  return [...(bench.seen.cells.get(target.id)?.values() ?? [])].some((cell) => typeof cell.measured?.['role'] === 'string');
}

/** Until when to wait for neighbours that were not sampled since the first failure, or are failing and not yet called down. */
function settleUntil(bench: Bench, targets: readonly Target[], down: readonly Target[]): Instant | undefined {
  const began = Math.min(
    ...down.flatMap((target) => [...(bench.seen.cells.get(target.id)?.values() ?? [])].map((cell) => cell.failingSince ?? Infinity)),
  );
  const rule = down[0]?.detection;
  if (rule === undefined || !Number.isFinite(began)) return undefined;
  const until = later(began as Instant, rule.intervalMs * (rule.failures + 1) + rule.timeoutMs);
  if (bench.now >= until) return undefined;
  const undecided = targets.some((target) => {
    const verdicts = bench.verdicts.get(target.id);
    return [...(bench.seen.cells.get(target.id) ?? [])].some(
      ([vantage, cell]) =>
        verdicts?.get(vantage) !== 'down' && isFresh(target, cell, bench.now) && (cell.failures > 0 || cell.lastAt <= began),
    );
  });
  return undecided ? until : undefined;
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
