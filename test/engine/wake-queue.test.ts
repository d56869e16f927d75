// The queue against the simplest thing that could be right: a map that is searched whole.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WakeQueue } from '../../src/engine/wake-queue.ts';

const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), unit: fc.nat(6), at: fc.nat(20) }),
  fc.record({ kind: fc.constant('delete' as const), unit: fc.nat(6) }),
  fc.record({ kind: fc.constant('take' as const), now: fc.nat(25) }),
);

test('gives each unit once, at its newest time, the earliest first', () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new WakeQueue<number>();
      const plain = new Map<number, number>();
      for (const each of steps) {
        if (each.kind === 'set') {
          queue.set(each.unit, each.at);
          plain.set(each.unit, each.at);
        } else if (each.kind === 'delete') {
          queue.delete(each.unit);
          plain.delete(each.unit);
        } else {
          const due = [...plain].filter(([, at]) => at <= each.now);
          const got = queue.takeDue(each.now);
          expect(new Set(got)).toEqual(new Set(due.map(([unit]) => unit)));
          expect(got.map((unit) => plain.get(unit))).toEqual(due.map(([, at]) => at).sort((a, b) => a - b));
          for (const [unit] of due) plain.delete(unit);
          taken += got.length;
        }
        expect(queue.nextAt).toBe(Math.min(Infinity, ...plain.values()));
      }
    }),
    { numRuns: 500, seed: 1 },
  );
  expect(taken).toBeGreaterThan(200);
});
