// One mistake in a calendar that is right, or in what names it, and the line that is printed for it.
import { describe, expect, it } from 'vitest';
import { base, linesOf, run } from './base.ts';

const calendar = `apiVersion: resus/v1
kind: Calendar
metadata: { name: house }
spec:
  zone: America/New_York
  windows:
    - { name: night, kind: maintenance, days: [tue], at: '02:00', for: 4h }
    - { name: year-end, kind: freeze, from: '2026-12-20 00:00', to: '2027-01-04 06:00' }
`;
const files = (text: string, gameday: string = base['gameday.yaml'], workload: string = base['workload.yaml']) => [
  ...Object.entries({ ...base, 'gameday.yaml': gameday, 'workload.yaml': workload }).map(([path, each]) => ({ path, text: each })),
  { path: 'calendar.yaml', text },
];
const edit = (text: string, from: string, to: string): string => {
  const pieces = text.split(from);
  if (pieces.length !== 2) throw new Error(`${from} is ${pieces.length - 1} times there`);
  return pieces.join(to);
};

it('a calendar that is right says nothing, and becomes instants', () => {
  const declared = run(files(calendar, edit(base['gameday.yaml'], '  floors:', '  calendar: house\n  floors:')));
  expect(linesOf(declared)).toEqual([]);
  if (!declared.ok) return;
  expect(declared.estate.gamedays['loss']?.calendar).toBe('house');
  expect(declared.estate.calendars).toEqual({
    house: {
      id: 'house',
      zone: 'America/New_York',
      windows: [
        { name: 'night', kind: 'maintenance', when: { kind: 'weekly', days: [2], atMinute: 120, forMs: 14_400_000 } },
        {
          name: 'year-end',
          kind: 'freeze',
          when: { kind: 'dated', startsAt: Date.parse('2026-12-20T05:00Z'), endsAt: Date.parse('2027-01-04T11:00Z') },
        },
      ],
    },
  });
});
it('an estate without calendars has no such key', () => {
  const declared = run(Object.entries(base).map(([path, text]) => ({ path, text })));
  expect(declared.ok && 'calendars' in declared.estate).toBe(false);
});

describe('a mistake in a calendar', () => {
  it.each<[string, string, string, readonly string[]]>([
    [
      'a zone that does not exist',
      'America/New_York',
      'America/New_Yrok',
      [
        'calendar.yaml:5:9: BAD_SCHEDULE `spec.zone`: `America/New_Yrok` is not a time zone (an IANA name, e.g. `America/New_York` or `UTC`)',
      ],
    ],
    [
      'a kind of window that is none',
      'kind: freeze',
      'kind: freez',
      [
        'calendar.yaml:8:31: NOT_ALLOWED `spec.windows[1].kind` cannot be `freez` (did you mean `freeze`? one of `maintenance`, `freeze`, `blackout`)',
      ],
    ],
    [
      'a dated window with a day of the week',
      'kind: freeze, from',
      'kind: freeze, days: [mon], from',
      ['calendar.yaml:8:39: WINDOW_MIXED window `year-end` is dated (`from`, `to`) and has `days` of a weekly one (write two windows)'],
    ],
    [
      'a dated window without an end',
      ", to: '2027-01-04 06:00'",
      '',
      ['calendar.yaml:8:7: MISSING_KEY window `year-end` has no `to` (write `from` and `to`, or `days`, `at` and `for`)'],
    ],
    [
      'a weekly window without a time',
      "at: '02:00', ",
      '',
      ['calendar.yaml:7:7: MISSING_KEY window `night` has no `at` (write `from` and `to`, or `days`, `at` and `for`)'],
    ],
    [
      'a window of nothing',
      ", days: [tue], at: '02:00', for: 4h",
      '',
      ['calendar.yaml:7:7: MISSING_KEY window `night` has no `days` (write `from` and `to`, or `days`, `at` and `for`)'],
    ],
    [
      'a window that ends before it begins',
      '2027-01-04',
      '2026-01-04',
      [
        'calendar.yaml:8:69: WINDOW_ENDS_FIRST window `year-end` ends at 2026-01-04 06:00, and begins at 2026-12-20 00:00 (write a later `to`)',
      ],
    ],
    [
      'a day that no month has',
      '2027-01-04',
      '2027-02-30',
      [
        "calendar.yaml:8:69: BAD_FORM `2027-02-30 06:00` is not a day of the calendar (a date and a time in quotes, e.g. '2026-12-20 00:00')",
      ],
    ],
    [
      'a time without a leading nought',
      "'02:00'",
      "'2:00'",
      ["calendar.yaml:7:58: BAD_FORM `2:00` does not have the form that `spec.windows[0].at` wants (write a time in quotes, e.g. '22:00')"],
    ],
    [
      'a window longer than a week',
      'for: 4h',
      'for: 8d',
      ['calendar.yaml:7:72: DURATION_RANGE `spec.windows[0].for` is `8d` (from 1m to 7d)'],
    ],
    [
      'a day of the week that is none',
      '[tue]',
      '[teu]',
      [
        'calendar.yaml:7:48: NOT_ALLOWED `spec.windows[0].days[0]` cannot be `teu` (did you mean `tue`? one of `sun`, `mon`, `tue`, `wed`, `thu`, `fri`, `sat`)',
      ],
    ],
    [
      'two windows of one name',
      'name: year-end',
      'name: night',
      ['calendar.yaml:8:15: DUPLICATE_ID `spec.windows` has two items with the name `night` (rename one of them)'],
    ],
  ])('%s', (_, from, to, lines) => {
    expect(linesOf(run(files(edit(calendar, from, to))))).toEqual(lines);
  });
  it('a game day that names no calendar', () => {
    expect(linesOf(run(files(calendar, edit(base['gameday.yaml'], '  floors:', '  calendar: hosue\n  floors:'))))).toEqual([
      'gameday.yaml:8:13: UNKNOWN_CALENDAR there is no calendar `hosue` (did you mean `house`?)',
    ]);
  });
  it('a workload that names no calendar', () => {
    expect(linesOf(run(files(calendar, undefined, edit(base['workload.yaml'], '  tier: gold', '  tier: gold\n  calendar: none'))))).toEqual(
      ['workload.yaml:6:13: UNKNOWN_CALENDAR there is no calendar `none` (known: `house`)'],
    );
  });
});
