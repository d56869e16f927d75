// Tables for spreadsheets: RFC 4180, every field quoted, and nothing in them that a spreadsheet would run as a formula.
import type { Instant } from '../core/values.ts';
import type { Account } from './account.ts';

type Cell = string | number | undefined;

export function csvOf(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(quote).join(',')}\r\n`).join('');
}
function quote(cell: Cell): string {
  const text = cell === undefined ? '' : String(cell);
  const isFormula = typeof cell === 'string' && /^[=+\-@\t\r]/.test(text);
  return `"${isFormula ? "'" : ''}${text.replaceAll('"', '""')}"`;
}
const time = (at: Instant | undefined): string | undefined => (at === undefined ? undefined : new Date(at).toISOString());

export const stepsCsv = ({ steps }: Account): string =>
  csvOf(
    ['entry', 'step', 'uses', 'attempts', 'started_at', 'ended_at', 'duration_ms', 'result', 'detail'],
    steps.map(({ seq, id, uses, attempts, startedAt, endedAt, result, detail }) => [
      seq,
      id,
      uses,
      attempts,
      time(startedAt),
      time(endedAt),
      endedAt === undefined ? undefined : endedAt - startedAt,
      result,
      detail,
    ]),
  );

export function canariesCsv({ populations }: Account): string {
  return csvOf(
    ['population', 'canary', 'sent_at', 'acknowledged_at', 'read_back_at', 'timeline', 'address', 'found', 'versions', 'detail'],
    populations.flatMap(({ received, record }) => {
      const found = new Map(record.ledger.map((line) => [line.id, line]));
      return record.samples.map((sample) => {
        const line = found.get(sample.id);
        return [
          received.data.population,
          sample.id,
          time(sample.sentAt),
          time(sample.ackedAt),
          time(sample.readAt),
          sample.timeline,
          sample.address,
          line?.found,
          line?.versions,
          sample.detail,
        ];
      });
    }),
  );
}
