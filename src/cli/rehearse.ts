// `resus rehearse WORKLOAD`: what a loss would cost, before it happens. The declared estate is put into the simulated world, lost many
// times over, and recovered by the real engine; needs no controller and touches nothing.
import { writeFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import type { Catalogue } from '../core/catalogue.ts';
import type { Floor } from '../core/values.ts';
import { withStandIns, type Vocabulary } from '../declare/index.ts';
import type { History } from '../rehearsal/history.ts';
import type { rehearseAll } from '../rehearsal/rehearse.ts';
import { scenarios } from '../rehearsal/scenarios.ts';
import { assumed } from './assumed.ts';
import { misuse } from './cli-error.ts';
import { colors, connect, print, printJson } from './controller-command.ts';
import { usualPaths, validIn } from './declared.ts';
import type { Io } from './io.ts';
import { floorOf, pastIn, pastOf, type JournalLines } from './past.ts';
import { progressOf } from './progress.ts';
import { rehearsalLines } from './rehearsal-lines.ts';

export type RehearseParts = {
  readonly io: Io;
  readonly vocabulary: Vocabulary;
  readonly catalogue: () => Catalogue;
  readonly journalLines: JournalLines;
  readonly rehearseAll: typeof rehearseAll;
  /** Whether standard error is a terminal. */
  readonly isErrTty: boolean;
};
type Options = {
  readonly scenario: string;
  readonly runs: string;
  readonly seed: string;
  readonly policies: readonly string[];
  readonly inventory?: string;
  readonly history: readonly string[];
  readonly controller?: string;
  readonly tokenFile?: string;
  readonly floor?: Floor;
  readonly assume: readonly string[];
  readonly svg?: string;
  readonly json?: true;
};

const mostRuns = 100_000;
const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export function rehearseCommand(parts: RehearseParts): Command {
  const { io } = parts;
  return new Command('rehearse')
    .description('what losing a region would cost: many simulated recoveries of a workload, from what is declared')
    .argument('<workload>', 'the workload')
    .option('--scenario <name>', 'what goes wrong (below)', 'region-lost')
    .option('--runs <n>', `how many rehearsals, 1 to ${mostRuns}`, '500')
    .option('--seed <n>', 'the first seed; the others follow it', '1')
    .option(
      '--policies <path>',
      'declared files or a folder of them; may be given more than once (default: policies and runbooks)',
      collect,
      [],
    )
    .option('--inventory <file>', 'facts of one environment; without it names stand in for its values')
    .option('--history <path>', 'an evidence bundle or a journal, for how long steps really took; may be given more than once', collect, [])
    .option('--controller <url>', 'ask this controller for the history')
    .option('--token-file <file>', 'file that holds its token (default: the variable RESUS_TOKEN)')
    .addOption(new Option('--floor <floor>', 'the floor of the history that counts').choices(['simulation', 'lab', 'live']))
    .option(
      '--assume <name=p50[..p95]>',
      'dns-ttl, client-caches, replication-lag or people (how long until one approves), e.g. dns-ttl=30s',
      collect,
      [],
    )
    .option('--svg <file>', 'write a histogram there')
    .option('--json', 'print one JSON object on stdout, progress on stderr')
    .addHelpText('after', `\nScenarios:\n${scenarios.map(({ name, summary }) => `  ${name.padEnd(14)}${summary}`).join('\n')}`)
    .action((workload: string, options: Options) => rehearse(workload, options, parts, io));
}

async function rehearse(workload: string, options: Options, parts: RehearseParts, io: Io): Promise<void> {
  const runs = count(options.runs, { name: 'runs', least: 1, most: mostRuns, code: 'BAD_RUNS' });
  const first = count(options.seed, { name: 'seed', least: 0, most: Number.MAX_SAFE_INTEGER - mostRuns, code: 'BAD_SEED' });
  const { taskOf } = await import('../rehearsal/task.ts');
  const { outputOf } = await import('../rehearsal/outputs.ts');
  const { figuresOf } = await import('../rehearsal/figures.ts');
  const given = assumed(options.assume);
  const declared = await validIn(options.policies.length === 0 ? usualPaths : options.policies, options, parts.vocabulary);
  const outputs = Object.fromEntries(
    [...parts.vocabulary.actions].flatMap(([name, { gives }]) => (gives === undefined ? [] : [[name, outputOf(gives)]])),
  );
  const history = await historyFor(workload, options, parts);
  const made = taskOf(withStandIns(declared.estate), { workload, scenario: options.scenario, history, given, outputs }, parts.catalogue());
  if (!made.ok) throw misuse(made.error.code, made.error.message, made.error.remedy);
  const task = declared.open ? { ...made.value, notes: [...made.value.notes, openNote] } : made.value;
  const seeds = Array.from({ length: runs }, (_, i) => first + i);
  const progress = progressOf({ io, isTty: parts.isErrTty, total: runs, rtoMs: task.rtoMs });
  const rehearsed = await parts.rehearseAll(task, seeds, progress.done);
  progress.end();
  const figures = figuresOf(task, rehearsed);
  if (options.svg !== undefined) await draw(options.svg, figures);
  if (options.json === true)
    printJson(io, { ...figures, history: history === undefined ? null : { floor: history.floor, runs: history.runs } });
  else print(io, ...rehearsalLines(figures, history, colors(io)), ...(options.svg === undefined ? [] : ['', `Histogram: ${options.svg}`]));
}

const openNote = 'No inventory was given: names stand in for its values, which changes no duration.';

function count(
  text: string,
  { name, least, most, code }: { readonly name: string; readonly least: number; readonly most: number; readonly code: string },
): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw misuse(code, `--${name} ${text} is no whole number from ${least} to ${most}.`, `Give one, e.g. --${name} ${Math.max(least, 500)}.`);
}

async function historyFor(workload: string, options: Options, { io, journalLines }: RehearseParts): Promise<History | undefined> {
  const { controller, tokenFile, history: paths, floor: asked } = options;
  const past = [
    ...(controller === undefined ? [] : await pastOf(connect({ controller, ...(tokenFile === undefined ? {} : { tokenFile }) }, io))),
    ...(await pastIn(paths, journalLines)),
  ];
  const floor = floorOf(past, asked);
  const { historyOf } = await import('../rehearsal/history.ts');
  return floor === undefined || past.length === 0 ? undefined : historyOf(past, workload, floor);
}

async function draw(path: string, figures: Parameters<(typeof import('../rehearsal/histogram.ts'))['histogramOf']>[0]): Promise<void> {
  const { histogramOf } = await import('../rehearsal/histogram.ts');
  try {
    writeFileSync(path, histogramOf(figures));
  } catch (error) {
    throw misuse('SVG_UNWRITABLE', `The histogram cannot be written: ${(error as Error).message}.`, 'Name another file with --svg.');
  }
}
