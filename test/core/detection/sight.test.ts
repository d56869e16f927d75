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
      const path = seeCanaries(
        sight,
        { workload: 'ehr' as WorkloadId, population: 'ward', samples: [sample] },
        instant(arrivesAt),
        row.rowMs,
      );
      expect(path.lastGoodAt).toBeLessThanOrEqual(instant(arrivesAt));
      return path.good !== before.good || path.lastSampleAt !== before.lastSampleAt;
    });
    expect(taken.map(([, at]) => at)).toEqual(heard);
  });
});

describe('a good look that a bad one has overtaken', () => {
  type Look = readonly [arrivesAt: number, at: number, ok: boolean];
  const rows: readonly (readonly [string, readonly Look[], { failures: number; isCalledDown: boolean; failingSince?: Instant }])[] = [
    [
      'breaks the row: only the newest bad one is known to have come after it',
      [
        [5, 5, false],
        [15, 15, false],
        [16, 10, true],
        [20, 20, false],
      ],
      { failures: 2, isCalledDown: false, failingSince: instant(15) },
    ],
    [
      'takes back what the row was taken for',
      [
        [5, 5, false],
        [15, 15, false],
        [20, 20, false],
        [21, 10, true],
      ],
      { failures: 1, isCalledDown: false, failingSince: instant(20) },
    ],
    [
      'breaks it once, however often it is repeated',
      [
        [5, 5, false],
        [15, 15, false],
        [16, 10, true],
        [20, 20, false],
        [21, 10, true],
        [25, 25, false],
      ],
      { failures: 3, isCalledDown: true, failingSince: instant(15) },
    ],
    [
      'of before the row breaks nothing',
      [
        [10, 10, false],
        [11, 5, true],
        [15, 15, false],
        [20, 20, false],
      ],
      { failures: 3, isCalledDown: true, failingSince: instant(10) },
    ],
    [
      'and a bad one that comes late is none more',
      [
        [5, 5, false],
        [15, 15, false],
        [16, 10, false],
      ],
      { failures: 2, isCalledDown: false, failingSince: instant(5) },
    ],
  ];
  test.each(rows)('%s', (_, looks, expected) => {
    const sight = newSight();
    for (const [arrivesAt, at, ok] of looks)
      seeProbe(sight, { target: 't', vantage: 'v' as VantageId, ok, at: instant(at), detail: '' }, instant(arrivesAt), row);
    expect(sight.cells.get('t')?.get('v' as VantageId)).toMatchObject(expected);
  });
});

describe('canaries with a silence between them are no row', () => {
  type Sent = readonly [arrivesAt: number, sentAt: number, isGood: boolean];
  const rows: readonly (readonly [string, readonly Sent[], { readonly good: number; readonly bad: number }])[] = [
    [
      'three bad ones in a row',
      [
        [10, 10, false],
        [14, 14, false],
        [18, 18, false],
      ],
      { good: 0, bad: 3 },
    ],
    [
      'two bad ones long ago, and one now',
      [
        [10, 10, false],
        [14, 14, false],
        [50, 50, false],
      ],
      { good: 0, bad: 1 },
    ],
    [
      'good ones on both sides of a clock that was set back',
      [
        [10, 70, true],
        [14, 74, true],
        [18, 18, true],
      ],
      { good: 1, bad: 0 },
    ],
    [
      'good ones whose clock was set right in the silence',
      [
        [10, 48, true],
        [14, 52, true],
        [60, 60, true],
      ],
      { good: 1, bad: 0 },
    ],
    [
      'heard of late and all at once',
      [
        [60, 48, true],
        [60, 52, true],
        [60, 56, true],
      ],
      { good: 3, bad: 0 },
    ],
  ];
  test.each(rows)('%s', (_, sent, expected) => {
    const sight = newSight();
    const seen = sent.map(([arrivesAt, sentAt, isGood]) => {
      const answered = isGood ? { readAt: instant(sentAt) } : {};
      const sample = { id: `${sentAt}`, sentAt: instant(sentAt), ...answered, timeline: 1, address: '', detail: '' };
      return seeCanaries(sight, { workload: 'ehr' as WorkloadId, population: 'ward', samples: [sample] }, instant(arrivesAt), row.rowMs);
    });
    expect(seen.at(-1)).toMatchObject(expected);
  });
});
