// The lines of an embedded journal, for readers that are not its controller: nothing is locked, nothing is written, and a controller may
// be writing at the same time.
import { journalErrorFrom } from './sqlite-errors.ts';
import { openForReading, type Database } from './sqlite-schema.ts';

/** In the order of `seq`, as of one moment. Throws a `JournalError` when the file is not there or is no journal. */
export function journalLines(file: string): readonly string[] {
  let db: Database | undefined;
  try {
    db = openForReading(file);
    return db
      .prepare('select line from entry order by seq')
      .all()
      .map((row) => String((row as { readonly line: unknown }).line));
  } catch (error) {
    throw journalErrorFrom(error, file, 'open');
  } finally {
    db?.close();
  }
}
