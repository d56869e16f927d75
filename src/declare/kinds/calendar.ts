// When people want quiet and when they want work done: named windows in a time zone, each on dates or every week.
import Type, { type Static } from 'typebox';
import { instantAt } from '../../core/decision/calendar.ts';
import { weekdays, windowKinds, type Calendar, type CalendarWindow } from '../../core/estate.ts';
import { below } from '../pointer.ts';
import { quoted } from '../problem.ts';
import { Choice, closed, Distinct, Duration, Name } from '../schema.ts';
import { kindOf, ms, type Declaration, type Resolving } from './kind.ts';

const Wall = (about: string) =>
  Type.Optional(
    Type.String({
      pattern: '^\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01]) (?:[01]\\d|2[0-3]):[0-5]\\d$',
      form: "a date and a time in quotes, e.g. '2026-12-20 00:00'",
      title: about,
    }),
  );
const Window = Type.Object(
  {
    name: Name('what it is called'),
    kind: Choice(
      windowKinds,
      'maintenance: planned work may be done, and a game day that names this calendar begins only then; freeze: no game day begins; blackout: the same, and the machine asks before it acts',
    ),
    from: Wall('when a dated window begins'),
    to: Wall('when a dated window ends'),
    days: Type.Optional(
      Type.Array(Choice(weekdays, 'a day of the week'), {
        minItems: 1,
        maxItems: 7,
        uniqueItems: true,
        title: 'the days on which a weekly window begins',
      }),
    ),
    at: Type.Optional(
      Type.String({
        pattern: '^(?:[01]\\d|2[0-3]):[0-5]\\d$',
        form: "a time in quotes, e.g. '22:00'",
        title: 'when on those days it begins',
      }),
    ),
    for: Type.Optional(Duration({ least: '1m', most: '7d', about: 'how long it then lasts, past midnight too' })),
  },
  closed,
);
const spec = Type.Object(
  {
    zone: Type.Unsafe<string>({ type: 'string', schedule: 'zone', title: 'the IANA time zone of its times' }),
    windows: Distinct(Window, 'name', { minItems: 1, maxItems: 200, title: 'its windows' }),
  },
  closed,
);
type Spec = Static<typeof spec>;
type WindowIn = Spec['windows'][number];

export const calendar = kindOf({
  kind: 'Calendar',
  collection: 'calendars',
  summary: 'Windows in a time zone: maintenance, freeze, blackout; game days and workloads name one.',
  spec,
  resolve(all, resolving) {
    if (all.length === 0) return undefined;
    return Object.fromEntries(
      all.map((declaration): [string, Calendar] => {
        const { name, spec: own } = declaration;
        const windows = own.windows.flatMap(
          (window, index) => windowOf(declaration, window, below('/spec/windows', index), resolving) ?? [],
        );
        return [name, { id: name, zone: own.zone, windows }];
      }),
    );
  },
});

const dated = ['from', 'to'] as const;
const weekly = ['days', 'at', 'for'] as const;

function windowOf(of: Declaration<Spec>, own: WindowIn, pointer: string, resolving: Resolving): CalendarWindow | undefined {
  const say = (said: Parameters<Resolving['say']>[1]): undefined => {
    resolving.say(of, said);
  };
  const has = (keys: readonly (keyof WindowIn)[]): (keyof WindowIn)[] => keys.filter((key) => own[key] !== undefined);
  const wanted = has(dated).length > 0 ? dated : weekly;
  const foreign = wanted === dated ? has(weekly) : [];
  const [first] = foreign;
  if (first !== undefined)
    return say({
      pointer,
      key: first,
      code: 'WINDOW_MIXED',
      message: `window ${quoted(own.name)} is dated (\`from\`, \`to\`) and has \`${first}\` of a weekly one`,
      remedy: 'write two windows',
    });
  const missing = wanted.filter((key) => own[key] === undefined);
  const [lacks] = missing;
  if (lacks !== undefined)
    return say({
      pointer,
      code: 'MISSING_KEY',
      message: `window ${quoted(own.name)} has no \`${lacks}\``,
      remedy: 'write `from` and `to`, or `days`, `at` and `for`',
    });
  // What waits for the inventory cannot be reckoned with yet.
  if ([...of.holes.keys()].some((at) => at === '/spec/zone' || at.startsWith(`${pointer}/`))) return undefined;
  const { from = '', to = '', days = [], at = '', for: lasts = '' } = own;
  if (wanted === weekly) {
    const [hour = '0', minute = '0'] = at.split(':');
    const numbers = days.map((day) => weekdays.indexOf(day));
    const when = { kind: 'weekly', days: numbers, atMinute: Number(hour) * 60 + Number(minute), forMs: ms(lasts) } as const;
    return { name: own.name, kind: own.kind, when };
  }
  const [starts, ends] = [wallOf(from), wallOf(to)];
  for (const [key, text, wall] of [
    ['from', from, starts],
    ['to', to, ends],
  ] as const)
    if (wall === undefined)
      return say({
        pointer: below(pointer, key),
        code: 'BAD_FORM',
        message: `${quoted(text)} is not a day of the calendar`,
        remedy: "a date and a time in quotes, e.g. '2026-12-20 00:00'",
      });
  const when = { kind: 'dated', startsAt: instantAt(of.spec.zone, starts ?? 0), endsAt: instantAt(of.spec.zone, ends ?? 0) } as const;
  if (when.endsAt <= when.startsAt)
    return say({
      pointer: below(pointer, 'to'),
      code: 'WINDOW_ENDS_FIRST',
      message: `window ${quoted(own.name)} ends at ${to}, and begins at ${from}`,
      remedy: 'write a later `to`',
    });
  return { name: own.name, kind: own.kind, when };
}

/** The written time as if it were UTC; undefined for the 30th of February. */
function wallOf(text: string): number | undefined {
  const wall = Date.parse(`${text.replace(' ', 'T')}:00Z`);
  return Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 10) !== text.slice(0, 10) ? undefined : wall;
}
