// What FHIR clients get for trouble: an OperationOutcome, and a status that says whether a write may have happened all the same.

export type Trouble = { readonly status: 400 | 404 | 413 | 500 | 503 | 504; readonly code: string; readonly text: string };

export const operationOutcome = ({ code, text }: Trouble): object => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code, diagnostics: text }],
});

/** The request never reached PostgreSQL, or was refused by it: nothing was written. */
export const notWritten = (text: string): Trouble => ({ status: 503, code: 'transient', text });
/** It was sent and not answered: it may have been written. */
export const maybeWritten = (text: string): Trouble => ({ status: 504, code: 'timeout', text });
export const badRequest = (text: string): Trouble => ({ status: 400, code: 'invalid', text });
