// Times and names as people read them in a finding.

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

/** `1m30s`, at most two units; `0s` for nothing. */
export function time(ms: number): string {
  let rest = Math.round(ms);
  const parts: string[] = [];
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 && parts.length < 2) parts.push(`${count}${unit}`);
    else if (parts.length > 0 && count === 0 && parts.length < 2) continue;
  }
  return parts.length === 0 ? '0s' : parts.join('');
}
export const quoted = (text: string): string => `\`${text.length > 60 ? `${text.slice(0, 57)}...` : text}\``;
/** `a, b and c`. */
export const listed = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`;
/** Without an inventory a duration may still be an expression: then nothing can be said about it. */
export const isKnown = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
