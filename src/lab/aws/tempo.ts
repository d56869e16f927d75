// Time and lot of the AWS model: one clock, one seeded die and every timer that is under way, so that two labs with the same
// seed draw the same lags and `close` leaves nothing running.

import type { Profile, RangeMs } from './profiles.ts';

/** Why a job that was asleep ended: the lab was closed. */
export class LabClosed extends Error {
  constructor() {
    super('the AWS model of the lab was closed');
    this.name = 'LabClosed';
  }
}

export interface Tempo {
  readonly profile: Profile;
  readonly unkind: boolean;
  /** Epoch milliseconds. */
  now(): number;
  /** Uniform in [0, 1). */
  lot(): number;
  /** The same, of a series of its own: whether a reply is lost depends on the seed and on how many there were before, on nothing else. */
  dropLot(): number;
  /** An integer within the inclusive range. */
  draw(range: RangeMs): number;
  /** The instant whose state a read-back shows: now, or up to `readLagMs` earlier when the lab is unkind. Drawn anew for each read. */
  readAt(): number;
  /** Rejects with `LabClosed` when the lab is closed meanwhile. */
  sleep(ms: number): Promise<void>;
  /** Starts something that runs on by itself. What it throws goes to `onFault`, unless the lab was closed. */
  start(job: () => Promise<void>): void;
  /** Capital letters and digits, as AWS's identifiers are. */
  token(length: number): string;
  /** Of the form of a version 4 UUID. */
  uuid(): string;
  /** Wakes every sleeper and waits for the jobs to end. */
  close(): Promise<void>;
}

/** Mulberry32: 32 bits of state are plenty for lags and ids, and the same on every machine. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function makeTempo(profile: Profile, unkind: boolean, seed: number, onFault: (fault: unknown) => void): Tempo {
  const lot = seeded(seed);
  const dropLot = seeded(seed ^ 0x5eed0001);
  const lagLot = seeded(seed ^ 0x5eed0002);
  const sleepers = new Set<() => void>();
  const jobs = new Set<Promise<void>>();
  let closed = false;

  const within = ([least, most]: RangeMs, share: number): number => least + Math.floor(share * (most - least + 1));
  const draw = (range: RangeMs): number => within(range, lot());

  return {
    profile,
    unkind,
    now: () => Date.now(),
    lot,
    dropLot,
    draw,
    readAt: () => Date.now() - (unkind ? within(profile.readLagMs, lagLot()) : 0),
    sleep(ms) {
      return new Promise((resolve, reject) => {
        if (closed) return reject(new LabClosed());
        const wake = (): void => {
          clearTimeout(timer);
          sleepers.delete(wake);
          if (closed) reject(new LabClosed());
          else resolve();
        };
        const timer = setTimeout(wake, ms);
        sleepers.add(wake);
      });
    },
    start(job) {
      const running = job()
        .catch((fault: unknown) => {
          if (!(fault instanceof LabClosed)) onFault(fault);
        })
        .finally(() => jobs.delete(running));
      jobs.add(running);
    },
    token(length) {
      const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
      return Array.from({ length }, () => alphabet.charAt(Math.floor(lot() * alphabet.length))).join('');
    },
    uuid() {
      const hex = Array.from({ length: 32 }, () => Math.floor(lot() * 16).toString(16)).join('');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
    },
    async close() {
      closed = true;
      for (const wake of [...sleepers]) wake();
      await Promise.all(jobs);
    },
  };
}
