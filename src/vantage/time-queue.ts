// A queue ordered by time (binary heap): thousands of probes share it and one timer, instead of having a timer each.

export type Timed = { readonly at: number };

export class TimeQueue<T extends Timed> {
  private readonly heap: T[] = [];

  get size(): number {
    return this.heap.length;
  }

  /** The earliest entry, or undefined when there is none. */
  first(): T | undefined {
    return this.heap[0];
  }

  push(entry: T): void {
    const heap = this.heap;
    let child = heap.length;
    heap.push(entry);
    while (child > 0) {
      const parent = (child - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.at <= entry.at) break;
      heap[child] = above;
      child = parent;
    }
    heap[child] = entry;
  }

  /** Takes the earliest entry if it is due at `now`. */
  takeDue(now: number): T | undefined {
    const first = this.heap[0];
    if (first === undefined || first.at > now) return undefined;
    const last = this.heap.pop();
    if (last !== undefined && last !== first) this.sink(last);
    return first;
  }

  /** Forgets every entry that `keep` refuses. */
  retain(keep: (entry: T) => boolean): void {
    const kept = this.heap.filter(keep);
    this.heap.length = 0;
    for (const entry of kept) this.push(entry);
  }

  private sink(entry: T): void {
    const heap = this.heap;
    let parent = 0;
    for (;;) {
      const left = heap[2 * parent + 1];
      const right = heap[2 * parent + 2];
      if (left === undefined) break;
      const rightIsLess = right !== undefined && right.at < left.at;
      const least = rightIsLess ? right : left;
      if (least.at >= entry.at) break;
      heap[parent] = least;
      parent = 2 * parent + (rightIsLess ? 2 : 1);
    }
    heap[parent] = entry;
  }
}
