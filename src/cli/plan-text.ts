// How the lines of a plan are set: a time, a sentence that begins with its verb, the proof below it, and small facts below that; everything
// wrapped to the width of the terminal.
import type { Colors } from './controller-command.ts';
import { printable } from './io.ts';

export type Row = {
  readonly at: string;
  /** A sentence; its first word is the verb. */
  readonly does: string;
  readonly proof: string;
  readonly warning?: string | undefined;
  readonly facts: readonly string[];
};
export const margin = 12;

export function row({ at, does, proof, warning, facts }: Row, wide: number, paint: Colors): readonly string[] {
  const [verb = '', ...object] = printable(does).split(' ');
  const lines = wrapped([verb, ...object].join(' '), wide - margin);
  const indent = ' '.repeat(margin);
  const small = [...(warning === undefined ? [] : [paint.red(warning)]), ...facts.map((fact) => paint.dim(printable(fact)))].join(
    paint.dim('; '),
  );
  return [
    ...lines.map((line, n) => (n === 0 ? `${at.padEnd(margin)}${paint.bold(verb)}${line.slice(verb.length)}` : `${indent}${line}`)),
    ...wrapped(`holds when ${printable(proof)}`, wide - margin - 2).map((line) => `${indent}  ${line}`),
    ...wrapped(small, wide - margin - 2).map((line) => `${indent}  ${line}`),
  ];
}

/** A label in the margin, and text beside it. */
export function section(label: string, text: string, wide: number, by = margin): readonly string[] {
  return wrapped(text, wide - by).map((line, n) => `${(n === 0 ? label : '').padEnd(by)}${line}`);
}

const escape = '\u001B';
/** What a terminal shows of it: colours take no room. */
const lengthOf = (text: string): number =>
  text.includes(escape) ? text.replaceAll(new RegExp(`${escape}\\[[0-9;]*m`, 'g'), '').length : text.length;

/** Between words, but not between a number and its unit. */
const breaks = / (?!(?:ms|s|min|h|d)\b)|(?<!\d) /;
/** By words; one that is longer than a line stands alone. */
export function wrapped(text: string, wide: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(breaks)) {
    if (line !== '' && lengthOf(line) + 1 + lengthOf(word) > wide) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}

const arn = /\barn:aws[a-z-]*:[a-z0-9-]+:([a-z0-9-]*):(\d*):([A-Za-z-]+)[:/]([\w./-]*\w)/g;
/** ARNs as people say them: `cluster ehr-west (us-west-2, 123456789012)`. */
export const exactly = (text: string): string =>
  text
    .replaceAll(arn, (_, region: string, account: string, type: string, name: string) => {
      const where = [region, account].filter((each) => each !== '').join(', ');
      return `${type} ${name}${where === '' ? '' : ` (${where})`}`;
    })
    .replaceAll(/\b([a-z-]+) \1 /g, '$1 ');

/** `0.2 s`, `12 s`, `2.5 min`, `40 min`, `3 h`, `12 d`: two digits are enough to decide by. */
export function span(ms: number): string {
  if (ms < 9_950) return `${(Math.round(ms / 100) / 10).toFixed(1)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < 597_000) return `${(ms / 60_000).toFixed(1)} min`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 172_800_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`;
}
/** `T+0:02`, `T+12:40`, `T+1:30:00`. */
export function since(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h === 0 ? `T+${m}:${two(s)}` : `T+${h}:${two(m)}:${two(s)}`;
}
