// `resus plan WORKLOAD`: what a run would do, step by step, without starting one. It works from the declarations alone; where a controller is named
// it is asked, because it knows who writes now, how far the standby is behind and how long steps really took.
import { Option, type Command } from 'commander';
import type { Mode } from '../core/estate.ts';
import type { Floor } from '../core/values.ts';
import type { History } from '../rehearsal/history.ts';
import { assumed } from './assumed.ts';
import { misuse } from './cli-error.ts';
import { colors, connect, controllerCommand, print, printJson, type Common } from './controller-command.ts';
import { usualPaths, type Knowing } from './declared.ts';
import type { Io } from './io.ts';
import { floorOf, pastIn, type JournalLines } from './past.ts';
import { diffAgainst } from './plan-against.ts';
import { reportLines } from './plan-lines.ts';
import { reportOf } from './plan-report.ts';
import { fromController, fromFiles, type Wanted } from './plan-sources.ts';

export const modeOption = (): Option =>
  new Option('--mode <mode>', 'how the workload moves; with --runbook only where that serves more than one').choices([
    'switchover',
    'failover',
    'failback',
  ]);

export const runbookOption = (): Option =>
  new Option('--runbook <name>', 'one that the workload names for people (`runbooks.byHand`), e.g. restore');

export const toOption = (): Option =>
  new Option('--to <place>', 'the replica to move to: its name, its site, or a site that holds it (default: the other replica)');

type Options = Common & {
  readonly mode?: Mode;
  readonly runbook?: string;
  readonly to?: string;
  readonly policies: readonly string[];
  readonly inventory?: string;
  readonly history: readonly string[];
  readonly floor?: Floor;
  readonly assume: readonly string[];
  readonly against: readonly string[];
};
const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

/** `journalLines` reads the history out of an embedded journal; without it only bundles and lines of journals are taken. */
export function planCommand(knowing: Knowing, io: Io, journalLines?: JournalLines): Command {
  return controllerCommand('plan', 'what a run would do, how long users would wait, and who must say yes, without starting it')
    .argument('<workload>', 'the workload')
    .addOption(modeOption())
    .addOption(runbookOption())
    .addOption(toOption())
    .option('--policies <path>', 'plan from these declarations, and ask no controller; may be given more than once', collect, [])
    .option('--inventory <file>', 'facts of one environment; without it names stand in for its values')
    .option('--history <path>', 'an evidence bundle or a journal, for how long steps really took; may be given more than once', collect, [])
    .addOption(new Option('--floor <floor>', 'the floor of the history that counts').choices(['simulation', 'lab', 'live']))
    .option('--assume <name=p50[..p95]>', 'dns-ttl, client-caches or people (how long until one approves), e.g. dns-ttl=30s', collect, [])
    .option('--against <path>', 'say what differs from other declarations (more than once) or from a plan saved with --json', collect, [])
    .addHelpText(
      'after',
      '\nA controller is asked when --controller or RESUS_URL names one and --policies does not; else the declarations in policies and runbooks are read.',
    )
    .action(async (workload: string, options: Options) => {
      const wanted: Wanted = { workload, mode: options.mode, to: options.to, runbook: options.runbook };
      const given = assumed(options.assume);
      if (given['replication-lag'] !== undefined)
        throw misuse(
          'UNUSED_ASSUMPTION',
          'No figure of a plan rests on replication-lag: the loss is measured, never assumed.',
          'Leave it out, or use it with `resus rehearse`.',
        );
      const isAsked = options.policies.length === 0 && (options.controller ?? io.env['RESUS_URL'] ?? '').trim() !== '';
      if (isAsked && options.history.length > 0)
        throw misuse('HISTORY_OF_CONTROLLER', 'A controller has a history of its own.', 'Leave --history out, or plan with --policies.');
      const history = await historyFrom(options, workload, journalLines);
      const paths = options.policies.length === 0 ? usualPaths : options.policies;
      const compiled = (from: readonly string[]) => fromFiles({ paths: from, inventory: options.inventory }, wanted, knowing, history);
      const subject = isAsked ? await fromController(connect(options, io), wanted) : await compiled(paths);
      const report = reportOf(subject, knowing.catalogue, given);
      const told = options.against.length === 0 ? report : { ...report, diff: await diffAgainst(subject, options.against, compiled, io) };
      if (options.json === true) printJson(io, told);
      else print(io, ...reportLines(told, io.columns, colors(io)));
    });
}

async function historyFrom(
  { history: paths, floor: asked }: Options,
  workload: string,
  journalLines: JournalLines = () => {
    throw misuse('HISTORY_UNREADABLE', 'An embedded journal cannot be read here.', 'Give an evidence bundle.');
  },
): Promise<History | undefined> {
  if (paths.length === 0) return undefined;
  const past = await pastIn(paths, journalLines);
  const floor = floorOf(past, asked);
  const { historyOf } = await import('../rehearsal/history.ts');
  return floor === undefined ? undefined : historyOf(past, workload, floor);
}
