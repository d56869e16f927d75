// Figures over many rehearsals: quantiles with runs that never recovered, an interval around a share, draws that follow their quantiles,
// and the histogram.
import { describe, expect, test } from 'vitest';
import { distributionOf, figuresOf, missOf, type Figures } from '../../src/rehearsal/figures.ts';
import { histogramOf } from '../../src/rehearsal/histogram.ts';
import type { Rehearsed } from '../../src/rehearsal/rehearse-once.ts';
import { quantile, type Spread } from '../../src/core/objective/spread.ts';
import { drawMs } from '../../src/rehearsal/spread.ts';
import { Random } from '../../src/simulation/random.ts';
import { hospital, taskFor } from './policies.ts';

test('quantiles lie between neighbours, and what never recovered is longer than anything', () => {
  expect(distributionOf([10, 20, 30, 40, 50])).toEqual({ min: 10, p50: 30, p90: 46, p95: 48, max: 50 });
  expect(distributionOf([10, 20, 30, Infinity])).toEqual({ min: 10, p50: 25, p90: null, p95: null, max: null });
  expect(distributionOf([Infinity])).toEqual({ min: null, p50: null, p90: null, p95: null, max: null });
  expect(quantile([], 0.5)).toBeUndefined();
});

// Wilson's interval by hand and from published tables.
test.each([
  [0, 10, 0, 0.2775],
  [1, 10, 0.0179, 0.4042],
  [5, 10, 0.2366, 0.7634],
  [10, 10, 0.7225, 1],
  [20, 500, 0.026, 0.061],
])('%i of %i missed lies between %f and %f', (missed, n, low, high) => {
  const miss = missOf(
    Array.from({ length: n }, (_, i) => (i < missed ? 101 : 100)),
    100,
  );
  expect(miss).toMatchObject({ missed, n, targetMs: 100 });
  expect(miss.low).toBeCloseTo(low, 3);
  expect(miss.high).toBeCloseTo(high, 3);
});

describe('draws', () => {
  const drawn = (spread: Spread): number[] => {
    const random = new Random(3, 'draws');
    return Array.from({ length: 20_000 }, () => drawMs(spread, random)).sort((a, b) => a - b);
  };
  test('follow both quantiles', () => {
    const sorted = drawn({ kind: 'quantiles', p50: 60_000, p95: 240_000 });
    expect((quantile(sorted, 0.5) ?? 0) / 60_000).toBeCloseTo(1, 1);
    expect((quantile(sorted, 0.95) ?? 0) / 240_000).toBeCloseTo(1, 1);
    expect(sorted[0]).toBeGreaterThan(0);
  });
  test('stay within what was measured', () => {
    const sorted = drawn({ kind: 'measured', sortedMs: [100, 200, 400] });
    expect(sorted[0]).toBeGreaterThanOrEqual(100);
    expect(sorted.at(-1)).toBeLessThanOrEqual(400);
    expect(quantile(sorted, 0.5)).toBeCloseTo(200, -1);
  });
  test('are always the same where both quantiles are', () => {
    expect(new Set(drawn({ kind: 'quantiles', p50: 7, p95: 7 }))).toEqual(new Set([7]));
  });
});

const run = (seed: number, rtaMs: number | undefined): Rehearsed => ({
  seed,
  recovered: rtaMs !== undefined,
  because: rtaMs === undefined ? 'step <promote> failed' : '',
  ...(rtaMs === undefined ? {} : { rtaMs, rpaMs: 300 }),
  parts:
    rtaMs === undefined
      ? []
      : [
          { name: 'detection', ms: 2_000 },
          { name: 'step promote', ms: rtaMs - 2_000 },
        ],
  lostWrites: 0,
  digest: String(seed),
});
const figures = async (runs: readonly Rehearsed[]): Promise<Figures> => figuresOf(taskFor(await hospital(), 'region-lost'), runs);

test('shares of all and of the slowest tenth; reasons with a seed', async () => {
  const runs = [...Array.from({ length: 18 }, (_, i) => run(i + 1, 10_000)), run(19, 100_000), run(20, undefined)];
  const made = await figures([...runs].reverse());
  expect(made).toMatchObject({
    runs: 20,
    recovered: 19,
    seeds: { first: 1, last: 20 },
    missesRto: { missed: 2, n: 20 },
    missesRpo: { missed: 0, n: 19 },
  });
  const promote = made.parts.find(({ name }) => name === 'step promote');
  expect(promote?.share).toBeCloseTo((18 * 8 + 98) / (18 * 10 + 100), 5);
  expect(promote?.shareOfSlowest).toBeCloseTo((98 + 8) / (100 + 10), 5);
  expect(made.notRecovered).toEqual([{ because: 'step <promote> failed', runs: 1, seed: 20 }]);
  expect((await figures(runs)).digest).toBe(made.digest);
  expect((await figures(runs.slice(1))).digest).not.toBe(made.digest);
});

describe('the histogram', () => {
  test('counts every run once, marks the RTO and says what did not recover', async () => {
    const svg = histogramOf(await figures([...Array.from({ length: 30 }, (_, i) => run(i + 1, 20_000 + i * 3_000)), run(31, undefined)]));
    const counts = [...svg.matchAll(/<title>[^<]*: (\d+)<\/title>/g)].map(([, count]) => Number(count));
    expect(counts.reduce((a, b) => a + b, 0)).toBe(31);
    expect(svg).toContain('>RTO 60 s<');
    expect(svg).toContain('not recovered: 1');
    expect(svg).toContain('prefers-color-scheme: dark');
    expect(svg).not.toMatch(/NaN|undefined|Infinity|<script/);
  });
  test.each([
    ['one run', [run(1, 5_000)]],
    ['none that recovered', [run(1, undefined)]],
    ['a few milliseconds', [run(1, 0), run(2, 3)]],
    ['many hours', [run(1, 90_000_000), run(2, 1_000)]],
  ])('is drawn for %s', async (_, runs) => {
    const svg = histogramOf(await figures(runs));
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(svg.match(/class="small"/g)?.length).toBeLessThan(40);
  });
});
