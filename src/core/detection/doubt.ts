// Which targets anybody calls down, by region, and which of them a majority does, by site: kept while verdicts are folded, so that
// a region in which all is well costs nothing to ask, however many targets it has. What the verdicts mean is the quorum's to say.
import type { Estate } from '../estate.ts';
import type { Instant, SiteId } from '../values.ts';
import { majorityOf } from './quorum.ts';
import { ancestry, regionOf, type Target, type Targets } from './targets.ts';

export type Verdict = 'up' | 'down';
/** A target that a majority of the declared vantages calls down, and when the last vote came that made it so. */
export type Accused = { readonly target: Target; readonly since: Instant };
export type Doubts = {
  /** By region and target: how many vantages call it down. Targets that nobody calls down are not in it. */
  readonly doubts: Map<SiteId, Map<string, number>>;
  /** By site, for every site at or above the target. In the order in which the majorities came together. */
  readonly accused: Map<SiteId, Map<string, Accused>>;
};
export type Doubted = ReadonlyMap<SiteId, ReadonlyMap<string, number>>;
export type AccusedBySite = ReadonlyMap<string, ReadonlyMap<string, Accused>>;

/** One vantage's verdict on `target` went from `before` to `verdict`. References and unknown targets are nobody's doubt. */
export function doubt(
  { doubts, accused }: Doubts,
  estate: Estate,
  targets: Targets,
  change: { target: string; before?: Verdict; verdict: Verdict },
  at: Instant,
): void {
  const by = Number(change.verdict === 'down') - Number(change.before === 'down');
  const target = targets.byId.get(change.target);
  if (by === 0 || target?.workload === undefined) return;
  const region = regionOf(estate, target.site);
  if (region === undefined) return;
  const counts = inside(doubts, region);
  const before = counts.get(target.id) ?? 0;
  const count = before + by;
  if (count > 0) counts.set(target.id, count);
  else counts.delete(target.id);
  const need = majorityOf(targets.vantages.length);
  if (before < need === count < need) return;
  for (const site of ancestry(estate, target.site))
    if (count >= need) inside(accused, site.id).set(target.id, { target, since: at });
    else inside(accused, site.id).delete(target.id);
}
function inside<T>(by: Map<SiteId, Map<string, T>>, site: SiteId): Map<string, T> {
  let map = by.get(site);
  if (map === undefined) by.set(site, (map = new Map()));
  return map;
}

/** From the beginning, when another estate is declared. Nobody knows any more since when: as of now. */
export function countDoubts(
  doubts: Doubts,
  estate: Estate,
  targets: Targets,
  verdicts: ReadonlyMap<string, ReadonlyMap<string, Verdict>>,
  at: Instant,
): void {
  doubts.doubts.clear();
  doubts.accused.clear();
  for (const [target, byVantage] of verdicts)
    for (const verdict of byVantage.values()) doubt(doubts, estate, targets, { target, verdict }, at);
}
