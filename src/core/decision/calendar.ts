// When people want quiet and when they want work done: which windows of a declared calendar are open at an instant. A window lives
// in its own time zone, crosses midnight and clock changes, and is as long as it says however often the clock is put forward or back.
import { declaredAs, type Calendar, type CalendarWindow, type Estate, type GameDay, type WindowKind } from '../estate.ts';
import type { Instant } from '../values.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;

export type OpenWindow = { readonly calendar: string; readonly window: string; readonly kind: WindowKind; readonly endsAt: Instant };

/** Those that are open, in the order in which they are declared. The first instant belongs to a window, the last does not. */
export function openWindows(calendar: Calendar, now: Instant): readonly OpenWindow[] {
  return calendar.windows.flatMap((window) => {
    const endsAt = endOf(calendar.zone, window, now);
    return endsAt === undefined ? [] : [{ calendar: calendar.id, window: window.name, kind: window.kind, endsAt }];
  });
}

function endOf(zone: string, { when }: CalendarWindow, now: Instant): Instant | undefined {
  if (when.kind === 'dated') return now >= when.startsAt && now < when.endsAt ? when.endsAt : undefined;
  const today = Math.floor(wallClock(zone, now) / dayMs) * dayMs;
  // It may have begun on an earlier day and last until now.
  for (let day = today; day >= today - when.forMs - dayMs; day -= dayMs) {
    if (!when.days.includes(new Date(day).getUTCDay())) continue;
    const startsAt = instantAt(zone, day + when.atMinute * minuteMs);
    if (now >= startsAt && now < startsAt + when.forMs) return (startsAt + when.forMs) as Instant;
  }
  return undefined;
}

/** Why no game day of this declaration may begin now, in one sentence: by its own calendar, or by that of its workload. */
export function noStartBecause(estate: Estate, gameday: GameDay, now: Instant): string | undefined {
  const own = calendarOf(estate, gameday.calendar);
  const names = [own, calendarOf(estate, estate.workloads[gameday.workload]?.calendar)].filter((each) => each !== undefined);
  const quiet = names.flatMap((calendar) => openWindows(calendar, now)).find(({ kind }) => kind !== 'maintenance');
  if (quiet !== undefined) return saidOpen(quiet);
  if (own === undefined || !own.windows.some(({ kind }) => kind === 'maintenance')) return undefined;
  return openWindows(own, now).some(({ kind }) => kind === 'maintenance')
    ? undefined
    : `no maintenance window of calendar ${own.id} is open, and it begins only in one`;
}

/** The blackout that is open for a workload: nothing is done about it without a person. */
export const blackoutOf = (estate: Estate | undefined, calendar: string | undefined, now: Instant): OpenWindow | undefined => {
  const found = estate === undefined ? undefined : calendarOf(estate, calendar);
  return found === undefined ? undefined : openWindows(found, now).find(({ kind }) => kind === 'blackout');
};

export const saidOpen = ({ kind, window, calendar, endsAt }: OpenWindow): string =>
  `${kind} ${window} of calendar ${calendar} lasts until ${new Date(endsAt).toISOString()}`;

const calendarOf = (estate: Estate, name: string | undefined): Calendar | undefined =>
  name === undefined ? undefined : declaredAs(estate.calendars, name);

/**
 * The instant at which the clocks of a zone show a time, given as if it were UTC. A time that the clocks leap over is that much
 * later; of one that they show twice it is the first.
 */
export function instantAt(zone: string, wallMs: number): Instant {
  const offsets = [wallClock(zone, wallMs - dayMs) - (wallMs - dayMs), wallClock(zone, wallMs + dayMs) - (wallMs + dayMs)];
  const candidates = offsets.map((offset) => wallMs - offset);
  const shown = candidates.filter((at) => wallClock(zone, at) === wallMs);
  return (shown.length > 0 ? Math.min(...shown) : Math.max(...candidates)) as Instant;
}

/** What the clocks of a zone show at an instant, as if it were UTC; milliseconds are kept. */
function wallClock(zone: string, at: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(at)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1000) + 1000) % 1000);
}

const formats = new Map<string, Intl.DateTimeFormat>();
/** Made once a zone: making one costs a thousand times what using it does. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const digits = 'numeric' as const;
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: digits,
      month: digits,
      day: digits,
      hour: digits,
      minute: digits,
      second: digits,
    });
  formats.set(zone, format);
  return format;
}
