// The clock that the controller goes by, under every way in which a system clock can misbehave.
import { describe, expect, test } from 'vitest';
import type { Instant } from '../../src/core/values.ts';
import { steadyClock } from '../../src/runtime/steady-clock.ts';

const t0 = Date.UTC(2026, 0, 1);
/** A machine whose time passes truly, and whose clock is that far off. */
function machine(): { offMs: number; passedMs: number; clock: ReturnType<typeof steadyClock> } {
  const it = { offMs: 0, passedMs: 0 };
  const clock = steadyClock({ wallMs: () => t0 + it.passedMs + it.offMs, monotonicNs: () => BigInt(Math.round(it.passedMs * 1e6)) });
  return Object.assign(it, { clock });
}
type Step = { readonly passMs: number; readonly offMs?: number; readonly reads: number };
const cases: readonly (readonly [string, readonly Step[]])[] = [
  [
    'a clock that is right is followed',
    [
      { passMs: 1_000, reads: 1_000 },
      { passMs: 500, reads: 1_500 },
    ],
  ],
  ['a step forwards is followed at once: a machine that slept has slept', [{ passMs: 1_000, offMs: 60_000, reads: 61_000 }]],
  [
    'a step back is no step: time goes on at half speed until both agree',
    [
      { passMs: 10_000, reads: 10_000 },
      { passMs: 0, offMs: -4_000, reads: 10_000 },
      { passMs: 2_000, offMs: -4_000, reads: 11_000 },
      { passMs: 6_000, offMs: -4_000, reads: 14_000 },
      { passMs: 1_000, offMs: -4_000, reads: 15_000 },
    ],
  ],
  [
    'a step back that is taken back again costs nothing',
    [
      { passMs: 10_000, reads: 10_000 },
      { passMs: 2_000, offMs: -3_600_000, reads: 11_000 },
      { passMs: 1_000, offMs: 0, reads: 13_000 },
    ],
  ],
];
describe('the steady clock', () => {
  test.each(cases)('%s', (_name, steps) => {
    const it = machine();
    for (const { passMs, offMs = it.offMs, reads } of steps) {
      it.passedMs += passMs;
      it.offMs = offMs;
      expect(it.clock.now() - t0).toBe(reads);
    }
  });
  test('never falls, whatever the system says', () => {
    const it = machine();
    let last = it.clock.now();
    for (let i = 0; i < 5_000; i += 1) {
      it.passedMs += (i * 7919) % 100;
      it.offMs = ((i * 104_729) % 2_000_000) - 1_000_000;
      const now = it.clock.now();
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
  });
  test('begins no earlier than what the journal says last, and says how far it is ahead', () => {
    const it = machine();
    it.clock.notBefore((t0 + 8_000) as Instant);
    expect([it.clock.now() - t0, it.clock.aheadMs()]).toEqual([8_000, 8_000]);
    it.passedMs = 4_000;
    expect([it.clock.now() - t0, it.clock.aheadMs()]).toEqual([10_000, 6_000]);
    it.passedMs = 20_000;
    expect([it.clock.now() - t0, it.clock.aheadMs()]).toEqual([20_000, 0]);
    it.clock.notBefore(t0 as Instant);
    expect(it.clock.now() - t0).toBe(20_000);
  });
});
