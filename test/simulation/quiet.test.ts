// Quiet hours: nothing is lost, so nothing may be decided; and what is decided would be counted, as needed or as false.
import { expect, test } from 'vitest';
import { evaluate } from '../../src/declare/expression.ts';
import { loseSite } from '../../src/simulation/faults/losses.ts';
import { runQuiet, type QuietRan } from '../../src/simulation/quiet.ts';

const run = (seed: number, disturb?: Parameters<typeof runQuiet>[0]['disturb']): QuietRan =>
  runQuiet({ seed, hours: 0.5, evaluate, ...(disturb === undefined ? {} : { disturb }) });

test.each([1, 2, 3, 4])('seed %d: something happens all the time, and no failover is decided', (seed) => {
  const { decisions, promotions, falseOnes, broken, strikes, inputs } = run(seed);
  expect({ decisions, promotions, falseOnes, broken }).toEqual({ decisions: 0, promotions: 0, falseOnes: [], broken: [] });
  expect(strikes.length).toBeGreaterThan(1);
  expect(inputs).toBeGreaterThan(2_000);
});

test('the same seed gives the same half hour, another one another', () => {
  expect(run(1)).toEqual(run(1));
  expect(run(2).digest).not.toBe(run(1).digest);
});

/** Some of them may not leave their region, or ask people who are not there: what is drawn of the others is enough. */
const eight = (disturb: Parameters<typeof runQuiet>[0]['disturb']): readonly QuietRan[] =>
  [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => run(seed, disturb));

test('a region that is really lost is decided about, and that is not false', () => {
  const ran = eight((hospital) => void hospital.strike('region-lost', loseSite(hospital, 'east')?.harms ?? []));
  expect(ran.filter(({ decisions }) => decisions > 0).length).toBeGreaterThan(3);
  expect(ran.filter(({ promotions }) => promotions > 0).length).toBeGreaterThan(1);
  expect(ran.flatMap(({ falseOnes }) => falseOnes)).toEqual([]);
});

test('a failover for which truth knows of no loss is counted as false', () => {
  const ran = eight((hospital) => void loseSite(hospital, 'east')).filter(({ promotions }) => promotions > 0);
  expect(ran.length).toBeGreaterThan(1);
  for (const { falseOnes } of ran) expect(falseOnes[0]).toMatch(/leaves east of [a-z0-9]+, which only [01] of \d vantages had lost/);
});
