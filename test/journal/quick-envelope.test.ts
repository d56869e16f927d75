// The quick way to prove a line against the whole way: the same hash for every line that holds, the same refusal for every one that
// does not, whatever is done to it.
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { Chain } from '../../src/journal/check.ts';
import { quickEntry } from '../../src/journal/quick-envelope.ts';
import { Seal } from '../../src/journal/seal.ts';
import { estate } from '../core/estate.ts';
import { Theatre } from '../core/theatre.ts';
import { WorkingStage } from '../scenarios/stage.ts';

let lines: readonly string[];
beforeAll(() => {
  const stage = new WorkingStage();
  const theatre = new Theatre(estate, stage.play);
  stage.theatre = theatre;
  theatre.pass(2_000);
  theatre.give(
    { kind: 'requested', by: { kind: 'person', id: 'ann' }, request: { kind: 'drill', gameday: 'region-loss' } },
    { kind: 'person', id: 'ann' },
  );
  theatre.until('DrillClosed');
  lines = theatre.lines;
});

const told = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return (error as Error).message;
  }
};
/** What the chain says of `line` after the first `count` lines, both ways. */
function both(count: number, line: string): { readonly quick: unknown; readonly whole: unknown } {
  const chain = new Chain();
  for (const each of lines.slice(0, count)) chain.check(each);
  const start = chain.state();
  return { quick: told(() => new Chain(start).prove(line)), whole: told(() => new Chain(start).check(line).hash) };
}

test('reads every line of a drill, and gives the hashes and the state of the whole way', () => {
  expect(lines.length).toBeGreaterThan(100);
  const escaped = lines.filter((line) => line.includes('\\'));
  expect(lines.filter((line) => quickEntry(line, 99) === undefined)).toEqual(escaped);
  expect(escaped.length).toBeLessThan(5);
  const [quick, whole] = [new Chain(), new Chain()];
  expect(lines.map((line) => quick.prove(line))).toEqual(lines.map((line) => whole.check(line).hash));
  expect(quick.state()).toEqual(whole.state());
});

const replaced = (line: string, at: number, length: number, by: string): string => line.slice(0, at) + by + line.slice(at + length);
test('refuses what the whole way refuses, with its words', () => {
  let refused = 0;
  const piece = fc.constantFrom(
    '',
    '0',
    '9',
    '"',
    ',',
    '{}',
    ' ',
    '\\',
    'é',
    '\ud800',
    'epoch',
    ',"epoch":1',
    '"run":"x"',
    '"v":2',
    '-',
    '.5',
    'null',
  );
  fc.assert(
    fc.property(fc.nat(99), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(6), piece, (n, share, length, by) => {
      const line = lines[n] ?? '';
      const changed = replaced(line, Math.floor(share * line.length), length, by);
      const { quick, whole } = both(n, changed);
      expect(quick).toBe(whole);
      if (String(whole).startsWith('the journal does not verify')) refused += 1;
    }),
    { numRuns: 1_500, seed: 7 },
  );
  expect(refused).toBeGreaterThan(500);
});

test.each<[string, (line: string) => string]>([
  ['another version', (line) => line.replace('"v":1}', '"v":2}')],
  ['a key too many', (line) => line.replace('"v":1}', '"v":1,"w":1}')],
  ['a second epoch in the data', (line) => line.replace('"data":{', '"data":{"a":{},"epoch":7,')],
  ['a stream that its data does not give', (line) => line.replace(/"stream":"[^"]*"/, '"stream":"run/ehr-9"')],
  ['a negative epoch', (line) => line.replace(/"epoch":\d+/, '"epoch":-1')],
  ['a day that does not exist', (line) => line.replace(/"ts":"\d{4}-\d\d-\d\d/, '"ts":"2026-02-30')],
  ['a floor of its own', (line) => line.replace('"floor":"simulation"', '"floor":"basement"')],
  ['data that is a list', (line) => line.replace(/"data":\{.*\},"epoch"/, '"data":[],"epoch"')],
])('says the same of %s', (_, change) => {
  for (const n of [3, lines.length - 1]) {
    const line = lines[n] ?? '';
    const { quick, whole } = both(n, change(line));
    expect(change(line)).not.toBe(line);
    expect(quick).toBe(whole);
  }
});

test('gives up on what is unusual, and then the whole way holds', () => {
  const seal = new Seal({ log: 'test/log', floor: 'lab', controlDomain: 'central', boot: 'b' });
  const actor = { kind: 'engine', id: 'c1' } as const;
  const because = 'a "quoted" line\nbreak and a 😀';
  const { line, hash } = seal.seal(
    { type: 'VerdictChanged', data: { target: 't', vantage: 'v' as never, verdict: 'up', because } },
    { epoch: 1, at: 0 as never, ns: 0n, actor },
  );
  expect(quickEntry(line, 99)).toBeUndefined();
  expect(new Chain().prove(line)).toBe(hash);
});
