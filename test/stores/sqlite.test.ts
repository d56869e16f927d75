import { DatabaseSync } from '@photostructure/sqlite';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openSqlite } from '../../src/stores/sqlite.ts';
import { journalContract, linesOf } from '../contract/journal.suite.ts';

// Each opening starts a thread that compiles its TypeScript first: a busy machine needs more than the usual 5 s.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'resus-journal-'));
  file = join(folder, 'deep', 'journal.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const code = (expected: string): unknown => expect.objectContaining({ code: expected });

describe('the journal contract', () => {
  journalContract(() => ({ open: () => openSqlite(file, { reserveBytes: 65_536 }), destroy: () => Promise.resolve() }));
});

test('only the owner can read what it writes', async () => {
  const journal = await openSqlite(file);
  await journal.append({ epoch: 1, lines: linesOf(1) });
  const modes = ['', '-wal', '-shm', '.lock', '.reserve'].map((suffix) => (statSync(`${file}${suffix}`).mode & 0o777).toString(8));
  expect(modes).toEqual(['600', '600', '600', '600', '600']);
  expect((statSync(join(folder, 'deep')).mode & 0o777).toString(8)).toBe('700');
  await journal.close();
  chmodSync(file, 0o644);
  await (await openSqlite(file)).close();
  expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
});

test('a second opener is refused, says so, and harms nothing; afterwards the file is free again', async () => {
  const journal = await openSqlite(file);
  await expect(openSqlite(file)).rejects.toEqual(
    expect.objectContaining({ code: 'JOURNAL_LOCKED', message: expect.stringContaining('another process has it open') as string }),
  );
  await journal.append({ epoch: 1, lines: linesOf(1) });
  await journal.close();
  const again = await openSqlite(file);
  expect(again.size()).toBe(1);
  await again.close();
});

test('the file itself refuses to change or lose a row', async () => {
  const journal = await openSqlite(file);
  await journal.append({ epoch: 2, lines: linesOf(1, 2) });
  await journal.close();
  const db = new DatabaseSync(file);
  db.exec("insert into blob values ('h', x'00'); insert into checkpoint (size, note) values (0, '')");
  const attempts = [
    ...['entry', 'blob', 'checkpoint', 'head'].map((table) => `delete from ${table}`),
    ...['entry set line = 1', 'blob set hash = 1', 'checkpoint set note = 1', 'head set epoch = 0', 'head set size = 0'].map(
      (change) => `update ${change}`,
    ),
    'insert into head values (2, 0, 0)',
  ];
  for (const sql of attempts) expect(() => db.exec(sql), sql).toThrow(/never|constraint/);
  db.close();
});

test('a quota: the reserve is spent first, then the journal is full, and what was kept stays readable', async () => {
  const journal = await openSqlite(file, { maxBytes: 1 << 20, reserveBytes: 256 << 10 });
  const lines = linesOf(6000);
  let kept = 0;
  const until = async (isDone: () => boolean): Promise<unknown> => {
    while (!isDone()) {
      try {
        await journal.append({ epoch: 1, lines: lines.slice(kept, kept + 50) });
        kept += 50;
      } catch (error) {
        return error;
      }
    }
    return undefined;
  };
  expect(journal.headroom()).toBe('whole');
  expect(await until(() => journal.headroom() === 'spent')).toBeUndefined();
  expect(existsSync(`${file}.reserve`)).toBe(false);
  const whenSpent = kept;
  expect(await until(() => false)).toEqual(
    expect.objectContaining({ code: 'JOURNAL_FULL', message: expect.stringContaining('free space') as string }),
  );
  expect(kept).toBeGreaterThan(whenSpent);
  expect([journal.size(), [...journal.read(0)].length]).toEqual([kept, kept]);
  await journal.close();
  const larger = await openSqlite(file, { maxBytes: 8 << 20 });
  await larger.append({ epoch: 1, lines: lines.slice(kept, kept + 50) });
  expect([larger.size(), larger.headroom()]).toEqual([kept + 50, 'whole']);
  await larger.close();
});

test('a batch that does not fit is refused whole; a smaller one that waited behind it still lands', async () => {
  const journal = await openSqlite(file, { maxBytes: 512 << 10, reserveBytes: 0 });
  const lines = linesOf(4000);
  const results = await Promise.allSettled([journal.append({ epoch: 1, lines }), journal.append({ epoch: 1, lines: lines.slice(0, 2) })]);
  expect(results.map((result) => (result.status === 'rejected' ? (result.reason as { code: string }).code : 'kept'))).toEqual([
    'JOURNAL_FULL',
    'kept',
  ]);
  expect([...journal.read(0)]).toEqual(lines.slice(0, 2));
  await journal.close();
});

test.each([
  ['text', 'this is no database, but long enough to look at\n'.repeat(30)],
  ['a header and nothing more', `SQLite format 3\0${'\0'.repeat(500)}`],
])('a file of %s is called corrupt', async (_, content) => {
  writeFileSync(join(folder, 'x.db'), content);
  await expect(openSqlite(join(folder, 'x.db'))).rejects.toEqual(code('JOURNAL_CORRUPT'));
});

test('a database of somebody else is refused and left alone', async () => {
  const other = join(folder, 'other.db');
  const db = new DatabaseSync(other);
  db.exec('create table theirs (x integer)');
  db.close();
  await expect(openSqlite(other)).rejects.toEqual(
    expect.objectContaining({ code: 'JOURNAL_CORRUPT', message: expect.stringContaining('no journal of Resus') as string }),
  );
});

test('a journal of a newer format is refused as such', async () => {
  await (await openSqlite(file)).close();
  const db = new DatabaseSync(file);
  db.exec('pragma user_version = 2');
  db.close();
  await expect(openSqlite(file)).rejects.toEqual(code('UNKNOWN_VERSION'));
});

test('a row that vanished behind our back is noticed at the next start', async () => {
  const journal = await openSqlite(file);
  await journal.append({ epoch: 1, lines: linesOf(5) });
  await journal.close();
  const db = new DatabaseSync(file);
  db.exec('drop trigger entry_no_delete; delete from entry where seq = 3');
  db.close();
  await expect(openSqlite(file)).rejects.toEqual(code('JOURNAL_CORRUPT'));
});

test.each([
  ['a folder in its place', (): string => folder],
  ['a file where its folder should be', (): string => join(folder, 'plain', 'journal.db')],
])('%s is reported, not crashed on', async (_, path) => {
  writeFileSync(join(folder, 'plain'), '');
  await expect(openSqlite(path())).rejects.toEqual(code('JOURNAL_UNWRITABLE'));
});
