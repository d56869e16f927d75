// How long a schedule can stay silent. Only days are looked at: within a day every schedule of five fields starts at least once.
const dayMs = 86_400_000;
/** A leap year is in every four, so that the 29th of February comes. From a fixed day, so that the answer never changes. */
const firstDay = Date.UTC(2024, 0, 1);
const daysLookedAt = 2 * 1_461;
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Milliseconds of the longest pause between two days on which this cron expression starts; undefined when it never does, or is no cron. */
export function longestGapMs(cron: string): number | undefined {
  const [, , dayOfMonth, month, dayOfWeek] = cron.trim().split(/\s+/);
  if (dayOfMonth === undefined || month === undefined || dayOfWeek === undefined) return undefined;
  let last: number | undefined;
  let longest: number | undefined;
  for (let day = 0; day < daysLookedAt; day++) {
    const date = new Date(firstDay + day * dayMs);
    const byMonth = isIn(dayOfMonth, date.getUTCDate(), []);
    const byWeek = isIn(dayOfWeek, date.getUTCDay(), weekdays) || (date.getUTCDay() === 0 && isIn(dayOfWeek, 7, weekdays));
    // As cron has it: of two restricted day fields, either is enough.
    const fits = dayOfMonth !== '*' && dayOfWeek !== '*' ? byMonth || byWeek : byMonth && byWeek;
    if (!fits || !isIn(month, date.getUTCMonth() + 1, months, 1)) continue;
    if (last !== undefined) longest = Math.max(longest ?? 0, (day - last) * dayMs);
    last = day;
  }
  return longest;
}

function isIn(field: string, value: number, names: readonly string[], first = 0): boolean {
  return field.split(',').some((part) => {
    const match = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d+))?$/i.exec(part);
    if (match === null) return false;
    const [, from = '', to, step = '1'] = match;
    const least = from === '*' ? -Infinity : numberOf(from, names, first);
    const most = from === '*' ? Infinity : to === undefined ? (match[3] === undefined ? least : Infinity) : numberOf(to, names, first);
    const offset = from === '*' ? first : least;
    return value >= least && value <= most && (value - offset) % Number(step) === 0;
  });
}
const numberOf = (text: string, names: readonly string[], first: number): number => {
  const named = names.indexOf(text.toLowerCase());
  return named >= 0 ? named + first : Number(text);
};
