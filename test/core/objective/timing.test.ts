// Where the durations of a forecast come from: what was measured from eight samples of one floor on, else what is declared, else what is assumed.
import { describe, expect, test } from 'vitest';
import { quantilesOf } from '../../../src/core/objective/spread.ts';
import {
  cachesTiming,
  leastSamples,
  peopleTiming,
  stepTiming,
  ttlTiming,
  writtenTtlMs,
  type Measured,
} from '../../../src/core/objective/timing.ts';
import { tier } from '../estate.ts';

const measured = (n: number): Measured => ({
  floor: 'live',
  steps: new Map([['test.it', Array.from({ length: n }, () => 7_000)]]),
  approvalsMs: Array.from({ length: n }, () => 9_000),
});
const given = { kind: 'quantiles', p50: 1, p95: 2 } as const;
const facts = { priorMs: { p50: 10_000, p95: 40_000 } };

describe('a step', () => {
  const it = { uses: 'test.it', with: {} };
  const asked = { uses: 'human', with: {}, timeoutMs: 15_000 };
  test.each([
    ['the prior of its action', stepTiming(it, facts, undefined, undefined), 10_000, 40_000, 'declared', 0],
    ['what it expects, spread as the prior is', stepTiming(it, facts, 20_000, undefined), 20_000, 80_000, 'declared', 0],
    ['what it expects of an action without a prior', stepTiming(it, undefined, 20_000, undefined), 20_000, 20_000, 'declared', 0],
    ['too few samples', stepTiming(it, facts, undefined, measured(leastSamples - 1)), 10_000, 40_000, 'declared', leastSamples - 1],
    ['enough samples', stepTiming(it, facts, 20_000, measured(leastSamples)), 7_000, 7_000, 'history', leastSamples],
    ['a wait', stepTiming({ uses: 'wait', with: { for: '2m' } }, facts, undefined, measured(9)), 120_000, 120_000, 'declared', 0],
    ['a person, who has no longer than the step', stepTiming(asked, facts, undefined, undefined), 10_000, 15_000, 'declared', 0],
    ['a person who is expected to use it up', stepTiming(asked, facts, 20_000, undefined), 15_000, 15_000, 'declared', 0],
  ])('takes %s', (_what, timing, p50, p95, source, n) =>
    expect({ ...quantilesOf(timing.spread), source: timing.source, n: timing.n }).toEqual({ p50, p95, source, n }),
  );
  test('says how many samples there are, also when they are too few', () =>
    expect(stepTiming(it, facts, undefined, measured(3)).because).toBe('the prior of test.it; only 3 of 8 samples on floor live'));
});

describe('people', () => {
  const patient = { ...tier, approvals: { people: 1, expireMs: 600_000, escalateMs: 60_000 } };
  test.each([
    ['the first escalation, and at worst the expiry', peopleTiming(patient, undefined, undefined), 60_000, 600_000, 'assumed', 0],
    ['that, with too few samples', peopleTiming(patient, measured(2), undefined), 60_000, 600_000, 'assumed', 2],
    ['what was measured', peopleTiming(patient, measured(8), undefined), 9_000, 9_000, 'history', 8],
    ['what is given, whatever was measured', peopleTiming(patient, measured(8), given), 1, 2, 'given', 0],
  ])('%s', (_what, timing, p50, p95, source, n) =>
    expect({ ...quantilesOf(timing.spread), source: timing.source, n: timing.n }).toEqual({ p50, p95, source, n }),
  );
});

describe('the TTL of the users name', () => {
  const plan = (...ttls: readonly unknown[]) => ({ steps: ttls.map((ttl) => ({ with: { ttl } as never })) });
  test.each([
    ['is the longest that a step sets', plan(5, 20, '${{ inventory.ttl }}'), undefined, 20_000, 'declared'],
    ['is assumed where none is set', plan('soon'), undefined, 60_000, 'assumed'],
    ['is what is given', plan(5), given, 2, 'given'],
  ])('%s', (_what, routing, own, p95, source) => {
    const timing = ttlTiming(routing, own);
    expect([quantilesOf(timing.spread).p95, timing.source]).toEqual([p95, source]);
  });
  test.each([
    ['is what is declared of it', plan('soon'), { ttlMs: 90_000 }, 90_000, 'the TTL of 90 s that `usersPath` declares'],
    [
      'is the longer of what is declared and what a step sets',
      plan(100),
      { ttlMs: 90_000 },
      100_000,
      'the TTL of 100 s that the plan sets',
    ],
    ['is nothing where that is declared', plan('soon'), { ttlMs: 0 }, 0, 'the TTL of 0 s that `usersPath` declares'],
  ])('%s', (_what, routing, usersPath, p95, because) => {
    const timing = ttlTiming(routing, undefined, usersPath);
    expect([quantilesOf(timing.spread).p95, timing.source, timing.because]).toEqual([p95, 'declared', because]);
  });
  test('is not known of a plan that sets none', () => expect(writtenTtlMs({ steps: [{ with: null }, { with: ['ttl'] }] })).toBeUndefined());
});

describe('what clients keep beyond it', () => {
  test.each([
    ['is what is declared', { clientCacheMs: 30_000 }, undefined, 30_000, 'declared'],
    ['is unknown where nothing is', {}, undefined, 0, 'unknown'],
    ['is nothing where that is declared', { clientCacheMs: 0 }, undefined, 0, 'declared'],
    ['is what is given', { clientCacheMs: 30_000 }, given, 2, 'given'],
  ])('%s', (_what, usersPath, own, p95, source) => {
    const timing = cachesTiming(usersPath, own);
    expect([quantilesOf(timing.spread).p95, timing.source]).toEqual([p95, source]);
  });
});
