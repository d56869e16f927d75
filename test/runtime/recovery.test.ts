// A journal proven by another thread gives what one thread gives, and refuses what one thread refuses, with the same words.
import { beforeAll, expect, test } from 'vitest';
import type { Hash } from '../../src/core/values.ts';
import { leafHash } from '../../src/journal/hash.ts';
import { rootOf } from '../../src/journal/merkle.ts';
import type { Signed } from '../../src/journal/proof.ts';
import { recoverFrom } from '../../src/runtime/recovery.ts';
import { estate } from '../core/estate.ts';
import { Theatre } from '../core/theatre.ts';
import { WorkingStage } from '../scenarios/stage.ts';

let theatre: Theatre;
beforeAll(() => {
  const stage = new WorkingStage();
  theatre = new Theatre(estate, stage.play);
  stage.theatre = theatre;
  theatre.pass(3_000);
  theatre.dark.add('us-east-2');
  theatre.until('RunClosed');
});

const journalOf = (lines: readonly string[]) => ({ read: () => lines, size: () => lines.length });
const inline = Infinity;
const threaded = 0;
const signedOver = (lines: readonly string[], size: number): Signed => ({ size, root: rootOf(lines.slice(0, size).map(leafHash)) });

test('folds to the same state and proves the same chain, with and without a thread', async () => {
  const { lines, facts, known } = theatre;
  expect(lines.length).toBeGreaterThan(50);
  const signed = signedOver(lines, lines.length - 7);
  const [one, two] = [
    await recoverFrom(journalOf(lines), facts, signed, inline),
    await recoverFrom(journalOf(lines), facts, signed, threaded),
  ];
  expect(two).toEqual(one);
  expect(two.state).toEqual(known);
  expect(two.chain.seq).toBe(lines.length);
  expect(two.subtrees.reduce((size, subtree) => size + subtree.size, 0)).toBe(lines.length);
});

const flip = (line: string): string => line.replace('"type":"VerdictChanged"', '"type":"VerdictChangeb"');
test.each<[string, (lines: readonly string[]) => readonly string[], (lines: readonly string[]) => Signed | undefined, RegExp]>([
  ['a changed line', (lines) => lines.map((line, n) => (n === 20 ? flip(line) : line)), () => undefined, /does not verify at entry 2[01]/],
  ['a line that is no JSON', (lines) => [...lines.slice(0, 30), '{', ...lines.slice(31)], () => undefined, /at entry 30: it is not JSON/],
  ['a line left out', (lines) => lines.filter((_, n) => n !== 12), () => undefined, /at entry 12: it says that it is entry 13/],
  ['a cut end', (lines) => lines.slice(0, -3), (lines) => signedOver(lines, lines.length), /cut or rewritten/],
  ['another journal', (lines) => lines, (lines) => ({ size: lines.length - 1, root: 'a'.repeat(64) as Hash }), /cut or rewritten/],
])('refuses %s', async (_, change, signed, message) => {
  const { lines, facts } = theatre;
  const changed = journalOf(change(lines));
  for (const threadFrom of [inline, threaded])
    await expect(recoverFrom(changed, facts, signed(lines), threadFrom)).rejects.toMatchObject({
      code: 'CHAIN_BROKEN',
      message: expect.stringMatching(message) as string,
    });
});

test('an entry that cannot be folded is no broken chain', async () => {
  const facts = { ...theatre.facts, estates: { get: () => undefined } };
  for (const threadFrom of [inline, threaded])
    await expect(recoverFrom(journalOf(theatre.lines), facts, undefined, threadFrom)).rejects.toThrow(/is not in the blob store/);
});
