// Observations on their way to the controller. Bounded: while they cannot be delivered, the newest one of each target
// is kept, because a verdict is about now.
import type { Observation } from './assignment.ts';

export class ObservationQueue {
  private pending: Observation[] = [];
  private readonly most: number;

  /** Keeps every observation in order up to `most`, then only the newest of each target, then the newest `most` of those. */
  constructor(most: number) {
    this.most = most;
  }

  get size(): number {
    return this.pending.length;
  }

  add(observations: readonly Observation[]): void {
    this.pending.push(...observations);
    if (this.pending.length > this.most) this.keepNewest();
  }

  /** Takes the oldest `count`. */
  take(count: number): readonly Observation[] {
    return this.pending.splice(0, count);
  }

  /** Puts what could not be delivered back to the front. */
  putBack(observations: readonly Observation[]): void {
    this.pending = [...observations, ...this.pending];
  }

  /** Forgets all but the newest of each target. */
  keepNewest(): void {
    const newest = new Map<string, Observation>();
    for (const observation of this.pending) {
      newest.delete(observation.target);
      newest.set(observation.target, observation);
    }
    this.pending = [...newest.values()].slice(-this.most);
  }
}
