// What entries show of a framework: a table of journals against one control, and what belongs to the framework itself.
import { describe, expect, test } from 'vitest';
import type { Framework } from '../../src/core/estate.ts';
import type { Instant, Json } from '../../src/core/values.ts';
import { evaluate } from '../../src/declare/index.ts';
import { shownBy, type Shown } from '../../src/evidence/shown.ts';

const day = 86_400_000;
const now = (1_000 * day) as Instant;
const entry = (seq: number, ageDays: number, type: string, data: Readonly<Record<string, Json>> = {}): Shown =>
  ({
    seq,
    at: now - ageDays * day,
    floor: 'live',
    controlDomain: 'central',
    actor: { kind: 'engine', id: 'c1' },
    type,
    data,
  }) as unknown as Shown;
const passed = (seq: number, ageDays: number): Shown => entry(seq, ageDays, 'DrillClosed', { drill: 'd', verdict: 'passed' });
const failed = (seq: number, ageDays: number): Shown => entry(seq, ageDays, 'DrillClosed', { drill: 'd', verdict: 'failed' });
const opened = (seq: number, data: Readonly<Record<string, Json>>): Shown => entry(seq, 1, 'IncidentOpened', data);

type Query = Framework['controls'][number]['evidence'][number];
const drill: Query = { id: 'drill', event: 'DrillClosed', where: 'data.verdict == "passed"', freshMs: 365 * day };
const region: Query = { id: 'region', event: 'IncidentOpened', where: 'data.diagnosis == "RegionLost" && has(data.drill)', freshMs: day };
const held: Query = { id: 'held', event: 'DrillClosed', freshMs: 30 * day };
const framework = (evidence: readonly Query[], more: Partial<Framework> = {}): Framework => ({
  id: 'law',
  title: 'The law',
  edition: '2026',
  source: 'https://example.org',
  checkedOn: '2026-11-22',
  status: 'in-force',
  enabled: true,
  controls: [
    { id: '1(a)', unchecked: false, paraphrase: 'Try it out.', evidence, ...(evidence.length === 0 ? { notAssessed: 'Elsewhere.' } : {}) },
  ],
  ...more,
});
const control = (evidence: readonly Query[], entries: readonly Shown[], more: Partial<Framework> = {}) =>
  shownBy(entries, now, evaluate)(framework(evidence, more)).controls[0];

describe('a control', () => {
  const lostInDrill = opened(9, { diagnosis: 'RegionLost', drill: 'd' });
  test.each<[string, readonly Query[], readonly Shown[], string, readonly (number | undefined)[]]>([
    ['of an empty journal', [drill], [], 'missing', [undefined]],
    ['with a fresh entry', [drill], [passed(1, 10)], 'found', [1]],
    ['at the very end of its freshness', [drill], [passed(1, 365)], 'found', [1]],
    ['with an old entry', [drill], [passed(1, 366)], 'stale', [1]],
    ['takes the newest that fits, whatever the order', [drill], [passed(1, 400), passed(3, 5), passed(2, 50)], 'found', [3]],
    ['does not take a newer one that does not fit', [drill], [passed(1, 400), failed(2, 5)], 'stale', [1]],
    ['with nothing that fits', [drill], [failed(1, 5)], 'missing', [undefined]],
    ['whose condition asks for a field that an entry lacks', [region], [opened(1, { diagnosis: 'RegionLost' })], 'missing', [undefined]],
    ['takes an entry of another type for none', [held], [lostInDrill], 'missing', [undefined]],
    ['needs all of it', [drill, region], [passed(1, 10)], 'missing', [1, undefined]],
    ['is as stale as the oldest of it', [drill, held, region], [passed(1, 40), lostInDrill], 'stale', [1, 1, 9]],
    ['with all of it', [drill, held, region], [passed(1, 10), lostInDrill], 'found', [1, 1, 9]],
    ['of a clock that ran ahead', [drill], [passed(1, -2)], 'found', [1]],
    ['that the journal cannot show', [], [passed(1, 10)], 'not-assessed', []],
  ])('%s', (_what, evidence, entries, state, seqs) => {
    const shown = control(evidence, entries);
    expect([shown?.state, shown?.evidence.map((each) => each.entry?.seq)]).toEqual([state, seqs]);
    for (const { ageMs } of shown?.evidence ?? []) if (ageMs !== undefined) expect(ageMs).toBeGreaterThanOrEqual(0);
  });
  test.each(['actor.id == "c1"', 'controlDomain == "central"'])('may be asked for %s', (where) =>
    expect(control([{ ...held, where }], [passed(1, 1)])?.state).toBe('found'),
  );
  test('of a framework that is off is not asked', () =>
    expect(control([drill], [passed(1, 10)], { enabled: false, status: 'proposed' })).toMatchObject({ state: 'not-asked', evidence: [] }));
});
test('nothing that is said anywhere is an opinion', () => {
  const said = JSON.stringify(shownBy([passed(1, 1)], now, evaluate)(framework([drill])));
  expect(said).not.toMatch(/compl(?:y|iant|iance)|satisf|conform/i);
});
