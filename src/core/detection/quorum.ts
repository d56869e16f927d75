// Who may vote on a target, and what the vote says. The denominator is every declared vantage: a silent one has no
// vote and does not leave it. A vantage inside the suspected site may veto, never convict.
import type { Estate, Vantage } from '../estate.ts';
import type { Instant } from '../values.ts';
import type { Doubted } from './doubt.ts';
import type { Cell, Seen } from './sight.ts';
import { isWithin, referenceId, type Target, type Targets } from './targets.ts';

export type Standing = 'up' | 'down' | 'unknown';
export type Verdicts = ReadonlyMap<string, ReadonlyMap<string, 'up' | 'down'>>;
export type Bench = {
  readonly estate: Estate;
  readonly targets: Targets;
  readonly verdicts: Verdicts;
  readonly doubts: Doubted;
  readonly seen: Seen;
  readonly now: Instant;
};

export const majorityOf = (vantages: number): number => Math.floor(vantages / 2) + 1;
/** Older than this, an observation is no longer a vote: two intervals and the time that one sample may take. */
export const staleAfterMs = (target: Target): number => target.detection.intervalMs * 2 + target.detection.timeoutMs;

export const isFresh = (target: Target, cell: Cell | undefined, now: Instant): cell is Cell =>
  cell !== undefined && now - cell.lastAt <= staleAfterMs(target);

/** What the quorum says of `target` if `suspect` is the site that is doubted. */
export function standing(bench: Bench, target: Target, suspect: string): Standing {
  const need = majorityOf(bench.targets.vantages.length);
  let down = 0;
  let up = 0;
  for (const vantage of bench.targets.vantages) {
    const verdict = voteOf(bench, target, vantage, suspect);
    if (verdict === 'up') up += 1;
    if (verdict === 'veto') return 'up';
    if (verdict === 'down') down += 1;
  }
  return down >= need ? 'down' : up >= need || (up > 0 && down === 0) ? 'up' : 'unknown';
}

/** The vantages that convict `target`. */
export const convicting = (bench: Bench, target: Target, suspect: string): readonly Vantage[] =>
  bench.targets.vantages.filter((vantage) => voteOf(bench, target, vantage, suspect) === 'down');

function voteOf(bench: Bench, target: Target, vantage: Vantage, suspect: string): 'up' | 'down' | 'veto' | 'none' {
  const cell = bench.seen.cells.get(target.id)?.get(vantage.id);
  if (!isFresh(target, cell, bench.now)) return 'none';
  const verdict = bench.verdicts.get(target.id)?.get(vantage.id);
  if (verdict === undefined) return 'none';
  const inside = isWithin(bench.estate, vantage.site, suspect);
  if (inside) return verdict === 'up' && cell.failures === 0 ? 'veto' : 'none';
  return seesReferences(bench, vantage, suspect) ? verdict : 'none';
}

/** A vantage that cannot see its own reference targets may be the one that is cut off: it does not vote. */
export function seesReferences(bench: Bench, vantage: Vantage, suspect: string): boolean {
  return vantage.references.some((reference) => {
    if (isWithin(bench.estate, reference.site, suspect) || isWithin(bench.estate, reference.site, vantage.site)) return false;
    const target = bench.targets.byId.get(referenceId(vantage.id, reference.id));
    const cell = target && bench.seen.cells.get(target.id)?.get(vantage.id);
    return target !== undefined && isFresh(target, cell, bench.now) && cell.failures === 0;
  });
}
