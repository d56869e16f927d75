// What went wrong with the journal or its evidence. Callers branch on `code`; people read the message, which ends in what to do next.

export const journalErrorCodes = [
  'NOT_CANONICAL',
  'ENTRY_TOO_LARGE',
  'CHAIN_BROKEN',
  'UNKNOWN_VERSION',
  'BAD_NOTE',
  'BAD_KEY',
  'STALE_EPOCH',
  'JOURNAL_CONFLICT',
  'JOURNAL_FULL',
  'JOURNAL_UNWRITABLE',
  'JOURNAL_LOCKED',
  'JOURNAL_CORRUPT',
] as const;
export type JournalErrorCode = (typeof journalErrorCodes)[number];

export class JournalError extends Error {
  override readonly name = 'JournalError';
  readonly code: JournalErrorCode;
  constructor(code: JournalErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
