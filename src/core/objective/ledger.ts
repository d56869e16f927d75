// The text in which one population's canaries are kept as evidence: a line for each sample, then one for each ledger line.
// What `encodeLedger` writes, `decodeLedger` reads and nothing else; the blob's hash stands in the journal.
import type { CanarySample, LedgerLine } from './measurement.ts';
import type { Instant, Result } from '../values.ts';

export type CanaryRecord = { readonly samples: readonly CanarySample[]; readonly ledger: readonly LedgerLine[] };

/** Samples sorted by `sentAt` (then `id`), keys in a fixed order, LF after each line: the same record gives the same bytes. */
export function encodeLedger({ samples, ledger }: CanaryRecord): string {
  const sorted = inSentOrder(samples);
  return [
    ...sorted.map((sample) => ({ sample: inOrder(sample) })),
    ...ledger.map(({ id, found, versions }) => ({ ledger: { id, found, versions } })),
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
}
/** The order that every measurement and every record goes by: as sent, then by id. */
export const inSentOrder = (samples: readonly CanarySample[]): readonly CanarySample[] =>
  [...samples].sort((a, b) => a.sentAt - b.sentAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
const inOrder = ({ id, sentAt, ackedAt, readAt, timeline, address, detail }: CanarySample): CanarySample => ({
  id,
  sentAt,
  ...(ackedAt === undefined ? {} : { ackedAt }),
  ...(readAt === undefined ? {} : { readAt }),
  timeline,
  address,
  detail,
});

/** The error names the line, from 1. Rejects whatever `encodeLedger` would not have written. */
export function decodeLedger(text: string): Result<CanaryRecord, string> {
  if (text !== '' && !text.endsWith('\n')) return { ok: false, error: 'the last line does not end' };
  const samples: CanarySample[] = [];
  const ledger: LedgerLine[] = [];
  for (const [i, line] of text.split('\n').slice(0, -1).entries()) {
    const parsed = parse(line);
    if (isSample(parsed?.['sample'])) samples.push(parsed['sample']);
    else if (isLedgerLine(parsed?.['ledger'])) ledger.push(parsed['ledger']);
    else return { ok: false, error: `line ${i + 1} is neither a sample nor a ledger line` };
  }
  if (new Set(samples.map(({ id }) => id)).size < samples.length || new Set(ledger.map(({ id }) => id)).size < ledger.length) {
    return { ok: false, error: 'it names a canary twice' };
  }
  if (encodeLedger({ samples, ledger }) !== text) return { ok: false, error: 'its lines are not in the form and order that Resus writes' };
  return { ok: true, value: { samples, ledger } };
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

const isInstant = (value: unknown): value is Instant => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
/** Also for what comes in through the API: shape only, and that time does not run backwards within one canary. */
export function isSample(value: unknown): value is CanarySample {
  if (typeof value !== 'object' || value === null) return false;
  const { id, sentAt, ackedAt, readAt, timeline, address, detail } = value as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || id === '' || typeof address !== 'string' || typeof detail !== 'string') return false;
  if (!isInstant(sentAt) || typeof timeline !== 'number' || !Number.isSafeInteger(timeline) || timeline < 0) return false;
  const isLater = (at: unknown, than: Instant): boolean => at === undefined || (isInstant(at) && at >= than);
  return isLater(ackedAt, sentAt) && isLater(readAt, (ackedAt as Instant | undefined) ?? sentAt);
}
export function isLedgerLine(value: unknown): value is LedgerLine {
  if (typeof value !== 'object' || value === null) return false;
  const { id, found, versions } = value as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string' || id === '' || typeof versions !== 'number' || !Number.isSafeInteger(versions) || versions < 0) return false;
  return found === 'present' || found === 'absent' || found === 'unknown';
}
