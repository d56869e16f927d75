// What was seen lately. Not journalled, and lost at a restart on purpose: a new leader needs a fresh quorum.
// `see` is the only function that changes it.
import type { Tier } from '../estate.ts';
import type { CanarySample } from '../objective/measurement.ts';
import type { Observation, Sampled } from '../input.ts';
import type { Instant, VantageId, WorkloadId } from '../values.ts';

/** One vantage's view of one target. */
export type Cell = {
  /** By the clock of the vantage. */
  lastAt: Instant;
  /** What its age counts from: `lastAt`, but never later than it arrived here, so that a clock ahead of ours keeps no vote alive. */
  countsFrom: Instant;
  lastOkAt: Instant | undefined;
  /** When the present row of failures began. */
  failingSince: Instant | undefined;
  failures: number;
  successes: number;
  /** Its own samples, with no gap in the row, have called it down: what was called down before that must be seen again to count. */
  isCalledDown: boolean;
  detail: string;
  measured: Readonly<Record<string, number | string>> | undefined;
  /**
   * The role that its last sample measured, good or bad; since when (as `countsFrom`) and how often each sample in a row has said so. A
   * primary on another timeline than before was promoted in between: it is another sight of it.
   */
  role:
    { readonly is: string; readonly timeline: number | string | undefined; readonly since: Instant; readonly times: number } | undefined;
};
/** One population's path, from its canaries in the order in which they were sent. */
export type Path = {
  /** By the clock of the client. */
  lastSampleAt: Instant;
  /** When it was last heard of, by our clock. */
  heardAt: Instant;
  /** `lastSampleAt`, but never later than it arrived here. */
  countsFrom: Instant;
  /** Never later than it arrived here. */
  lastGoodAt: Instant | undefined;
  /** By the clock of the client, which tells it with every report: it knows it, whoever led then. */
  lastAckedAt: Instant | undefined;
  bad: number;
  badBecause: string;
  good: number;
  firstGoodAt: Instant | undefined;
  goodThrough: Instant | undefined;
  timeline: number;
};
export type Seen = {
  readonly cells: ReadonlyMap<string, ReadonlyMap<VantageId, Readonly<Cell>>>;
  readonly paths: ReadonlyMap<string, Readonly<Path>>;
  /** The journal's disk is full: what runs may be finished, nothing may be started. */
  readonly isJournalSpent: boolean;
};
export type Sight = { readonly cells: Map<string, Map<VantageId, Cell>>; readonly paths: Map<string, Path>; isJournalSpent: boolean };

export const newSight = (): Sight => ({ cells: new Map(), paths: new Map(), isJournalSpent: false });
export const pathId = (workload: WorkloadId | string, population: string): string => `${workload}/${population}`;

/** How many in a row mean something. `rowMs`: samples further apart than that are no row, because nobody knows what was between them. */
export type Row = Pick<Tier['detection'], 'failures' | 'successes'> & { readonly rowMs: number };
const anyRow: Row = { failures: 1, successes: 1, rowMs: Infinity };

/**
 * A late or repeated observation (not newer than what is known) answers `undefined`. It changes nothing, unless it was good in the midst of
 * what was taken for a row of failures.
 */
export function seeProbe(sight: Sight, observation: Observation, now: Instant, row: Row = anyRow): Cell | undefined {
  let byVantage = sight.cells.get(observation.target);
  if (byVantage === undefined) sight.cells.set(observation.target, (byVantage = new Map()));
  let cell = byVantage.get(observation.vantage);
  if (cell === undefined) {
    cell = {
      lastAt: 0 as Instant,
      countsFrom: 0 as Instant,
      lastOkAt: undefined,
      failingSince: undefined,
      failures: 0,
      successes: 0,
      isCalledDown: false,
      detail: '',
      measured: undefined,
      role: undefined,
    };
    byVantage.set(observation.vantage, cell);
  }
  if (isLate(observation.at, cell, cell.lastAt, row.rowMs)) {
    if (observation.ok) breakRow(cell, observation.at);
    return undefined;
  }
  cell.lastAt = observation.at;
  const lastFrom = cell.countsFrom;
  cell.countsFrom = earlier(observation.at, now);
  cell.detail = observation.detail;
  // What answers with another role than was wanted has answered, and it is the role that is asked for here.
  const is = observation.measured?.['role'];
  const isRow = cell.countsFrom - lastFrom <= row.rowMs;
  if (!isRow) [cell.failures, cell.successes, cell.failingSince, cell.isCalledDown] = [0, 0, undefined, false];
  const timeline = is === 'primary' ? observation.measured?.['timeline'] : undefined;
  const before = cell.role?.is === is && cell.role?.timeline === timeline && isRow ? cell.role : undefined;
  cell.role =
    typeof is === 'string' ? { is, timeline, since: before?.since ?? cell.countsFrom, times: (before?.times ?? 0) + 1 } : undefined;
  if (observation.ok) {
    cell.lastOkAt = observation.at;
    cell.measured = observation.measured;
    cell.failingSince = undefined;
    cell.failures = 0;
    cell.successes += 1;
  } else {
    cell.failingSince ??= observation.at;
    cell.failures += 1;
    cell.successes = 0;
  }
  if (cell.failures >= row.failures) cell.isCalledDown = true;
  if (cell.successes >= row.successes) cell.isCalledDown = false;
  return cell;
}

/** Only the newest of its failures is known to have come after that. */
function breakRow(cell: Cell, at: Instant): void {
  if (cell.failingSince === undefined || at <= cell.failingSince || at >= cell.lastAt) return;
  cell.failures = 1;
  cell.failingSince = cell.lastAt;
  cell.isCalledDown = false;
  if (at > (cell.lastOkAt ?? 0)) cell.lastOkAt = at;
}

/**
 * Whether something is not newer than what came last by the same clock. A clock that was ahead of ours and has been set back is
 * recognised: what it says now is far before what it said, and yet after that had arrived. Else its owner would be blind until then.
 */
const isLate = (at: Instant, { countsFrom }: { readonly countsFrom: Instant }, lastAt: Instant, rowMs: number): boolean =>
  at <= lastAt && !(lastAt - at > rowMs && at > countsFrom);
const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b);

/** `rowMs`: canaries further apart than that are no row, good or bad, because nobody knows what users felt between them. */
export function seeCanaries(sight: Sight, { workload, population, samples, lastAckedAt }: Sampled, now: Instant, rowMs = Infinity): Path {
  const id = pathId(workload, population);
  let path = sight.paths.get(id);
  if (path === undefined) {
    path = {
      lastSampleAt: 0 as Instant,
      heardAt: 0 as Instant,
      countsFrom: 0 as Instant,
      lastGoodAt: undefined,
      lastAckedAt: undefined,
      bad: 0,
      badBecause: '',
      good: 0,
      firstGoodAt: undefined,
      goodThrough: undefined,
      timeline: 0,
    };
    sight.paths.set(id, path);
  }
  if (lastAckedAt !== undefined) noteAcked(path, lastAckedAt);
  for (const sample of samples) seeCanary(path, sample, now, rowMs);
  return path;
}

/** Whether good answers came often enough and for long enough, up to now, for users to be well. */
export const isSustained = (path: Readonly<Path>, { good, sustainedMs }: Pick<Tier['usersPath'], 'good' | 'sustainedMs'>): boolean =>
  path.good >= good &&
  path.firstGoodAt !== undefined &&
  path.goodThrough !== undefined &&
  path.goodThrough - path.firstGoodAt >= sustainedMs;

function seeCanary(path: Path, sample: CanarySample, now: Instant, rowMs: number): void {
  if (sample.ackedAt !== undefined) noteAcked(path, sample.ackedAt);
  if (isLate(sample.sentAt, path, path.lastSampleAt, rowMs)) return;
  const afterMs = sample.sentAt - path.lastSampleAt;
  // By our clock as well as by his: one that is set right may hide how long nothing was heard.
  if (afterMs > rowMs || afterMs < 0 || now - path.heardAt > rowMs) {
    endGoodRow(path);
    path.bad = 0;
  }
  path.lastSampleAt = sample.sentAt;
  path.heardAt = now;
  path.countsFrom = earlier(sample.sentAt, now);
  if (sample.readAt !== undefined) {
    path.lastGoodAt = earlier(sample.readAt, now);
    path.timeline = sample.timeline;
    path.bad = 0;
    path.good += 1;
    path.firstGoodAt ??= sample.readAt;
    path.goodThrough = sample.readAt;
  } else {
    path.bad += 1;
    path.badBecause = sample.detail;
    endGoodRow(path);
  }
}

function noteAcked(path: Path, at: Instant): void {
  if (at > (path.lastAckedAt ?? 0)) path.lastAckedAt = at;
}
function endGoodRow(path: Path): void {
  path.good = 0;
  path.firstGoodAt = undefined;
  path.goodThrough = undefined;
}
