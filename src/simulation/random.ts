// A seeded stream of numbers (sfc32): the same seed draws the same lots on every machine. Parts that must not disturb each other's
// draws fork streams of their own, so that a new fault does not change what every old seed does elsewhere.

export class Random {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  constructor(seed: number, stream = '') {
    let mixed = seed >>> 0;
    const mix = (value: number): number => {
      mixed = (Math.imul(mixed ^ value, 0x9e3779b1) + 0x6d2b79f5) >>> 0;
      mixed ^= mixed >>> 15;
      return (mixed = Math.imul(mixed, 0x85ebca6b) >>> 0);
    };
    mix(Math.floor(seed / 2 ** 32) >>> 0);
    for (let i = 0; i < stream.length; i += 1) mix(stream.charCodeAt(i));
    [this.#a, this.#b, this.#c] = [mix(1), mix(2), mix(3)];
    for (let i = 0; i < 12; i += 1) this.#word();
  }

  /** In [0, 1). */
  next(): number {
    return this.#word() / 2 ** 32;
  }
  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }
  chance(probability: number): boolean {
    return this.next() < probability;
  }
  /** Throws for an empty list. */
  pick<T>(list: readonly T[]): T {
    const picked = list[Math.floor(this.next() * list.length)];
    if (picked === undefined) throw new Error('there is nothing to pick from');
    return picked;
  }
  /** `count` of them, or all, in a drawn order. */
  some<T>(list: readonly T[], count: number): T[] {
    const left = [...list];
    const taken: T[] = [];
    while (taken.length < count && left.length > 0) taken.push(...left.splice(Math.floor(this.next() * left.length), 1));
    return taken;
  }
  /** A whole number of milliseconds with this mean, exponentially distributed, at most twenty times the mean. */
  around(meanMs: number): number {
    return Math.min(20 * meanMs, Math.ceil(-Math.log(1 - this.next()) * meanMs));
  }

  #word(): number {
    const sum = (this.#a + this.#b + this.#count) >>> 0;
    this.#count = (this.#count + 1) >>> 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) >>> 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) >>> 0;
    this.#c = (this.#c + sum) >>> 0;
    return sum;
  }
}
