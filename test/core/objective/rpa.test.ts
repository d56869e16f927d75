import { expect, test } from 'vitest';
import type { CanarySample, LedgerLine } from '../../../src/core/objective/measurement.ts';
import { measureRpa } from '../../../src/core/objective/rpa.ts';
import type { Instant } from '../../../src/core/values.ts';

const at = (ms: number): Instant => ms as Instant;
const intervalMs = 100;
/**
 * A canary every 100 ms from 0 (a lone `.`: none was sent), acknowledged after 5 ms. First letter: timeline that acknowledged it, or `-` for never, `?` for a
 * timeline that the answer did not name. Second: what the ledger says, `p` present, `d` twice, `a` absent, `u` unknown, `.` no line.
 * A third, `!`: acknowledged but not read back.
 */
function record(text: string): { samples: CanarySample[]; ledger: LedgerLine[] } {
  const samples: CanarySample[] = [];
  const ledger: LedgerLine[] = [];
  for (const [i, [timeline = '', found = '.', unread]] of text
    .split(' ')
    .map((mark) => mark.split(''))
    .entries()) {
    if (timeline === '.') continue;
    const sentAt = at(i * 100);
    const acked = timeline === '-' ? {} : { ackedAt: at(i * 100 + 5), ...(unread === '!' ? {} : { readAt: at(i * 100 + 10) }) };
    samples.push({
      id: `c${i}`,
      sentAt,
      ...acked,
      timeline: timeline === '-' || timeline === '?' ? 0 : Number(timeline),
      address: '',
      detail: '',
    });
    const kind = { p: 'present', d: 'present', a: 'absent', u: 'unknown' }[found] as LedgerLine['found'] | undefined;
    if (kind !== undefined) ledger.push({ id: `c${i}`, found: kind, versions: found === 'd' ? 2 : found === 'p' ? 1 : 0 });
  }
  return { samples, ledger };
}
const counts = (acknowledged: number, lost = 0, duplicated = 0, unknown = 0): object => ({ acknowledged, lost, duplicated, unknown });

const cases: readonly (readonly [string, string, number | undefined, number | undefined, object])[] = [
  ['nothing lost: the gap between two canaries', '1p 1p 1p - - 2p 2p', 210, 105, counts(5)],
  ['the last two lost', '1p 1p 1a 1a - 2p 2p', 310, 305, counts(6, 2)],
  ['acknowledged, never read back, and lost', '1p 1p 1a! - 2p', 110, 205, counts(4, 1)],
  ['a hole: what comes after it does not count as recovered', '1p 1a 1p 1p - 2p', 310, 405, counts(5, 1)],
  ['an old writer that acknowledged beside the new one', '1p 1p - 2p 1a! 2p', 110, 405, counts(5, 1)],
  ['written twice', '1p 1d 1p - 2d', 210, 105, counts(4, 0, 2)],
  ['one could not be asked for', '1p 1p 1u - 2p', 210, 205, counts(4, 0, 0, 1)],
  ['one of the old writer is missing from the ledger', '1p 1p 1. - 2p', 210, 205, counts(4, 0, 0, 1)],
  ['the ledger ends before the impact', '1p 1p 1. 1. - 2. 2.', 310, 305, counts(4, 0, 0, 2)],
  ['what was written before and after the asking is not unknown', '1. 1. 1p 1p - 2p 2. 2.', 310, 105, counts(3)],
  ['the oldest one asked for is lost: no bound', '1a 1p - 2p', 110, undefined, counts(3, 1)],
  ['nothing acknowledged', '- - -', undefined, undefined, counts(0)],
  ['the same timeline throughout: the first good answer parts old from new', '1p 1p 1a! - 1p 1p 1p', 110, 205, counts(6, 1)],
  ['no timeline named', '?p ?p ?a! - ?p ?p', 110, 205, counts(5, 1)],
  ['no impact, nothing parts them', '1p 1p 1p 1.', undefined, 105, counts(3)],
  ['a lost canary of the new writer is counted, and moves no bound', '1p 1p - 2a 2p', 110, 105, counts(4, 1)],
];
test.each(cases)('%s', (_, text, onsetAt, rpaMs, canaries) => {
  const { samples, ledger } = record(text);
  const measured = measureRpa(samples.toReversed(), ledger, { ...(onsetAt === undefined ? {} : { onsetAt: at(onsetAt) }), intervalMs });
  expect([measured.rpaMs, measured.canaries]).toEqual([rpaMs, canaries]);
  expect(measured.provisional).toBe(measured.canaries.unknown > 0);
});

const gone = '. . . . . .';
const silent: readonly (readonly [string, string, number | undefined, number])[] = [
  ['after the last of the old writer: it may have gone on until the next canary', `1p 1p ${gone} - 2p 2p`, 110, 700],
  ['between bad answers', `1p 1p - ${gone} - 2p`, 110, 800],
  ['right before the new writer', `1p 1p - ${gone} 2p 2p`, 110, 800],
  ['with the same timeline throughout', `1p 1p ${gone} 1p 1p`, 110, 700],
  ['before a loss: the bound holds it already', `1p ${gone} 1a - 2p`, 710, 805],
  // Negative controls.
  ['before the newest that is there', `1p ${gone} 1p - 2p`, 710, 105],
  ['after the new writer answered', `1p 1p - 2p ${gone} 2p`, 110, 105],
  ['of five intervals is none', '1p 1p . . . . - 2p', 110, 105],
];
test.each(silent)('silence %s', (_, text, onsetAt, rpaMs) => {
  const { samples, ledger } = record(text);
  const measured = measureRpa(samples.toReversed(), ledger, {
    ...(onsetAt === undefined ? {} : { onsetAt: at(onsetAt) }),
    intervalMs,
    silenceMs: 500,
  });
  expect(measured.rpaMs).toBe(rpaMs);
});

test('a lost canary that no sample places in time leaves no bound', () => {
  const { samples, ledger } = record('1p 1p - 2p');
  const lost: LedgerLine = { id: 'elsewhere', found: 'absent', versions: 0 };
  expect(measureRpa(samples, [...ledger, lost], { onsetAt: at(110), intervalMs })).toEqual({ canaries: counts(4, 1), provisional: false });
});
