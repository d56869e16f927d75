import { expect, test } from 'vitest';
import { backTest, type BackTest } from '../../../src/core/objective/back-test.ts';

const times = (under: number, over: number): readonly number[] => [
  ...Array.from({ length: under }, () => 5),
  ...Array.from({ length: over }, () => 11),
];
test.each<[string, readonly number[], BackTest]>([
  ['none', [], { n: 0, under: 0, says: 'too-few' }],
  ['too few, however good', times(19, 0), { n: 19, under: 19, says: 'too-few' }],
  ['nine of ten', times(18, 2), { n: 20, under: 18, says: 'good' }],
  ['one less', times(17, 3), { n: 20, under: 17, says: 'too-low' }],
  ['ninety-nine of a hundred', times(99, 1), { n: 100, under: 99, says: 'good' }],
  ['all of them', times(100, 0), { n: 100, under: 100, says: 'too-high' }],
  ['exactly the figure is under it', Array.from({ length: 20 }, (_, n) => (n < 19 ? 10 : 11)), { n: 20, under: 19, says: 'good' }],
])('%s', (_what, rtaMs, expected) => expect(backTest(rtaMs, 10)).toEqual(expected));
