// kill -9 of a process that writes: what was acknowledged is there, and what is there verifies.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkLines } from '../../src/journal/check.ts';
import { openSqlite } from '../../src/stores/sqlite.ts';

const rounds = 4;

test('nothing acknowledged is lost', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'resus-crash-'));
  const file = join(folder, 'journal.db');
  let before = 0;
  try {
    for (let round = 0; round < rounds; round += 1) {
      const acknowledged = await writeAndKill(file, before + 50 + round * 37);
      const journal = await openSqlite(file, { reserveBytes: 0 });
      expect(journal.size()).toBeGreaterThanOrEqual(acknowledged);
      expect([...checkLines(journal.read(0))]).toHaveLength(journal.size());
      before = journal.size();
      await journal.close();
    }
    expect(before).toBeGreaterThan(rounds * 50);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Kills it once so much is acknowledged; gives the last acknowledgement that came out of it, at the kill or after. */
async function writeAndKill(file: string, enough: number): Promise<number> {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('./crash-writer.ts', import.meta.url)), file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  const last = (): number => Math.max(0, ...text.split('\n').slice(0, -1).map(Number));
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    if (last() >= enough) child.kill('SIGKILL');
  });
  const [status, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect([status, signal]).toEqual([null, 'SIGKILL']);
  return last();
}
