// What every store of the Journal port must do. A store's own test calls this with a way to open it, and to open it again.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import type { Hash, Instant } from '../../src/core/values.ts';
import { checkLines } from '../../src/journal/check.ts';
import { genesis, sha256 } from '../../src/journal/hash.ts';
import { Seal } from '../../src/journal/seal.ts';
import type { Journal } from '../../src/ports.ts';

export type Opener = { readonly open: () => Promise<Journal>; readonly destroy: () => Promise<void> };

const actor = { kind: 'engine', id: 'c1' } as const;
/** `count` lines from the start of a log that always comes out the same. */
export function linesOf(count: number, epoch = 1): readonly string[] {
  const seal = new Seal({ log: 'test', floor: 'lab', controlDomain: 'central', boot: 'b' });
  const event = (workloads: number): Event => ({ type: 'EstateDeclared', data: { estate: genesis, workloads } });
  return Array.from(
    { length: count },
    (_, i) => seal.seal(event(i), { epoch, at: 1_763_776_800_000 as Instant, ns: BigInt(i), actor }).line,
  );
}
const code = (expected: string): unknown => expect.objectContaining({ code: expected });

export function journalContract(start: () => Opener): void {
  let opener: Opener;
  let journal: Journal;
  beforeEach(async () => {
    opener = start();
    journal = await opener.open();
  });
  afterEach(async () => {
    await journal.close();
    await opener.destroy();
  });
  const reopen = async (): Promise<void> => {
    await journal.close();
    journal = await opener.open();
  };

  test('is empty at first', () => {
    expect([journal.size(), [...journal.read(0)], journal.lastCheckpoint(), journal.blob(genesis)]).toEqual([0, [], undefined, undefined]);
  });

  test('gives back exactly what was appended, from any place, also after reopening', async () => {
    const lines = linesOf(600);
    await journal.append({ epoch: 1, lines: lines.slice(0, 1) });
    await journal.append({ epoch: 1, lines: lines.slice(1) });
    for (const again of [false, true]) {
      if (again) await reopen();
      expect(journal.size()).toBe(600);
      expect([...journal.read(0)]).toEqual(lines);
      expect([...journal.read(599)]).toEqual(lines.slice(599));
      expect([...journal.read(600)]).toEqual([]);
      expect([...checkLines(journal.read(0))]).toHaveLength(600);
    }
  });

  test('batches that were not awaited land in order', async () => {
    const lines = linesOf(300);
    await Promise.all(Array.from({ length: 100 }, (_, i) => journal.append({ epoch: 1, lines: lines.slice(i * 3, i * 3 + 3) })));
    expect([...journal.read(0)]).toEqual(lines);
  });

  test('a reader sees lines that are appended while it reads', async () => {
    const lines = linesOf(3);
    await journal.append({ epoch: 1, lines: lines.slice(0, 2) });
    const reading = journal.read(0)[Symbol.iterator]();
    expect(reading.next().value).toBe(lines[0]);
    await journal.append({ epoch: 1, lines: lines.slice(2) });
    expect([reading.next().value, reading.next().value, reading.next().done]).toEqual([lines[1], lines[2], true]);
  });

  test.each([
    ['that repeats an entry', [0, 1, 1]],
    ['that skips one', [0, 2]],
    ['that does not begin at the end', [1]],
  ])('refuses a batch %s, whole, and goes on', async (_, places) => {
    const lines = linesOf(3);
    const blob = { hash: sha256('kept with the batch only'), bytes: Buffer.from('kept with the batch only') };
    await expect(journal.append({ epoch: 1, lines: places.map((i) => lines[i]!), blobs: [blob] })).rejects.toEqual(
      code('JOURNAL_CONFLICT'),
    );
    expect([journal.size(), [...journal.read(0)], journal.blob(blob.hash)]).toEqual([0, [], undefined]);
    await journal.append({ epoch: 1, lines });
    expect([...journal.read(0)]).toEqual(lines);
  });

  test('fences a stale leader, also after reopening, and among batches that wait together', async () => {
    await journal.append({ epoch: 5, lines: linesOf(1, 5) });
    const [, second] = linesOf(2, 4);
    await expect(journal.append({ epoch: 4, lines: [second!] })).rejects.toEqual(code('STALE_EPOCH'));
    await reopen();
    await expect(journal.append({ epoch: 4, lines: [second!] })).rejects.toEqual(code('STALE_EPOCH'));
    const results = await Promise.allSettled(
      [6, 5, 6].map((epoch, i) => journal.append({ epoch, lines: [linesOf([2, 2, 3][i]!, epoch).at(-1)!] })),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(journal.size()).toBe(3);
  });

  test('keeps blobs by their hash, once', async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);
    const hash = sha256(bytes);
    const [first, second] = linesOf(2);
    await journal.append({ epoch: 1, lines: [first!], blobs: [{ hash, bytes }] });
    await journal.append({ epoch: 1, lines: [second!], blobs: [{ hash, bytes }] });
    await reopen();
    expect(Buffer.from(journal.blob(hash) ?? []).equals(bytes)).toBe(true);
    expect(journal.blob('00' as Hash)).toBeUndefined();
  });

  test('refuses a blob under a hash that is not its own', async () => {
    await expect(journal.append({ epoch: 1, lines: linesOf(1), blobs: [{ hash: genesis, bytes: Buffer.from('x') }] })).rejects.toEqual(
      code('JOURNAL_CONFLICT'),
    );
    expect([journal.size(), journal.blob(genesis)]).toEqual([0, undefined]);
  });

  test('keeps the newest checkpoint, and none past what is durable', async () => {
    await expect(journal.saveCheckpoint(1, 'too early')).rejects.toEqual(code('JOURNAL_CONFLICT'));
    await journal.append({ epoch: 1, lines: linesOf(2) });
    await journal.saveCheckpoint(1, 'note 1');
    await journal.saveCheckpoint(2, 'note 2');
    await reopen();
    expect(journal.lastCheckpoint()).toEqual({ size: 2, note: 'note 2' });
  });

  test('after closing, appending fails with a code, and closing again does nothing', async () => {
    await journal.close();
    await expect(journal.append({ epoch: 1, lines: linesOf(1) })).rejects.toEqual(code('JOURNAL_UNWRITABLE'));
    await expect(journal.close()).resolves.toBeUndefined();
  });
}
