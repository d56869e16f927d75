// What the neighbours of something dead do: whether they may be about to follow it, and whether they answer. Asked once for each
// dead thing of a region, and answered with few looks: what was found for one serves the next.
import type { Instant, SiteId, VantageId, WorkloadId } from '../values.ts';
import { isFresh, type Bench } from './quorum.ts';
import { isWithin, type Target, type Targets } from './targets.ts';

export class Neighbours {
  readonly isOnePace: boolean;
  readonly #bench: Bench;
  readonly #targets: readonly Target[];
  readonly #outside: readonly VantageId[];
  /** For what began then or later something is undecided. */
  #undecidedFrom = Infinity;
  /** All were looked at: for what began before `#undecidedFrom` nothing is. */
  #isKnown = false;
  /** Somebody answered then; nobody did after that. */
  #answeredAt = -Infinity;
  #silentSince = Infinity;

  constructor(bench: Bench, region: SiteId) {
    this.#bench = bench;
    this.#targets = bench.targets.under.get(region) ?? [];
    this.#outside = bench.targets.vantages.filter((each) => !isWithin(bench.estate, each.site, region)).map((each) => each.id);
    const paces = Object.values(bench.estate.tiers).map(({ detection: { intervalMs, timeoutMs } }) => intervalMs * 2 + timeoutMs);
    this.isOnePace = new Set(paces).size === 1;
  }

  /**
   * Whether others may follow what was accused at `since` and began to fail at `began`: that is less than `waitMs` ago, and something
   * fails that is not called down yet, or was not sampled since. A new leader has seen nothing before its term began.
   */
  mayFollow(since: Instant, waitMs: number, began: number): boolean {
    const { now, began: termBegan } = this.#bench;
    if (now >= Math.max(since, termBegan) + waitMs) return false;
    if (began >= this.#undecidedFrom) return true;
    if (this.#isKnown) return false;
    const isFound = search(this.#targets, undecided, (target) => {
      this.#undecidedFrom = Math.min(this.#undecidedFrom, this.#undecidedSince(target));
      return this.#undecidedFrom <= began;
    });
    this.#isKnown = !isFound;
    return isFound;
  }

  /** Whether somebody was seen to answer after `began`, by a vantage outside, and fails for none of those. */
  answer(began: number): boolean {
    if (this.#answeredAt > began) return true;
    if (this.#silentSince <= began) return false;
    if (search(this.#targets, answering, (target) => this.#answers(target, began))) return true;
    this.#silentSince = Math.min(this.#silentSince, began);
    return false;
  }

  /** What began then or later may include this target: it fails and is not called down yet, or was sampled last before that. */
  #undecidedSince(target: Target): number {
    const verdicts = this.#bench.verdicts.get(target.id);
    let since = Infinity;
    for (const [vantage, cell] of this.#bench.seen.cells.get(target.id) ?? [])
      if ((verdicts?.get(vantage) !== 'down' || !cell.isCalledDown) && isFresh(target, cell, this.#bench.now))
        since = Math.min(since, cell.failures > 0 ? -Infinity : cell.lastAt);
    return since;
  }

  #answers(target: Target, began: number): boolean {
    const cells = this.#bench.seen.cells.get(target.id);
    let at = -Infinity;
    for (const vantage of this.#outside) {
      const cell = cells?.get(vantage);
      if (!isFresh(target, cell, this.#bench.now)) continue;
      if (cell.failures > 0) return false;
      at = Math.max(at, cell.lastAt);
    }
    this.#answeredAt = Math.max(this.#answeredAt, at);
    return at > began;
  }
}

// Where the last search for the same found somebody: it is mostly found there again. It makes a search faster and changes no answer.
const undecided = new WeakMap<readonly Target[], number>();
const answering = new WeakMap<readonly Target[], number>();
export function search(
  targets: readonly Target[],
  lastFound: WeakMap<readonly Target[], number>,
  fits: (target: Target) => boolean,
): boolean {
  const from = lastFound.get(targets) ?? 0;
  for (let n = 0; n < targets.length; n += 1) {
    const at = (from + n) % targets.length;
    const target = targets[at];
    if (target === undefined || !fits(target)) continue;
    lastFound.set(targets, at);
    return true;
  }
  return false;
}

/** Whether the loss of `site` explains a dead replica: it was seen there, or a part of the replica is there. */
export function explains(
  bench: Pick<Bench, 'estate' | 'targets'>,
  site: SiteId,
  dead: { readonly site: SiteId; readonly workload: WorkloadId; readonly replica: string },
): boolean {
  const isInside = (at: SiteId): boolean => isWithin(bench.estate, at, site);
  return isInside(dead.site) || targetsOfReplica(bench.targets, dead.workload, dead.replica).some((target) => isInside(target.site));
}

// Targets are never changed once they are made, and a role is asked for with every sample.
const byReplica = new WeakMap<Targets, Map<string, Target[]>>();

/** In the order in which its probes are declared. Empty for a replica that nothing watches. */
export function targetsOfReplica(targets: Targets, workload: WorkloadId, name: string): readonly Target[] {
  let known = byReplica.get(targets);
  if (known === undefined) {
    byReplica.set(targets, (known = new Map()));
    for (const target of targets.byId.values()) {
      if (target.workload === undefined || target.replica === undefined) continue;
      const key = `${target.workload}/${target.replica}`;
      const list = known.get(key);
      if (list === undefined) known.set(key, [target]);
      else list.push(target);
    }
  }
  return known.get(`${workload}/${name}`) ?? [];
}
