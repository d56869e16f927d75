// Ends everything that the lab started and removes its folder. Used by the reaper process when the lab's parent is gone,
// and by the parent itself should the reaper be gone.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { descendantsOf, isAlive, processesInside, signal, signalIfSame, type ProcessId } from './process-tree.ts';

/** `child`: a Node process of ours. `postgres`: a postmaster. `resident`: somebody else's, which we only stopped. */
export type Ward = ProcessId & { readonly role: 'child' | 'postgres' | 'resident' };

/** Idempotent. Resolves when no process is left that could be found and the folder is gone. */
export async function reap(wards: Iterable<Ward>, folder: string): Promise<void> {
  const all = [...wards];
  for (const ward of all) if (ward.role === 'child') signalIfSame(ward, 'SIGKILL');
  for (const ward of all) if (ward.role === 'resident') signalIfSame(ward, 'SIGCONT');
  const postmasters = all.filter((ward) => ward.role === 'postgres' && isAlive(ward));
  const family = [...descendantsOf(postmasters.map((ward) => ward.pid)), ...postmasters];
  // An immediate shutdown lets the postmaster give its shared memory back; for one that is stopped the signal waits until it goes on.
  for (const each of family) signal(each.pid, 'SIGQUIT');
  for (const each of family) signal(each.pid, 'SIGCONT');
  for (let turn = 0; turn < 100 && family.some(isAlive); turn++) await sleep(10);
  // What is left: those that ignored it, and those whose birth nobody could report any more.
  for (let turn = 0; turn < 20; turn++) {
    const rest = [...family.filter(isAlive), ...processesInside(folder)];
    if (rest.length === 0) break;
    for (const each of rest) signalIfSame(each, 'SIGKILL');
    await sleep(10);
  }
  releaseSharedMemory(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

/** A PostgreSQL that was killed leaves 56 bytes of System V shared memory, which belong to no process and no folder. Best effort. */
function releaseSharedMemory(folder: string): void {
  for (const name of safely(() => readdirSync(join(folder, 'db'))) ?? []) {
    const notes = safely(() => readFileSync(join(folder, 'db', name, 'postmaster.pid'), 'utf8'));
    // Its seventh line: key and identifier.
    const identifier = notes?.split('\n')[6]?.trim().split(/\s+/)[1];
    if (identifier !== undefined && /^\d+$/.test(identifier)) spawnSync('ipcrm', ['-m', identifier], { stdio: 'ignore' });
  }
}

function safely<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
