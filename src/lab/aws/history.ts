// The states a model went through in the last seconds, so that a read-back can show an older one. States are never changed in
// place: whoever changes the model puts a new state here.

/** Longer than any lag that a profile has. */
const KEPT_MS = 5_000;

export class History<State> {
  readonly #past: { readonly from: number; readonly state: State }[];
  readonly #now: () => number;

  constructor(first: State, now: () => number) {
    this.#now = now;
    this.#past = [{ from: Number.NEGATIVE_INFINITY, state: first }];
  }

  /** The truth: what mutations are checked against. */
  get current(): State {
    return this.at(Number.POSITIVE_INFINITY);
  }

  /** What was true at that instant; the oldest that is kept when it lies further back. */
  at(instant: number): State {
    for (let index = this.#past.length - 1; index >= 0; index--) {
      const entry = this.#past[index];
      if (entry !== undefined && (entry.from <= instant || index === 0)) return entry.state;
    }
    throw new Error('a history is never empty');
  }

  set(state: State): void {
    const now = this.#now();
    this.#past.push({ from: now, state });
    while (this.#past.length > 1 && (this.#past[1]?.from ?? now) <= now - KEPT_MS) this.#past.shift();
  }
}
