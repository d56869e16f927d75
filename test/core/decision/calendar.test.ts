// Windows at their edges: midnight, both changes of the clocks, half-hour zones; and which of them keep a game day from beginning.
import { describe, expect, it } from 'vitest';
import { blackoutOf, instantAt, noStartBecause, openWindows } from '../../../src/core/decision/calendar.ts';
import type { Calendar, CalendarWindow, Estate } from '../../../src/core/estate.ts';
import type { Instant } from '../../../src/core/values.ts';
import { estate, regionLoss } from '../estate.ts';

const at = (text: string): Instant => Date.parse(text) as Instant;
const hour = 3_600_000;
const weekly = (days: number[], atMinute: number, forMs: number): CalendarWindow['when'] => ({ kind: 'weekly', days, atMinute, forMs });
const calendarOf = (when: CalendarWindow['when'], kind: CalendarWindow['kind'] = 'freeze', zone = 'America/New_York'): Calendar => ({
  id: 'house',
  zone,
  windows: [{ name: 'w', kind, when }],
});

describe('the clocks of a zone', () => {
  it.each([
    ['winter', 'America/New_York', '2026-01-15T12:00', '2026-01-15T17:00:00Z'],
    ['summer', 'America/New_York', '2026-07-15T12:00', '2026-07-15T16:00:00Z'],
    ['a time that they leap over', 'America/New_York', '2026-03-08T02:30', '2026-03-08T07:30:00Z'],
    ['the first of a time that they show twice', 'America/New_York', '2026-11-01T01:30', '2026-11-01T05:30:00Z'],
    ['a zone of half hours', 'Australia/Adelaide', '2026-01-15T12:00', '2026-01-15T01:30:00Z'],
    ['a zone without summer time', 'Asia/Ho_Chi_Minh', '2026-07-15T00:30', '2026-07-14T17:30:00Z'],
  ])('show %s', (_, zone, wall, instant) => {
    expect(new Date(instantAt(zone, Date.parse(`${wall}Z`))).toISOString()).toBe(new Date(instant).toISOString());
  });
});

describe('a window', () => {
  it.each<[string, CalendarWindow['when'], string, string | undefined]>([
    ['at its first instant', weekly([2], 120, 4 * hour), '2026-07-14T06:00:00.000Z', '2026-07-14T10:00:00.000Z'],
    ['a moment before', weekly([2], 120, 4 * hour), '2026-07-14T05:59:59.999Z', undefined],
    ['at its end', weekly([2], 120, 4 * hour), '2026-07-14T10:00:00.000Z', undefined],
    ['on another day', weekly([2], 120, 4 * hour), '2026-07-15T06:00:00.000Z', undefined],
    ['past midnight', weekly([0], 22 * 60, 4 * hour), '2026-07-20T05:30:00.000Z', '2026-07-20T06:00:00.000Z'],
    ['six days after it began', weekly([1], 0, 168 * hour), '2026-07-19T12:00:00.000Z', '2026-07-20T04:00:00.000Z'],
    // 02:00 to 06:00 while the clocks go from 02:00 to 03:00: it begins at 03:00 summer time, and is four hours long.
    ['in the night of the leap', weekly([0], 120, 4 * hour), '2026-03-08T07:00:00.000Z', '2026-03-08T11:00:00.000Z'],
    ['in the night that repeats an hour', weekly([0], 60, 2 * hour), '2026-11-01T06:30:00.000Z', '2026-11-01T07:00:00.000Z'],
    [
      'on its dates',
      { kind: 'dated', startsAt: at('2026-12-20T05:00Z'), endsAt: at('2026-12-21T05:00Z') },
      '2026-12-20T05:00:00.000Z',
      '2026-12-21T05:00:00.000Z',
    ],
    [
      'after its dates',
      { kind: 'dated', startsAt: at('2026-12-20T05:00Z'), endsAt: at('2026-12-21T05:00Z') },
      '2026-12-21T05:00:00.000Z',
      undefined,
    ],
  ])('%s', (_, when, now, ends) => {
    const [open] = openWindows(calendarOf(when), at(now));
    expect(open === undefined ? undefined : new Date(open.endsAt).toISOString()).toBe(ends);
  });
});

describe('a game day begins', () => {
  const night = weekly([2], 120, 4 * hour);
  const inside = at('2026-07-14T07:00:00Z');
  const outside = at('2026-07-14T12:00:00Z');
  const withCalendar = (calendar: Calendar, of: 'gameday' | 'workload' | 'nobody'): [Estate, typeof regionLoss & { calendar?: string }] => {
    const { ehr } = estate.workloads;
    if (ehr === undefined) throw new Error('no ehr');
    return [
      { ...estate, calendars: { house: calendar }, workloads: { ehr: of === 'workload' ? { ...ehr, calendar: 'house' } : ehr } },
      of === 'gameday' ? { ...regionLoss, calendar: 'house' } : regionLoss,
    ];
  };
  it.each<[string, CalendarWindow['kind'], 'gameday' | 'workload' | 'nobody', Instant, string | undefined]>([
    ['not in its freeze', 'freeze', 'gameday', inside, 'freeze w of calendar house lasts until 2026-07-14T10:00:00.000Z'],
    ['not in the freeze of its workload', 'freeze', 'workload', inside, 'freeze w of calendar house lasts until 2026-07-14T10:00:00.000Z'],
    ['not in a blackout', 'blackout', 'gameday', inside, 'blackout w of calendar house lasts until 2026-07-14T10:00:00.000Z'],
    ['after the freeze', 'freeze', 'gameday', outside, undefined],
    ['in a freeze that concerns others', 'freeze', 'nobody', inside, undefined],
    ['in its maintenance window', 'maintenance', 'gameday', inside, undefined],
    [
      'not outside its maintenance windows',
      'maintenance',
      'gameday',
      outside,
      'no maintenance window of calendar house is open, and it begins only in one',
    ],
    ['outside the maintenance windows of its workload', 'maintenance', 'workload', outside, undefined],
  ])('%s', (_, kind, of, now, because) => {
    const [whole, gameday] = withCalendar(calendarOf(night, kind), of);
    expect(noStartBecause(whole, gameday, now)).toBe(because);
  });
  it('as ever where no calendar is declared', () => expect(noStartBecause(estate, regionLoss, inside)).toBeUndefined());
});

it('only a blackout makes the machine ask', () => {
  const night = weekly([2], 120, 4 * hour);
  const now = at('2026-07-14T07:00:00Z');
  const kinds = (['maintenance', 'freeze', 'blackout'] as const).map(
    (kind) => blackoutOf({ ...estate, calendars: { house: calendarOf(night, kind) } }, 'house', now)?.kind,
  );
  expect(kinds).toEqual([undefined, undefined, 'blackout']);
});
