// Who may vote on a target, and what the vote says. The denominator is every declared vantage: a silent one has no
// vote and does not leave it. A vantage inside the suspected site may veto, never convict.
import type { Estate, Vantage } from '../estate.ts';
import type { Instant } from '../values.ts';
import type { AccusedBySite, Doubted } from './doubt.ts';
import type { Cell, Row, Seen } from './sight.ts';
import { isWithin, referenceId, type Target, type Targets } from './targets.ts';

export type Standing = 'up' | 'down' | 'unknown';
export type Verdicts = ReadonlyMap<string, ReadonlyMap<string, 'up' | 'down'>>;
export type Bench = {
  readonly estate: Estate;
  readonly targets: Targets;
  readonly verdicts: Verdicts;
  readonly doubts: Doubted;
  readonly accused: AccusedBySite;
  /** When this leader's term began: before, it had seen nothing. */
  readonly began: Instant;
  readonly seen: Seen;
  readonly now: Instant;
};

export const majorityOf = (vantages: number): number => Math.floor(vantages / 2) + 1;
/** Older than this, an observation is no longer a vote: two intervals and the time that one sample may take. */
export const staleAfterMs = (target: Target): number => target.detection.intervalMs * 2 + target.detection.timeoutMs;

/** What a row of samples of this target is. */
export const rowOf = (target: Target): Row => ({
  failures: target.detection.failures,
  successes: target.detection.successes,
  rowMs: staleAfterMs(target),
});

/** How long a leader that has just begun needs before it can say of a target that it is not down: a whole row, or two times what is fresh. */
export const judgedAfterMs = (target: Target): number => {
  const { failures, intervalMs, timeoutMs } = target.detection;
  return Math.max(2 * staleAfterMs(target), (failures + 1) * intervalMs + timeoutMs);
};

export const isFresh = (target: Target, cell: Cell | undefined, now: Instant): cell is Cell =>
  cell !== undefined && now - cell.countsFrom <= staleAfterMs(target);

/** What the quorum says of `target` if `suspect` is the site that is doubted. */
export function standing(bench: Bench, target: Target, suspect: string): Standing {
  const need = majorityOf(bench.targets.vantages.length);
  const cells = bench.seen.cells.get(target.id);
  const verdicts = bench.verdicts.get(target.id);
  if (cells === undefined || verdicts === undefined) return 'unknown';
  let down = 0;
  let up = 0;
  for (const juror of juryOf(bench, suspect)) {
    const vote = voteOf(bench, target, cells.get(juror.vantage.id), verdicts.get(juror.vantage.id), juror.says);
    if (vote === 'veto') return 'up';
    if (vote === 'up') up += 1;
    if (vote === 'down') down += 1;
  }
  return down >= need ? 'down' : up >= need || (up > 0 && down === 0) ? 'up' : 'unknown';
}

/** The vantages that convict `target`. */
export const convicting = (bench: Bench, target: Target, suspect: string): readonly Vantage[] =>
  juryOf(bench, suspect)
    .filter(({ vantage: { id }, says }) => {
      const cell = bench.seen.cells.get(target.id)?.get(id);
      return voteOf(bench, target, cell, bench.verdicts.get(target.id)?.get(id), says) === 'down';
    })
    .map((juror) => juror.vantage);

type Juror = { readonly vantage: Vantage; readonly says: 'votes' | 'may veto' | 'nothing' };
// Found once for each suspect of a bench: a lost region asks it of thousands of targets.
const juries = new WeakMap<Bench, Map<string, readonly Juror[]>>();
function juryOf(bench: Bench, suspect: string): readonly Juror[] {
  let bySuspect = juries.get(bench);
  if (bySuspect === undefined) juries.set(bench, (bySuspect = new Map()));
  let jury = bySuspect.get(suspect);
  if (jury === undefined) {
    jury = seatsFor(bench, suspect).map(({ vantage, isInside, references }): Juror => {
      if (isInside) return { vantage, says: 'may veto' };
      return { vantage, says: seesAny(bench, vantage, references) ? 'votes' : 'nothing' };
    });
    bySuspect.set(suspect, jury);
  }
  return jury;
}

function voteOf(
  bench: Bench,
  target: Target,
  cell: Cell | undefined,
  verdict: 'up' | 'down' | undefined,
  says: Juror['says'],
): 'up' | 'down' | 'veto' | 'none' {
  if (says === 'nothing' || verdict === undefined || !isFresh(target, cell, bench.now)) return 'none';
  // A leader that has just begun, or a vantage that was silent, has one bad sample and an old verdict: that is no row.
  if (says === 'votes') return verdict === 'up' || cell.isCalledDown ? verdict : 'none';
  return verdict === 'up' && cell.failures === 0 ? 'veto' : 'none';
}

/** A vantage that cannot see its own reference targets may be the one that is cut off: it does not vote. */
export function seesReferences(bench: Bench, vantage: Vantage, suspect: string): boolean {
  const references = seatsFor(bench, suspect).find((seat) => seat.vantage === vantage)?.references ?? [];
  return seesAny(bench, vantage, references);
}
const seesAny = (bench: Bench, vantage: Vantage, references: readonly Target[]): boolean =>
  references.some((target) => {
    const cell = bench.seen.cells.get(target.id)?.get(vantage.id);
    return isFresh(target, cell, bench.now) && cell.failures === 0;
  });

/** `references`: those outside what is suspected and outside the vantage's own site. */
type Seat = { readonly vantage: Vantage; readonly isInside: boolean; readonly references: readonly Target[] };
// Where everybody stands follows from what is declared, and targets are never changed once they are made.
const seats = new WeakMap<Targets, Map<string, readonly Seat[]>>();
function seatsFor({ estate, targets }: Pick<Bench, 'estate' | 'targets'>, suspect: string): readonly Seat[] {
  let bySuspect = seats.get(targets);
  if (bySuspect === undefined) seats.set(targets, (bySuspect = new Map()));
  let found = bySuspect.get(suspect);
  if (found === undefined) {
    found = targets.vantages.map((vantage): Seat => {
      const references = vantage.references.flatMap(({ id, site }) =>
        isWithin(estate, site, suspect) || isWithin(estate, site, vantage.site)
          ? []
          : (targets.byId.get(referenceId(vantage.id, id)) ?? []),
      );
      return { vantage, isInside: isWithin(estate, vantage.site, suspect), references };
    });
    bySuspect.set(suspect, found);
  }
  return found;
}
