// Old entries in today's shape. A new version of the format adds a row here; lines already written never change.
import type { Entry } from './entry.ts';
import { JournalError } from './journal-error.ts';

const readers: Readonly<Record<number, (entry: Entry) => Entry>> = { 1: (entry) => entry };

/** Throws `UNKNOWN_VERSION` for an entry that a newer program wrote. */
export function upcast(entry: Entry): Entry {
  const reader = Object.hasOwn(readers, entry.v) ? readers[entry.v] : undefined;
  if (reader === undefined)
    throw new JournalError(
      'UNKNOWN_VERSION',
      `entry ${entry.seq} has format v${String(entry.v)}, this release reads v1; read it with a newer release of Resus`,
    );
  return reader(entry);
}
