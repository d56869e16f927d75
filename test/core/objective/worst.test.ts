import { expect, test } from 'vitest';
import type { Measurement } from '../../../src/core/objective/measurement.ts';
import { worstOf } from '../../../src/core/objective/worst.ts';

const canaries = { acknowledged: 10, lost: 1, duplicated: 0, unknown: 0 };
const coverage = (unknownMs: number): object => ({ coverage: { measuredMs: 5_000 - unknownMs, unknownMs } });
const cases: readonly (readonly [string, readonly Partial<Measurement>[], Partial<Measurement>])[] = [
  ['the slowest', [{ rtaMs: 100 }, { rtaMs: 300 }], { rtaMs: 300 }],
  ['one that was never restored is slower than all', [{ rtaMs: 100 }, {}], {}],
  ['the widest bound of a loss, and none without all', [{ rpaMs: 5 }, { rpaMs: 9 }], { rpaMs: 9 }],
  [
    'what one path left unwatched, though another was slower',
    [{ rtaMs: 300 }, { rtaMs: 100, ...coverage(900) }],
    { rtaMs: 300, ...coverage(900) },
  ],
  [
    'the least watched',
    [
      { rtaMs: 300, ...coverage(10) },
      { rtaMs: 100, ...coverage(900) },
    ],
    { rtaMs: 300, ...coverage(900) },
  ],
];
test.each(cases)('%s', (_, measurements, worst) => {
  expect(worstOf(measurements.map((each) => ({ ...each, canaries })))).toEqual({
    ...worst,
    canaries: { ...canaries, acknowledged: 10 * measurements.length, lost: measurements.length },
  });
});
