// Durations as people write them: `500ms`, `90s`, `15m`, `36h`, `90d`, `2w`, `6y`, or several in falling order, `1h30m`.
// They become whole milliseconds; a year is 365 days, since nothing here follows a calendar.

const unitMs = { y: 31_536_000_000, w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
type Unit = keyof typeof unitMs;
const units = Object.keys(unitMs) as Unit[];
/** A century: longer than any record is kept, and a safe integer in milliseconds. */
export const longestMs = 100 * unitMs.y;

/** Milliseconds, or undefined when the text is not a duration of at most a century. */
export function durationMs(text: string): number | undefined {
  if (text.length > 40 || !/^(?:\d{1,12}(?:ms|[ywdhms]))+$/.test(text)) return undefined;
  let total = 0;
  let next = 0;
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+)(ms|[ywdhms])/g)) {
    const place = units.indexOf(unit as Unit);
    if (place < next) return undefined;
    next = place + 1;
    total += Number(count) * unitMs[unit as Unit];
  }
  return total <= longestMs ? total : undefined;
}

/** The shortest exact text, e.g. `1h30m`; `0s` for nothing. */
export function durationText(ms: number): string {
  let rest = ms;
  let text = '';
  for (const unit of units.filter((each) => each !== 'w')) {
    const count = Math.floor(rest / unitMs[unit]);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * unitMs[unit];
  }
  return text === '' ? '0s' : text;
}
