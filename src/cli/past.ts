// Where a command finds what happened before: a controller's events, an evidence bundle, or a journal. From files only a chain that
// holds is taken.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Floor, Instant } from '../core/values.ts';
import { checkLines } from '../journal/check.ts';
import type { Past } from '../rehearsal/history.ts';
import type { Client } from './client.ts';
import { misuse } from './cli-error.ts';
import { everyOf } from './pages.ts';

/** The lines of an embedded journal (an SQLite file). */
export type JournalLines = (file: string) => Promise<readonly string[]>;

export async function pastOf(client: Client): Promise<readonly Past[]> {
  const events = await everyOf<Past & { readonly floor?: Floor }>(client, '/api/v1/events', 'events');
  // A controller of an older release does not say on which floor it is.
  if (events.some(({ floor }) => floor === undefined))
    throw misuse(
      'FLOOR_UNKNOWN',
      `The controller at ${client.url} does not say on which floor its journal is.`,
      'Give an evidence bundle with --history.',
    );
  return events;
}

/** A folder is a bundle; a file is an SQLite journal or its lines. Paths in any number, read in order; what several of them hold counts once. */
export async function pastIn(paths: readonly string[], journalLines: JournalLines): Promise<readonly Past[]> {
  const all = new Map<string, Past>();
  for (const path of paths)
    for (const entry of checkLines(await linesOf(path, journalLines)))
      all.set(`${entry.log} ${entry.seq} ${entry.ts} ${entry.prev}`, { ...entry, at: Date.parse(entry.ts) as Instant });
  return [...all.values()];
}

async function linesOf(path: string, journalLines: JournalLines): Promise<readonly string[]> {
  try {
    const file = statSync(path).isDirectory() ? join(path, 'log', 'events.ndjson') : path;
    const bytes = readFileSync(file);
    if (bytes.subarray(0, 15).toString('latin1') === 'SQLite format 3') return await journalLines(file);
    return bytes
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== undefined && !['ENOENT', 'EACCES', 'ENOTDIR', 'EISDIR'].includes(code)) throw error;
    throw misuse(
      'HISTORY_UNREADABLE',
      `There is no history in ${path}: ${message}.`,
      'Name an evidence bundle, a journal, or the lines of one.',
    );
  }
}

/** The only floor of these entries, or the one that was asked for: histories of two floors are never mixed. */
export function floorOf(past: readonly Past[], asked: Floor | undefined): Floor | undefined {
  const floors = [...new Set(past.map(({ floor }) => floor))];
  if (asked !== undefined) return asked;
  if (floors.length > 1) throw misuse('FLOORS_MIXED', `The history is of the floors ${floors.join(' and ')}.`, 'Choose one with --floor.');
  return floors[0];
}
