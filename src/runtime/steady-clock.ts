// The controller's clock: the system's time, except that it never goes back. A system clock that is set back, or that is behind what a
// journal says already, is caught up with at half speed: durations err towards waiting, and entries keep their order.
import type { Instant } from '../core/values.ts';
import type { Clock } from '../ports.ts';

export type Source = {
  /** Milliseconds since 1970, as the system has them. May jump either way. */
  readonly wallMs: () => number;
  /** Only ever rises. */
  readonly monotonicNs: () => bigint;
};
export type SteadyClock = Clock & {
  /** Nothing earlier from now on: the time of the newest entry of a journal. */
  notBefore(at: Instant): void;
  /** How far it is ahead of the system's time, in milliseconds; 0 while they agree. */
  aheadMs(): number;
};

export const system: Source = { wallMs: () => Date.now(), monotonicNs: () => process.hrtime.bigint() };

export function steadyClock({ wallMs, monotonicNs }: Source = system): SteadyClock {
  let readAtNs = monotonicNs();
  let reading = wallMs();
  const read = (): number => {
    const nowNs = monotonicNs();
    const passedMs = Number(nowNs - readAtNs) / 1e6;
    readAtNs = nowNs;
    // Forwards it follows at once: a machine that slept has slept.
    reading = Math.max(wallMs(), reading + passedMs / 2);
    return reading;
  };
  return {
    now: () => Math.floor(read()) as Instant,
    monotonicNs,
    notBefore: (at) => void (reading = Math.max(read(), at)),
    aheadMs: () => Math.max(0, Math.floor(read() - wallMs())),
  };
}
