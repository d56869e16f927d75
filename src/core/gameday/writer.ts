// Where a workload's writer is: not only in which replica, but at which of its sites, as far as anybody sees it. A fault in one
// zone practises nothing while the writer is in another, and a provider may have moved it there without us.
import { isFresh } from '../detection/quorum.ts';
import type { Cell } from '../detection/sight.ts';
import { ancestry, regionOf, type Target } from '../detection/targets.ts';
import type { View } from '../kernel.ts';
import type { WorkloadId } from '../values.ts';

/** `region`: the fault domain of the replica. `site`: the smallest one that is known, empty while nobody sees it. */
export type Writer = { readonly replica: string; readonly site: string; readonly region: string };

/**
 * The probe that says `primary` measured the address at which it found the writer; every other probe of the replica that found
 * the same address stands at the writer's site. Two smallest sites at once are no answer.
 */
export function writerOf(view: View, id: WorkloadId): Writer {
  const bench = view.bench();
  const replica = bench?.estate.workloads[id]?.replicas.find((each) => each.name === view.known.workloads.get(id)?.primary);
  if (bench === undefined || replica === undefined) return { replica: '', site: '', region: '' };
  const targets = [...bench.targets.byId.values()].filter((target) => target.workload === id && target.replica === replica.name);
  const good = (target: Target): readonly Readonly<Cell>[] =>
    [...(bench.seen.cells.get(target.id)?.values() ?? [])].filter((cell) => isFresh(target, cell, bench.now) && cell.failures === 0);
  const addresses = new Set(
    targets.flatMap(good).flatMap(({ measured }) => (measured?.['role'] === 'primary' ? (measured['address'] ?? []) : [])),
  );
  const sites = targets
    .filter((target) => good(target).some(({ measured }) => addresses.has(measured?.['address'] ?? '')))
    .map((target) => target.site);
  const depth = (site: string): number => ancestry(bench.estate, site).length;
  const deepest = Math.max(...sites.map(depth));
  const smallest = [...new Set(sites.filter((site) => depth(site) === deepest))];
  return {
    replica: replica.name,
    site: smallest.length === 1 ? (smallest[0] ?? '') : '',
    region: regionOf(bench.estate, replica.site) ?? replica.site,
  };
}
