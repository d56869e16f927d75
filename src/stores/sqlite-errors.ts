// What SQLite and the file system say, as the journal's codes. Each message names the file and ends in what to do next.
import { JournalError, type JournalErrorCode } from '../journal/journal-error.ts';

/** Primary result codes of SQLite (the low eight bits): https://sqlite.org/rescode.html */
const bySqliteCode: Readonly<Record<number, JournalErrorCode>> = {
  5: 'JOURNAL_LOCKED', // SQLITE_BUSY
  6: 'JOURNAL_LOCKED', // SQLITE_LOCKED
  8: 'JOURNAL_UNWRITABLE', // SQLITE_READONLY
  10: 'JOURNAL_UNWRITABLE', // SQLITE_IOERR
  11: 'JOURNAL_CORRUPT', // SQLITE_CORRUPT
  13: 'JOURNAL_FULL', // SQLITE_FULL
  14: 'JOURNAL_UNWRITABLE', // SQLITE_CANTOPEN
  19: 'JOURNAL_CONFLICT', // SQLITE_CONSTRAINT
  26: 'JOURNAL_CORRUPT', // SQLITE_NOTADB
};
const full: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 28, 122]);

const advice: Readonly<Record<string, string>> = {
  JOURNAL_LOCKED: 'another process has it open: stop that one, or give this one a journal of its own',
  JOURNAL_UNWRITABLE: 'check that the disk works and that this user may write the file and its folder, then start again',
  JOURNAL_CORRUPT: 'keep the file as it is, restore the newest backup or bundle beside it, and compare the two before going on',
  JOURNAL_FULL: 'nothing of this batch was kept: free space on that disk, then start again',
  JOURNAL_CONFLICT: 'nothing of this batch was kept: stop and start again from what the journal holds',
};

export function journalErrorFrom(error: unknown, file: string, doing: string): JournalError {
  if (error instanceof JournalError) return error;
  const code = codeOf(error);
  const said = error instanceof Error ? error.message : String(error);
  return new JournalError(code, `cannot ${doing} the journal ${file}: ${said}; ${advice[code] ?? 'start again'}`, { cause: error });
}

function codeOf(error: unknown): JournalErrorCode {
  const { errcode, systemErrno, code } = error as { readonly errcode?: unknown; readonly systemErrno?: unknown; readonly code?: unknown };
  if (full.has(systemErrno) || full.has(code)) return 'JOURNAL_FULL';
  return (typeof errcode === 'number' ? bySqliteCode[errcode & 0xff] : undefined) ?? 'JOURNAL_UNWRITABLE';
}
