// `resus status`: one line a workload, one word for how it is, and what to do next.
import type { Command } from 'commander';
import type { ActingView } from '../core/views/acting.ts';
import type { WorkloadGlance, Word } from '../core/views/fleet.ts';
import { pause } from '../vantage/link-state.ts';
import { colors, connect, controllerCommand, print, printJson, span, table, type Colors, type Common } from './controller-command.ts';
import { printable, type Io } from './io.ts';
import { everyOf } from './pages.ts';

type Options = Common & { readonly watch?: true; readonly check?: true };
const everyMs = 2_000;

export function statusCommand(io: Io): Command {
  return controllerCommand('status', 'every workload at a glance, and what to do next')
    .option('--watch', 'show it again every two seconds, until Ctrl-C')
    .option('--check', 'exit 1 unless every workload is healthy')
    .action(async (options: Options) => {
      const client = connect(options, io);
      for (;;) {
        const held = await client.get<ActingView>('/api/v1/acting');
        const workloads = await everyOf<WorkloadGlance>(client, '/api/v1/workloads', 'workloads');
        if (options.watch === true && io.isTty) io.out('\u001b[H\u001b[J');
        if (options.json === true) printJson(io, { acting: held, workloads });
        else print(io, ...heldLines(held, colors(io)), ...statusLines(workloads, io.now(), colors(io)));
        if (options.check === true && workloads.some((each) => each.state !== 'healthy')) io.exit(1);
        if (options.watch !== true || io.signal.aborted) return;
        await pause(everyMs, io.signal);
        if (io.signal.aborted) return;
      }
    });
}

const tints: Readonly<Record<Word, keyof Pick<Colors, 'green' | 'yellow' | 'red' | 'cyan'>>> = {
  healthy: 'green',
  exposed: 'yellow',
  unseen: 'yellow',
  failing: 'red',
  incident: 'red',
  decision: 'red',
  approval: 'red',
  task: 'red',
  paused: 'yellow',
  recovering: 'cyan',
  moving: 'cyan',
  maintained: 'yellow',
};

/** Before everything else: what nobody will do by itself now. */
const heldLines = ({ stopped, sentence, maintained }: ActingView, paint: Colors): readonly string[] => [
  ...(stopped === undefined ? [] : [paint.red(printable(sentence))]),
  ...maintained.map((each) => paint.yellow(`MAINTAINED: ${printable(each.sentence)}`)),
];

export function statusLines(workloads: readonly WorkloadGlance[], now: number, paint: Colors): readonly string[] {
  if (workloads.length === 0) return ['No workload is declared. Name the folder of your policies in resus.yaml.'];
  const header = ['WORKLOAD', 'STATE', 'PRIMARY', 'STANDBYS', 'USERS', 'LAST RUN', 'NEXT'];
  const rows = workloads.map((each) => [
    each.workload,
    each.state,
    each.primary,
    each.replicas
      .filter((replica) => replica.role === 'standby')
      .map((replica) => `${replica.name} ${replica.verdict}${replica.lagMs === undefined ? '' : ` ${span(replica.lagMs)} behind`}`)
      .join(', ') || 'none',
    each.usersPath.map((path) => `${path.population} ${path.state}`).join(', ') || 'none',
    lastRun(each, now),
    each.next,
  ]);
  return table(header, rows, (cell, column, row) => {
    const word = workloads[row]?.state;
    return column === 1 && word !== undefined ? paint[tints[word]](cell) : cell;
  });
}

function lastRun({ lastRun: run, rtoMs, rpoMs, pending = [] }: WorkloadGlance, now: number): string {
  if (run === undefined) return 'none';
  const of = (target: 'rto' | 'rpo', ms: number): string => (pending.includes(target) ? 'pending-bia' : span(ms));
  const achieved =
    run.rtaMs === undefined
      ? ''
      : `, RTA ${span(run.rtaMs)} of ${of('rto', run.rtoMs ?? rtoMs)}, RPA ${span(run.rpaMs)} of ${of('rpo', rpoMs)}`;
  return `${run.mode} ${run.outcome}${run.closedAt === undefined ? '' : ` ${span(Math.max(0, now - run.closedAt))} ago`}${achieved}`;
}
