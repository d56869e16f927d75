// `resus backtest FILE`: what a controller recorded, under other thresholds: how soon incidents would have opened, and how many for nothing.
import { Command } from 'commander';
import { backtest, type Line, type Row, type Thresholds } from '../backtest/backtest.ts';
import { misuse } from './cli-error.ts';
import { print, printJson, span, table } from './controller-command.ts';
import type { Io } from './io.ts';

type Options = { readonly failures: string; readonly successes: string; readonly json?: true };

export function backtestCommand(io: Io): Command {
  return new Command('backtest')
    .description('recorded observations under other thresholds: detection time against false alarms')
    .argument('<file...>', 'recordings, the oldest first: observations.ndjson.1 observations.ndjson')
    .option('--failures <list>', 'bad samples in a row before a target is down, one row each', '1,2,3,5,8')
    .option('--successes <n>', 'good samples in a row before it is up again', '2')
    .option('--json', 'print JSON')
    .addHelpText('after', `\nA controller records with \`recording\` in resus.yaml. ${limits.join(' ')}`)
    .action((files: readonly string[], options: Options) => {
      const [successes] = counts('--successes', options.successes);
      const wanted = counts('--failures', options.failures).map((failures): Thresholds => ({ failures, successes: successes ?? 1 }));
      const lines = files.flatMap((file) => linesOf(file, io));
      if (lines[0]?.estate === undefined)
        throw misuse(
          'NO_ESTATE',
          `${files[0] ?? ''} does not begin with what was declared.`,
          'Give the files that `resus serve` recorded, the oldest first.',
        );
      const rows = wanted.map((each) => backtest(lines, each));
      const samples = lines.filter((line) => line.probed !== undefined).length;
      const hours = ((lines.at(-1)?.at ?? 0) - (lines[0]?.at ?? 0)) / 3_600_000;
      if (options.json === true) return printJson(io, { samples, hours: Math.round(hours * 100) / 100, rows, limits });
      print(io, `${samples} samples over ${span(hours * 3_600_000)}.`, ...rowLines(rows), '', ...limits);
    });
}

const limits = [
  'Detection time counts from the last good canary; without canaries an alarm can be called neither right nor false (unwatched).',
  'Unfelt alarms are false, or something that only stood by was lost: the recording cannot tell which.',
  'How often was looked cannot be changed afterwards, and what a run or a person would have changed meanwhile is not in it.',
] as const;

const rowLines = (rows: readonly Row[]): readonly string[] =>
  table(
    ['FAILURES', 'INCIDENTS', 'FELT', 'UNFELT', 'UNWATCHED', 'DETECTED P50', 'AT MOST', 'IMPACTS', 'UNSEEN'],
    rows.map((row) => [
      String(row.failures),
      String(row.incidents),
      String(row.felt),
      String(row.unfelt),
      String(row.unwatched),
      span(row.detectMs?.p50),
      span(row.detectMs?.most),
      String(row.impacts),
      String(row.unseen),
    ]),
  );

function counts(option: string, text: string): readonly number[] {
  const numbers = text.split(',').map(Number);
  if (!numbers.every((each) => Number.isSafeInteger(each) && each >= 1 && each <= 100))
    throw misuse('BAD_COUNT', `${option} ${text} is not a list of whole numbers from 1 to 100.`, 'Write e.g. 1,3,5.');
  return numbers;
}

/** A last line that was cut short by a crash is left out; anything else that is no line of a recording is refused with its number. */
export function linesOf(file: string, io: Pick<Io, 'readFile'>): readonly Line[] {
  let text: string;
  try {
    text = io.readFile(file);
  } catch (error) {
    throw misuse(
      'NO_RECORDING',
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'}).`,
      'Name a file that `resus serve` recorded.',
    );
  }
  const all = text.split('\n');
  const last = all.pop() ?? '';
  const lines = all.map((line, n) => parsed(line) ?? bad(file, n + 1));
  const cut = last === '' ? undefined : parsed(last);
  return cut === undefined ? lines : [...lines, cut];
}
function parsed(text: string): Line | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('at' in value) || !Number.isSafeInteger(value.at)) return undefined;
  if ('estate' in value) return 'recording' in value && value.recording === 1 && isObject(value.estate) ? (value as Line) : undefined;
  if ('probed' in value) return isObject(value.probed) && typeof value.probed['target'] === 'string' ? (value as Line) : undefined;
  return 'sampled' in value && isObject(value.sampled) && Array.isArray(value.sampled['samples']) ? (value as Line) : undefined;
}
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
const bad = (file: string, line: number): never => {
  throw misuse('BAD_RECORDING', `${file}:${line} is no line of a recording.`, 'Give the files as `resus serve` wrote them.');
};
