// `resus why WORKLOAD`: what is wrong, what every guard says now, and what is waited for.
import type { Command } from 'commander';
import type { RunWhy } from '../core/views/run-why.ts';
import type { Ahead, GuardView, Why } from '../core/views/why.ts';
import { CliError } from './cli-error.ts';
import { colors, connect, controllerCommand, print, printJson, table, type Colors, type Common } from './controller-command.ts';
import { printable, type Io } from './io.ts';

export function whyCommand(io: Io): Command {
  return controllerCommand('why', 'why a workload is, or is not, being acted on; what a run waits for')
    .argument('<workload-or-run>', 'the workload, or the run')
    .action(async (name: string, options: Common) => {
      const client = connect(options, io);
      const found = await client.get<Why>(`/api/v1/workloads/${encodeURIComponent(name)}/why`).catch(async (error: unknown) => {
        if (!(error instanceof CliError) || error.code !== 'WORKLOAD_UNKNOWN') throw error;
        return client.get<RunWhy>(`/api/v1/runs/${encodeURIComponent(name)}/why`).catch((second: unknown) => {
          throw second instanceof CliError && second.code === 'RUN_UNKNOWN' ? error : second;
        });
      });
      if (options.json === true) printJson(io, found);
      else if ('levers' in found) print(io, ...runLines(found, colors(io)));
      else print(io, ...whyLines(found, colors(io)));
    });
}

function runLines({ sentence, account, wait, levers, parent, child }: RunWhy, paint: Colors): readonly string[] {
  return [
    (wait === undefined ? paint.bold : paint.yellow)(printable(sentence)),
    ...(account === '' ? [] : [`  ${printable(account)}`]),
    ...(wait?.called === undefined ? [] : [`  called: ${printable(wait.called)}`]),
    ...(parent === undefined ? [] : [`  in place of ${parent}`]),
    ...(child === undefined ? [] : [`  followed by ${child}`]),
    ...levers.map((lever) => `  ${lever}`),
  ];
}

export function whyLines({ workload, state, stopped, sentence, incidents, run, ifLost }: Why, paint: Colors): readonly string[] {
  return [
    ...(stopped === undefined ? [] : [paint.red(printable(stopped))]),
    `${paint.bold(workload)} is ${state}. ${printable(sentence)}`,
    ...(run === undefined ? [] : ['', ...runLines(run, paint)]),
    ...incidents.flatMap((incident) => [
      '',
      `${paint.red(incident.diagnosis)} ${incident.site}, ${incident.incident}, since ${iso(incident.openedAt)}${incident.drill === undefined ? '' : `, drilled by ${incident.drill}`}`,
      ...guardLines(incident.guards, paint),
      aheadLine(incident.ahead, paint),
    ]),
    ...(ifLost === undefined
      ? []
      : ['', `If ${ifLost.site} were lost now:`, ...guardLines(ifLost.guards, paint), aheadLine(ifLost.ahead, paint)]),
  ];
}

const marks: Readonly<Record<GuardView['answer'], readonly [mark: string, tint: 'green' | 'yellow' | 'red' | 'dim']>> = {
  go: ['go', 'green'],
  ask: ['ask', 'yellow'],
  wait: ['wait', 'yellow'],
  stop: ['stop', 'red'],
  then: ['then', 'dim'],
};
const guardLines = (guards: readonly GuardView[], paint: Colors): readonly string[] =>
  table(
    ['  GUARD', 'SAYS', 'ASKED', 'BECAUSE'],
    guards.map((each) => [`  ${each.guard}`, marks[each.answer][0], each.asks, each.because]),
    (cell, column, row) => {
      const answer = guards[row]?.answer;
      return column === 1 && answer !== undefined ? paint[marks[answer][1]](cell) : cell;
    },
  );
const aheadLine = (ahead: Ahead, paint: Colors): string => {
  const tint = ahead.kind === 'acts' ? paint.green : ahead.kind === 'asks' ? paint.yellow : paint.red;
  return tint(`  ${printable(ahead.sentence)}${ahead.kind === 'holds' && ahead.until !== undefined ? ` Until ${iso(ahead.until)}.` : ''}`);
};
const iso = (at: number): string => new Date(at).toISOString();
