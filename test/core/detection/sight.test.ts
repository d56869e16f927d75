// A clock that was wrong and is set right: what its owner says after that is heard at once, and what is merely late or repeated is not.
import { describe, expect, test } from 'vitest';
import { newSight, seeCanaries, seeProbe } from '../../../src/core/detection/sight.ts';
import type { Instant, VantageId, WorkloadId } from '../../../src/core/values.ts';

const row = { failures: 3, successes: 2, rowMs: 12_000 };
/** When it arrives, and what its own clock says of when it was seen. */
type Said = readonly [arrivesAt: number, at: number];
const instant = (seconds: number): Instant => (1_000_000 + seconds * 1_000) as Instant;

const cases: readonly (readonly [name: string, said: readonly Said[], heard: readonly number[]])[] = [
  [
    'one after another',
    [
      [5, 5],
      [10, 10],
      [15, 15],
    ],
    [5, 10, 15],
  ],
  [
    'late ones are not news',
    [
      [10, 10],
      [12, 5],
    ],
    [10],
  ],
  [
    'repeated ones are not news',
    [
      [10, 10],
      [11, 10],
    ],
    [10],
  ],
  [
    'a minute ahead, and set right',
    [
      [10, 70],
      [15, 15],
      [20, 20],
    ],
    [70, 15, 20],
  ],
  [
    'a minute ahead, and what was seen before that comes late',
    [
      [10, 70],
      [12, 8],
    ],
    [70],
  ],
  [
    'set right, and what it said in between is repeated',
    [
      [10, 70],
      [15, 15],
      [16, 70],
      [20, 20],
    ],
    [70, 15, 70, 20],
  ],
  [
    'ahead all the time, and one comes late',
    [
      [10, 70],
      [15, 75],
      [16, 72],
    ],
    [70, 75],
  ],
];

describe.each(cases)('%s', (_, said, heard) => {
  test('from a vantage', () => {
    const sight = newSight();
    const taken = said.filter(([arrivesAt, at]) =>
      seeProbe(sight, { target: 't', vantage: 'v' as VantageId, ok: true, at: instant(at), detail: '' }, instant(arrivesAt), row),
    );
    expect(taken.map(([, at]) => at)).toEqual(heard);
  });
  test('from a canary client', () => {
    const sight = newSight();
    const taken = said.filter(([arrivesAt, at]) => {
      const sample = { id: `${at}`, sentAt: instant(at), readAt: instant(at), timeline: 1, address: '', detail: '' };
      const before = { ...sight.paths.get('ehr/ward') };
      const path = seeCanaries(sight, 'ehr' as WorkloadId, 'ward', [sample], instant(arrivesAt), row.rowMs);
      expect(path.lastGoodAt).toBeLessThanOrEqual(instant(arrivesAt));
      return path.good !== before.good || path.lastSampleAt !== before.lastSampleAt;
    });
    expect(taken.map(([, at]) => at)).toEqual(heard);
  });
});

test('good answers on both sides of a clock that was set back are no row', () => {
  const sight = newSight();
  const says = ([arrivesAt, at]: Said) =>
    seeCanaries(
      sight,
      'ehr' as WorkloadId,
      'ward',
      [{ id: `${at}`, sentAt: instant(at), readAt: instant(at), timeline: 1, address: '', detail: '' }],
      instant(arrivesAt),
      row.rowMs,
    );
  says([10, 70]);
  says([14, 74]);
  expect(says([18, 18])).toMatchObject({ good: 1, firstGoodAt: instant(18), goodThrough: instant(18) });
});
