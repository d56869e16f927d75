// The ledger on a real disk: what is acknowledged is there, whatever dies; what is damaged is counted, not believed.
import { appendFile, mkdtemp, mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openLedger, type Ledger } from '../../src/canary/ledger.ts';
import type { CanarySample } from '../../src/core/objective/measurement.ts';
import type { Instant } from '../../src/core/values.ts';
import type { Problem } from '../../src/vantage/assignment.ts';

let dir = '';
const opened: Ledger[] = [];
const problems: Problem[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'resus-ledger-'));
});
afterEach(async () => {
  for (const ledger of opened.splice(0)) await ledger.close().catch(() => undefined);
  problems.length = 0;
  await rm(dir, { recursive: true, force: true });
});

async function open(more: { segmentBytes?: number; keepMs?: number } = {}): Promise<Ledger> {
  const ledger = await openLedger({ dir, onProblem: (problem) => problems.push(problem), ...more });
  opened.push(ledger);
  return ledger;
}
const base = Date.now();
const at = (n: number): Instant => (base + n) as Instant;
const sample = (n: number, more: Partial<CanarySample> = {}): CanarySample => ({
  id: `c-${n}`,
  sentAt: at(n),
  timeline: 1,
  address: 'a',
  detail: 'd',
  ...more,
});
const all: [Instant, Instant] = [at(0), at(1000)];
const segments = async (): Promise<readonly string[]> => (await readdir(dir)).filter((name) => name.endsWith('.ndjson'));

describe('what was acknowledged', () => {
  test('is in the file when the promise resolves', async () => {
    const ledger = await open();
    await ledger.acknowledged(sample(1, { ackedAt: at(2) }));
    const [name] = await segments();
    expect(await readFile(join(dir, name!), 'utf8')).toBe(`${JSON.stringify({ acked: sample(1, { ackedAt: at(2) }) })}\n`);
  });

  test('is found by the next process, also when the first one never closed its ledger', async () => {
    const first = await open();
    await first.acknowledged(sample(1, { ackedAt: at(2) }));
    const second = await open();
    await second.ended(sample(3));
    expect((await second.read(...all)).samples.map((one) => one.id)).toEqual(['c-1', 'c-3']);
  });

  test('is superseded by how the canary ended', async () => {
    const ledger = await open();
    await ledger.acknowledged(sample(1, { ackedAt: at(2), detail: 'acknowledged' }));
    await ledger.ended(sample(1, { ackedAt: at(2), readAt: at(3), detail: 'good' }));
    expect((await ledger.read(...all)).samples).toEqual([sample(1, { ackedAt: at(2), readAt: at(3), detail: 'good' })]);
  });

  test('many at once share one write and all are there', async () => {
    const ledger = await open();
    await Promise.all(Array.from({ length: 500 }, (_, n) => ledger.ended(sample(n))));
    expect((await ledger.read(...all)).samples).toHaveLength(500);
  });

  test('is seen by a read that begins before it reached the disk', async () => {
    const ledger = await open();
    void ledger.ended(sample(1));
    expect((await ledger.read(...all)).samples).toHaveLength(1);
  });
});

describe('reading', () => {
  test.each<[number, number, string[]]>([
    [0, 100, ['c-10', 'c-20', 'c-30']],
    [20, 100, ['c-20', 'c-30']],
    [0, 20, ['c-10', 'c-20']],
    [31, 100, []],
  ])('from %i until %i', async (from, until, ids) => {
    const ledger = await open();
    for (const n of [30, 10, 20]) await ledger.ended(sample(n));
    expect((await ledger.read(at(from), at(until))).samples.map((one) => one.id)).toEqual(ids);
  });

  test('a torn last line and nonsense are counted and left out', async () => {
    const ledger = await open();
    await ledger.ended(sample(1));
    const [name] = await segments();
    await appendFile(join(dir, name!), 'null\n{"ended":7}\n{"ended":{"id":"c-2","sen');
    expect(await ledger.read(...all)).toEqual({ samples: [sample(1)], damaged: 3 });
  });

  test('files that are none of its own are left alone', async () => {
    await writeFile(join(dir, 'notes.txt'), 'x');
    const ledger = await open();
    expect(await ledger.read(...all)).toEqual({ samples: [], damaged: 0 });
  });
});

describe('segments', () => {
  test('a full one is followed by another, and all are read', async () => {
    const ledger = await open({ segmentBytes: 300 });
    for (let n = 0; n < 20; n++) await ledger.ended(sample(n));
    expect((await segments()).length).toBeGreaterThan(3);
    expect((await ledger.read(...all)).samples).toHaveLength(20);
  });

  test('those that nobody needs any more are deleted when a new one begins', async () => {
    await (await open()).ended(sample(1));
    const [old] = await segments();
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(join(dir, old!), longAgo, longAgo);
    await open({ keepMs: 120_000 });
    expect(await segments()).toContain(old);
    await open({ keepMs: 30_000 });
    expect(await segments()).not.toContain(old);
  });
});

describe('trouble', () => {
  test('a folder that cannot be made is said at the start', async () => {
    await writeFile(join(dir, 'file'), '');
    await expect(openLedger({ dir: join(dir, 'file', 'below'), onProblem: () => undefined })).rejects.toThrow(/LEDGER_UNWRITABLE.*--dir/);
  });

  test.skipIf(process.platform !== 'linux')('so is one in a file system that takes none', async () => {
    await expect(openLedger({ dir: '/proc/resus/ehr', onProblem: () => undefined })).rejects.toThrow(/LEDGER_UNWRITABLE/);
  });

  test('missing folders above it are made', async () => {
    dir = join(dir, 'a', 'b');
    await (await open()).ended(sample(1));
    expect(await segments()).toHaveLength(1);
  });

  test('after `close` nothing is taken', async () => {
    const ledger = await open();
    await ledger.close();
    opened.length = 0;
    await expect(ledger.ended(sample(1))).rejects.toThrow('LEDGER_CLOSED');
  });

  test('a disk that takes no more is said once, and what waits is durable when it does again', async () => {
    const ledger = await open({ segmentBytes: 1 });
    await rm(dir, { recursive: true });
    await writeFile(dir, 'in the way');
    const waiting = Promise.all([ledger.ended(sample(1)), ledger.ended(sample(2))]);
    let durable = false;
    void waiting.then(() => (durable = true));
    while (problems.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(problems.map((problem) => problem.code)).toEqual(['LEDGER_UNWRITABLE']);
    expect(durable).toBe(false);
    await rm(dir);
    await mkdir(dir);
    await waiting;
    expect(problems.map((problem) => problem.code)).toEqual(['LEDGER_UNWRITABLE', 'LEDGER_WRITABLE']);
  });
});
