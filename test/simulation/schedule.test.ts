// The simulator itself: the same seed runs the same way, many seeds run without a violation, and every seed that once found something
// still runs without one.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../src/declare/expression.ts';
import { checkers } from '../../src/simulation/checkers/index.ts';
import { allFaults } from '../../src/simulation/faults/index.ts';
import { History } from '../../src/simulation/history.ts';
import { Random } from '../../src/simulation/random.ts';
import { runSchedule, type ScheduleResult } from '../../src/simulation/schedule.ts';

const run = (seed: number): ScheduleResult => runSchedule({ seed, evaluate, checkers, scanEvery: 1 });
/** Kinds of facts that happened in the 200 seeds. */
const kinds = new Set<string>();
const told = ({ seed, violations }: ScheduleResult): readonly string[] =>
  violations.map(({ checker, sentence }) => `${seed}: ${checker}: ${sentence}`);

test('the same seed gives the same schedule, another one another', () => {
  const first = run(7);
  expect({ ...run(7), swarm: undefined }).toEqual({ ...first, swarm: undefined });
  expect(run(8).digest).not.toBe(first.digest);
});

describe('what a stream of numbers promises', () => {
  test('the same seed and name give the same numbers, another name others', () => {
    const draw = (seed: number, name: string): readonly number[] => {
      const random = new Random(seed, name);
      return Array.from({ length: 20 }, () => random.between(0, 1_000_000));
    };
    expect(draw(5, 'a')).toEqual(draw(5, 'a'));
    expect(draw(5, 'b')).not.toEqual(draw(5, 'a'));
    expect(draw(6, 'a')).not.toEqual(draw(5, 'a'));
  });
  test('numbers are spread evenly', () => {
    const random = new Random(1, 'even');
    const counts = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 10_000; i += 1) {
      const drawn = random.between(0, 9);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    for (const count of counts) expect(count).toBeGreaterThan(700);
  });
});

describe('200 seeds', () => {
  const results = Array.from({ length: 200 }, (_, i) =>
    runSchedule({ seed: i + 1, evaluate, checkers, scanEvery: 1, told: ({ kind }) => void kinds.add(kind) }),
  );
  test('no invariant is violated', () => {
    expect(results.flatMap(told)).toEqual([]);
  });
  test('nearly all of them count, and every fault struck', () => {
    expect(results.filter(({ counts }) => counts).length).toBeGreaterThan(190);
    const struck = new Set(results.flatMap(({ strikes }) => [...strikes.keys()]));
    expect(allFaults.filter((fault) => !struck.has(fault))).toEqual([]);
  });
  test('whatever a checker reads happens: none of them waits for what nobody says', () => {
    const read = new Set(checkers.flatMap((checker) => Object.keys(checker.begin(() => undefined, new History()))));
    expect([...read].filter((kind) => !kinds.has(kind))).toEqual([]);
  });
});

test('seeds that once found something', () => {
  const text = readFileSync(new URL('seeds.txt', import.meta.url), 'utf8');
  const seeds = text
    .split('\n')
    .map((line) => /^\d+/.exec(line)?.[0])
    .filter((seed) => seed !== undefined)
    .map(Number);
  expect(seeds.length).toBeGreaterThan(0);
  expect(seeds.map(run).flatMap(told)).toEqual([]);
  // The list only grows, and every turn of every one of them is scanned.
}, 120_000);
