// Which targets anybody calls down, by region: kept while verdicts are folded, so that a region in which all is well costs
// nothing to ask, however many targets it has. What the verdicts mean is the quorum's to say.
import type { Estate } from '../estate.ts';
import type { SiteId } from '../values.ts';
import { regionOf, type Targets } from './targets.ts';

export type Verdict = 'up' | 'down';
/** By region and target: how many vantages call it down. Targets that nobody calls down are not in it. */
export type Doubts = Map<SiteId, Map<string, number>>;
export type Doubted = ReadonlyMap<SiteId, ReadonlyMap<string, number>>;

/** One vantage's verdict on `target` went from `before` to `verdict`. References and unknown targets are nobody's doubt. */
export function doubt(
  doubts: Doubts,
  estate: Estate,
  targets: Targets,
  change: { target: string; before?: Verdict; verdict: Verdict },
): void {
  const by = Number(change.verdict === 'down') - Number(change.before === 'down');
  const target = targets.byId.get(change.target);
  if (by === 0 || target?.workload === undefined) return;
  const region = regionOf(estate, target.site);
  if (region === undefined) return;
  let counts = doubts.get(region);
  if (counts === undefined) doubts.set(region, (counts = new Map()));
  const count = (counts.get(target.id) ?? 0) + by;
  if (count > 0) counts.set(target.id, count);
  else counts.delete(target.id);
}

/** From the beginning, when another estate is declared. */
export function countDoubts(
  doubts: Doubts,
  estate: Estate,
  targets: Targets,
  verdicts: ReadonlyMap<string, ReadonlyMap<string, Verdict>>,
): void {
  doubts.clear();
  for (const [target, byVantage] of verdicts) for (const verdict of byVantage.values()) doubt(doubts, estate, targets, { target, verdict });
}
