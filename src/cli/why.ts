// `resus why WORKLOAD`: what is wrong, what is waited for and what can be done; of the guards those that hold it back, all of them with --all.
import type { Command } from 'commander';
import type { RunWhy } from '../core/views/run-why.ts';
import type { Ahead, GuardView, Why } from '../core/views/why.ts';
import { CliError } from './cli-error.ts';
import { colors, connect, controllerCommand, print, printJson, table, type Colors, type Common } from './controller-command.ts';
import { printable, type Io } from './io.ts';

export function whyCommand(io: Io): Command {
  return controllerCommand('why', 'why a workload is, or is not, being acted on; what a run waits for')
    .argument('<workload-or-run>', 'the workload, or the run')
    .option('--all', 'of a workload: also the guards that say go')
    .action(async (name: string, options: Common & { readonly all?: true }) => {
      const client = connect(options, io);
      const found = await client.get<Why>(`/api/v1/workloads/${encodeURIComponent(name)}/why`).catch(async (error: unknown) => {
        if (!(error instanceof CliError) || error.code !== 'WORKLOAD_UNKNOWN') throw error;
        return client.get<RunWhy>(`/api/v1/runs/${encodeURIComponent(name)}/why`).catch((second: unknown) => {
          throw second instanceof CliError && second.code === 'RUN_UNKNOWN' ? error : second;
        });
      });
      if (options.json === true) printJson(io, found);
      else if ('levers' in found) print(io, ...runLines(found, colors(io)));
      else print(io, ...whyLines(found, colors(io), options.all === true));
    });
}

function runLines({ sentence, account, asks = [], wait, levers, parent, child }: RunWhy, paint: Colors): readonly string[] {
  return [
    (wait === undefined ? paint.bold : paint.yellow)(printable(sentence)),
    ...(account === '' ? [] : [`  ${printable(account)}`]),
    ...asks.map((each) => `  asks because ${printable(each)}`),
    ...(wait?.called === undefined ? [] : [`  called: ${printable(wait.called)}`]),
    ...(parent === undefined ? [] : [`  in place of ${parent}`]),
    ...(child === undefined ? [] : [`  followed by ${child}: resus why ${child}`]),
    ...(levers.length === 0 ? [] : ['  you can:', ...levers.map((lever) => `    ${lever}`)]),
  ];
}

export function whyLines(
  { workload, state, stopped, sentence, incidents, run, ifLost }: Why,
  paint: Colors,
  isWhole = false,
): readonly string[] {
  return [
    ...(stopped === undefined ? [] : [paint.red(printable(stopped))]),
    `${paint.bold(workload)}: ${state}. ${printable(sentence)}`,
    ...(run === undefined ? [] : ['', ...runLines(run, paint)]),
    ...incidents.flatMap((incident) => [
      '',
      `${paint.red(incident.diagnosis)} ${incident.site}, ${incident.incident}, since ${iso(incident.openedAt)}${incident.drill === undefined ? '' : `, drilled by ${incident.drill}`}`,
      ...(incident.run === undefined
        ? [...aheadLines(incident.ahead, paint), ...guardLines(incident.guards, workload, { paint, isWhole })]
        : [`  Run ${incident.run} treats it.`]),
    ]),
    ...(ifLost === undefined
      ? []
      : ['', ...aheadLines(ifLost.ahead, paint, 'Then'), ...guardLines(ifLost.guards, workload, { paint, isWhole })]),
  ];
}

const marks: Readonly<Record<GuardView['answer'], readonly [mark: string, tint: 'green' | 'yellow' | 'red' | 'dim']>> = {
  go: ['go', 'green'],
  ask: ['ask', 'yellow'],
  wait: ['wait', 'yellow'],
  stop: ['stop', 'red'],
  then: ['then', 'dim'],
};
/** What says go is counted: whoever asks why wants to know what does not. */
function guardLines(
  guards: readonly GuardView[],
  workload: string,
  { paint, isWhole }: { readonly paint: Colors; readonly isWhole: boolean },
): readonly string[] {
  const shown = isWhole ? guards : guards.filter(({ answer }) => answer !== 'go' && answer !== 'then');
  const rows = table(
    ['  GUARD', 'SAYS', 'ASKED', 'BECAUSE'],
    shown.map((each) => [`  ${each.guard}`, marks[each.answer][0], each.asks, each.because]),
    (cell, column, row) => {
      const answer = shown[row]?.answer;
      return column === 1 && answer !== undefined ? paint[marks[answer][1]](cell) : cell;
    },
  );
  const then = guards.filter(({ answer }) => answer === 'then').length;
  const go = guards.filter(({ answer }) => answer === 'go').length;
  const others = `${go} say go${then === 0 ? '' : `, ${then} are asked only when it happens`}`;
  return [
    ...(shown.length === 0 ? [] : rows),
    ...(isWhole || guards.length === 0 ? [] : [paint.dim(`  Of ${guards.length} guards ${others}: resus why ${workload} --all`)]),
  ];
}
function aheadLines(ahead: Ahead, paint: Colors, label = 'Next'): readonly string[] {
  const tint = ahead.kind === 'acts' ? paint.green : ahead.kind === 'asks' ? paint.yellow : paint.red;
  const until =
    ahead.kind !== 'holds' || ahead.until === undefined || ahead.sentence.includes(iso(ahead.until)) ? '' : ` Until ${iso(ahead.until)}.`;
  const next = ahead.kind === 'holds' ? ahead.next : undefined;
  return [tint(`  ${printable(ahead.sentence)}${until}`), ...(next === undefined ? [] : [`  ${label}: ${printable(next)}`])];
}
const iso = (at: number): string => new Date(at).toISOString();
