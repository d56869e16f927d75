import { expect, test } from 'vitest';
import { verdictAfter } from '../../../src/core/detection/verdict.ts';

const rule = { failures: 3, successes: 2 };
test.each<[before: 'up' | 'down' | undefined, failures: number, successes: number, after: 'up' | 'down' | undefined]>([
  [undefined, 0, 1, 'up'],
  [undefined, 2, 0, undefined],
  [undefined, 3, 0, 'down'],
  ['up', 2, 0, 'up'],
  ['up', 3, 0, 'down'],
  ['up', 4, 0, 'down'],
  ['down', 0, 1, 'down'],
  ['down', 0, 2, 'up'],
])('%s after %d failures and %d successes is %s', (before, failures, successes, after) => {
  expect(verdictAfter(before, { failures, successes }, rule)).toBe(after);
});
