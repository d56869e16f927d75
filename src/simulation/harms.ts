// Who could really not see what, and for how long: the faults that stand, folded by replica and vantage.
import type { Harm } from './truth.ts';

type Span = { from: number; to: number };
/** How many faults hide this replica from this vantage now, and the stretches in which any did. */
type View = { count: number; readonly spans: Span[] };

export class Harms {
  readonly #byReplica = new Map<string, Map<string, View>>();
  /** How many faults stand in the replica's own way: it is dead, does not write, or is cut off from somebody. */
  readonly #own = new Map<string, View>();
  #vantages: readonly string[] = [];

  watchedBy(vantages: readonly string[]): void {
    this.#vantages = vantages;
  }

  change(harms: readonly Harm[], by: 1 | -1, at: number): void {
    for (const harm of harms) {
      if (harm.kind === 'resus') continue;
      const id = `${harm.workload}/${harm.replica}`;
      count(viewOf(this.#own, id), by, at);
      if (harm.kind === 'not-writing' || harm.kind === 'slow') continue;
      let byVantage = this.#byReplica.get(id);
      if (byVantage === undefined) this.#byReplica.set(id, (byVantage = new Map()));
      const blind = harm.kind === 'dead' ? this.#vantages : harm.by;
      // Users and controllers may be cut off as well; only vantages vote.
      for (const vantage of blind) if (this.#vantages.includes(vantage)) count(viewOf(byVantage, vantage), by, at);
    }
  }

  /**
   * How many vantages had lost sight of the replica for `lastedMs` without a break, in a stretch that had not ended before `since`.
   * Breaks shorter than `gapMs` may fall between two samples and do not count.
   */
  lostTo(workload: string, replica: string, asked: { now: number; since: number; lastedMs: number; gapMs: number }): number {
    let lost = 0;
    for (const view of this.#byReplica.get(`${workload}/${replica}`)?.values() ?? [])
      if (lastedUntil(view.spans, asked) >= asked.lastedMs) lost += 1;
    return lost;
  }

  /** For how long, up to now and without a break, this vantage has lost sight of the replica; 0 when it sees it. */
  hiddenFrom(workload: string, replica: string, vantage: string, now: number): number {
    const last = this.#byReplica.get(`${workload}/${replica}`)?.get(vantage)?.spans.at(-1);
    return last?.to === Infinity ? now - last.from : 0;
  }

  /** Whether this vantage had lost sight of the replica at any instant of the stretch. */
  wasHiddenFrom(workload: string, replica: string, vantage: string, from: number, to: number): boolean {
    const spans = this.#byReplica.get(`${workload}/${replica}`)?.get(vantage)?.spans ?? [];
    return spans.some((span) => span.from <= to && span.to >= from);
  }

  /** Whether anything but Resus itself was in the replica's way at any instant of the stretch. */
  stoodInTheWay(workload: string, replica: string, from: number, to: number): boolean {
    return (this.#own.get(`${workload}/${replica}`)?.spans ?? []).some((span) => span.from <= to && span.to >= from);
  }
}

function viewOf(views: Map<string, View>, key: string): View {
  let view = views.get(key);
  if (view === undefined) views.set(key, (view = { count: 0, spans: [] }));
  return view;
}
function count(view: View, by: 1 | -1, at: number): void {
  view.count += by;
  const last = view.spans.at(-1);
  if (by === 1 && view.count === 1) view.spans.push({ from: at, to: Infinity });
  if (by === -1 && view.count === 0 && last !== undefined) last.to = at;
}

/** The longest stretch, short breaks left out, among those that reach beyond `since`. */
function lastedUntil(spans: readonly Span[], { now, since, gapMs }: { now: number; since: number; gapMs: number }): number {
  let longest = 0;
  let began = -Infinity;
  let ended = -Infinity;
  for (const { from, to } of spans) {
    if (from - ended > gapMs) began = from;
    ended = Math.min(to, now);
    if (ended >= since) longest = Math.max(longest, ended - began);
  }
  return longest;
}
