// Whatever happens to the lab's parent, no process and no file of the lab stays behind, stopped ones included.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { descendantsOf, isAlive, signal, type ProcessId } from '../../../src/lab/processes/process-tree.ts';
import { until } from './knock.ts';

let folder: string, parent: ChildProcess, lines: Interface;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'resus-orphans-'));
  chmodSync(folder, 0o755);
  const script = fileURLToPath(new URL('./lab-parent.ts', import.meta.url));
  parent = spawn(process.execPath, ['--import', 'tsx', script, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  lines = createInterface({ input: parent.stdout! });
  await once(lines, 'line');
}, 90_000);
afterEach(() => {
  parent.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const family = (): ProcessId[] => descendantsOf([parent.pid!]);
describe('when the parent of the lab dies', { timeout: 60_000 }, () => {
  it('ends everything, also what is stopped in a lost region, also when its reaper was killed before', async () => {
    const reaper = family().find(isReaper);
    // Only Linux lets us read the arguments of a process without a program.
    if (reaper === undefined) expect(process.platform).not.toBe('linux');
    else {
      signal(reaper.pid, 'SIGKILL');
      await until('another reaper', () => family().some((each) => each.pid !== reaper.pid && isReaper(each)));
    }
    parent.stdin!.write('us-east-2\n');
    await once(lines, 'line');
    const were = family();
    // One reaper, seven borders, four EHRs, four PostgreSQLs with their backends: else this test would prove nothing.
    expect(were.length).toBeGreaterThan(16);
    parent.kill('SIGKILL');
    await until('no process', () => !were.some(isAlive));
    await until('no file', () => readdirSync(folder).length === 0);
  });
});

const isReaper = (each: ProcessId): boolean => argumentsOf(each).includes('reaper');
function argumentsOf({ pid }: ProcessId): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
