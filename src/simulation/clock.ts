// Virtual time: what will happen, in order. Of two things at the same instant the one that was arranged first comes first, so that
// a schedule has one order only.
import type { Instant } from '../core/values.ts';

/** `off` makes it not happen; then it costs nothing but its place. */
export type Arranged = { readonly at: number; readonly order: number; run: () => void; off: boolean };

export class VirtualClock {
  #now: number;
  #order = 0;
  readonly #heap: Arranged[] = [];

  constructor(startAt: Instant) {
    this.#now = startAt;
  }

  /** True time. No controller, vantage or client can read it. */
  get now(): Instant {
    return this.#now as Instant;
  }

  after(ms: number, run: () => void): Arranged {
    return this.at(this.#now + Math.max(0, Math.round(ms)), run);
  }
  /** An instant that has passed counts as now. */
  at(at: number, run: () => void): Arranged {
    const arranged: Arranged = { at: Math.max(this.#now, at), order: (this.#order += 1), run, off: false };
    const heap = this.#heap;
    let place = heap.push(arranged) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, arranged)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = arranged;
    return arranged;
  }

  /** Lets everything up to and including this instant happen. */
  runUntil(end: Instant, isOver: () => boolean = () => false): void {
    for (let first = this.#heap[0]; first !== undefined && first.at <= end && !isOver(); first = this.#heap[0]) {
      this.#pop();
      if (first.off) continue;
      this.#now = first.at;
      first.run();
    }
    if (!isOver()) this.#now = Math.max(this.#now, end);
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let place = 0;
    for (;;) {
      const left = heap[2 * place + 1];
      const right = heap[2 * place + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (!isBefore(child, last)) break;
      heap[place] = child;
      place = isRight ? 2 * place + 2 : 2 * place + 1;
    }
    heap[place] = last;
  }
}

const isBefore = (a: Arranged, b: Arranged): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
