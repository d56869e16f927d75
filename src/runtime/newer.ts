// A journal that a newer release wrote is refused whole: what cannot be read would be forgotten. Says which release wrote it and which this is.
import { JournalError } from '../journal/journal-error.ts';
import type { Journal } from '../ports.ts';

/** The same error; one of an unknown version names both releases and says what to do. */
export function namingReleases(error: unknown, journal: Pick<Journal, 'read'>, version: string): unknown {
  if (!(error instanceof JournalError) || error.code !== 'UNKNOWN_VERSION') return error;
  const writer = lastWriter(journal);
  return new JournalError(
    'UNKNOWN_VERSION',
    `${error.message}; release ${writer} wrote this journal, this is release ${version}: start release ${writer} or a newer one`,
    { cause: error },
  );
}

/** As the newest `EpochBegan` says that can be read at all. */
function lastWriter(journal: Pick<Journal, 'read'>): string {
  let writer = 'unknown';
  for (const line of journal.read(0)) {
    if (!line.includes('"type":"EpochBegan"')) continue;
    const { data } = JSON.parse(line) as { readonly data?: { readonly version?: unknown } };
    if (typeof data?.version === 'string') writer = data.version;
  }
  return writer;
}
