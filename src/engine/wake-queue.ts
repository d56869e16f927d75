// When which unit wants to be asked again. A heap that forgets lazily: a unit has one time, and an older one that is still in the heap
// means nothing any more. Thousands of open runs must not be walked at every turn.

type Wake<T> = { readonly unit: T; readonly at: number };

export class WakeQueue<T> {
  readonly #at = new Map<T, number>();
  readonly #heap: Wake<T>[] = [];

  /** `Infinity` when nothing waits. */
  get nextAt(): number {
    this.#forget();
    return this.#heap[0]?.at ?? Infinity;
  }

  /** Replaces the unit's time. */
  set(unit: T, at: number): void {
    if (this.#at.get(unit) === at) return;
    this.#at.set(unit, at);
    this.#push({ unit, at });
  }
  delete(unit: T): void {
    this.#at.delete(unit);
  }

  /** Removes and gives every unit whose time has come, the earliest first. */
  takeDue(now: number): T[] {
    const due: T[] = [];
    for (this.#forget(); (this.#heap[0]?.at ?? Infinity) <= now; this.#forget()) {
      const first = this.#pop();
      if (first === undefined) break;
      this.#at.delete(first.unit);
      due.push(first.unit);
    }
    return due;
  }

  /** Drops what was replaced or deleted from the top. */
  #forget(): void {
    for (let first = this.#heap[0]; first !== undefined && this.#at.get(first.unit) !== first.at; first = this.#heap[0]) this.#pop();
  }
  #push(wake: Wake<T>): void {
    const heap = this.#heap;
    let place = heap.push(wake) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || parent.at <= wake.at) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = wake;
  }
  #pop(): Wake<T> | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      const left = heap[2 * place + 1];
      const right = heap[2 * place + 2];
      const below = right !== undefined && left !== undefined && right.at < left.at ? 2 * place + 2 : 2 * place + 1;
      const child = heap[below];
      if (child === undefined || child.at >= last.at) break;
      heap[place] = child;
      place = below;
    }
    heap[place] = last;
    return first;
  }
}
