// Schedules: five fields of cron, and an IANA time zone. Checked here so that a mistake is found when it is written.

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const fields = [
  { name: 'a minute', least: 0, most: 59, names: [] as string[] },
  { name: 'an hour', least: 0, most: 23, names: [] as string[] },
  { name: 'a day of the month', least: 1, most: 31, names: [] as string[] },
  { name: 'a month', least: 1, most: 12, names: months },
  { name: 'a day of the week', least: 0, most: 7, names: days },
] as const;

/** What is wrong with one part of a schedule, or undefined. */
export function scheduleMistake(part: 'cron' | 'zone', text: string): { readonly message: string; readonly remedy: string } | undefined {
  return part === 'cron' ? cronMistake(text) : zoneMistake(text);
}

function cronMistake(text: string): { message: string; remedy: string } | undefined {
  const parts = text.length > 200 ? [] : text.trim().split(/\s+/);
  if (parts.length !== fields.length)
    return { message: 'a schedule has five fields', remedy: 'minute, hour, day of the month, month, day of the week, e.g. `0 3 * * 2`' };
  for (const [index, field] of fields.entries()) {
    const written = parts[index] ?? '';
    if (!written.split(',').every((each) => fits(each, field)))
      return {
        message: `\`${written.slice(0, 40)}\` is not ${field.name}`,
        remedy: `${field.least} to ${field.most}, \`*\`, lists, ranges and steps`,
      };
  }
  return undefined;
}

function fits(text: string, field: (typeof fields)[number]): boolean {
  const match = /^(\*|[a-z0-9]+)(?:-([a-z0-9]+))?(?:\/(\d{1,2}))?$/i.exec(text);
  if (match === null) return false;
  const [, from = '', to, step] = match;
  if (step !== undefined && Number(step) < 1) return false;
  if (from === '*') return to === undefined;
  const first = numberIn(from, field);
  const last = to === undefined ? first : numberIn(to, field);
  return first !== undefined && last !== undefined && first <= last;
}

function numberIn(text: string, field: (typeof fields)[number]): number | undefined {
  const named = field.names.indexOf(text.toLowerCase());
  const value = named >= 0 ? named + field.least : /^\d{1,2}$/.test(text) ? Number(text) : -1;
  return value >= field.least && value <= field.most ? value : undefined;
}

function zoneMistake(text: string): { message: string; remedy: string } | undefined {
  // Offsets such as `+02:00` would be taken too, and do not follow daylight saving.
  if (/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(text)) {
    try {
      new Intl.DateTimeFormat('en', { timeZone: text });
      return undefined;
    } catch {
      // Said below.
    }
  }
  return { message: `\`${text.slice(0, 40)}\` is not a time zone`, remedy: 'an IANA name, e.g. `America/New_York` or `UTC`' };
}
