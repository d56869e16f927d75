// Who runs on this machine and whose child it is. PostgreSQL gives each backend a session of its own, so a process
// group is not enough to stop or end it: the tree is read from the process table. Linux needs no `ps`.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** A process and when it started, so that a number which the system gave to somebody else is recognised. */
export type ProcessId = { readonly pid: number; readonly startedAt: string };

type Row = ProcessId & { readonly parent: number; readonly zombie: boolean };

const isLinux = process.platform === 'linux';

/** The process with that number now, or undefined when there is none. A zombie is none. */
export function identify(pid: number): ProcessId | undefined {
  const row = isLinux ? readRow(pid) : processTable().find((each) => each.pid === pid);
  return row === undefined || row.zombie ? undefined : { pid: row.pid, startedAt: row.startedAt };
}

/** Whether that very process, not a later one with its number, is still there. */
export const isAlive = (id: ProcessId): boolean => identify(id.pid)?.startedAt === id.startedAt;

/** All children, grandchildren and so on of these, without themselves. */
export function descendantsOf(roots: readonly number[]): ProcessId[] {
  const table = processTable();
  const family = new Set(roots);
  const found: ProcessId[] = [];
  // Children may stand before their parents in the table, so it is read until a pass adds nobody.
  for (let before = -1; before !== family.size;) {
    before = family.size;
    for (const row of table) {
      if (family.has(row.pid) || row.zombie || !family.has(row.parent)) continue;
      family.add(row.pid);
      found.push({ pid: row.pid, startedAt: row.startedAt });
    }
  }
  return found;
}

/** Processes that work inside this folder. Linux only; elsewhere none. */
export function processesInside(folder: string): ProcessId[] {
  if (!isLinux) return [];
  return processTable().filter((row) => {
    if (row.zombie || row.pid === process.pid) return false;
    try {
      const cwd = readlinkSync(`/proc/${row.pid}/cwd`);
      return cwd === folder || cwd.startsWith(`${folder}/`);
    } catch {
      return false; // It has ended, or belongs to somebody else.
    }
  });
}

/** Sends a signal. False when that process is gone or not ours. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** Sends a signal to that very process, never to a later one with its number. */
export const signalIfSame = (id: ProcessId, name: NodeJS.Signals): boolean => isAlive(id) && signal(id.pid, name);

function processTable(): Row[] {
  if (isLinux) {
    return readdirSync('/proc').flatMap((name) => {
      const row = /^\d+$/.test(name) ? readRow(Number(name)) : undefined;
      return row === undefined ? [] : [row];
    });
  }
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,state=,lstart='], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => {
    const parts = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line);
    if (parts === null) return [];
    return [{ pid: Number(parts[1]), parent: Number(parts[2]), zombie: parts[3]?.startsWith('Z') === true, startedAt: parts[4] ?? '' }];
  });
}

function readRow(pid: number): Row | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in brackets and may hold anything, so the fields are counted behind it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { pid, parent: Number(fields[1]), zombie: fields[0] === 'Z' || fields[0] === 'X', startedAt: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}
