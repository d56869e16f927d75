// `resus run WORKLOAD`: asks for a planned or forced move. It opens a run; what the tier says about approvals still holds.
import type { Command } from 'commander';
import type { RunView } from '../core/views/runs.ts';
import { connect, controllerCommand, print, printJson, type Common } from './controller-command.ts';
import { misuse } from './cli-error.ts';
import type { Io } from './io.ts';
import { modeOption, runbookOption, toOption } from './plan.ts';
import { watch } from './watch.ts';

type Options = Common & {
  readonly mode?: string;
  readonly runbook?: string;
  readonly to?: string;
  readonly record?: string;
  readonly reason: string;
  readonly wait?: true;
};
type Opened = { readonly run: string; readonly plan: string; readonly approvalsNeeded: number; readonly seq: number };

export function runCommand(io: Io): Command {
  return controllerCommand('run', 'move a workload: opens a run')
    .argument('<workload>', 'the workload')
    .addOption(modeOption())
    .addOption(runbookOption())
    .addOption(toOption())
    .requiredOption('--reason <text>', 'why; it stands in the journal under your name')
    .option('--record <reference>', 'with --runbook: where this deviation is written down; a validated workload wants one')
    .option('--wait', 'show what happens until it is over; exit 0 only if it succeeded')
    .action(async (workload: string, options: Options) => {
      if (options.mode === undefined && options.runbook === undefined)
        throw misuse('MODE_WANTED', 'How is it to move?', 'Say it with --mode, or name a runbook with --runbook.');
      const client = connect(options, io);
      const json = options.json === true;
      const { mode, reason, runbook, to, record } = options;
      const asked = {
        workload,
        reason,
        ...(mode === undefined ? {} : { mode }),
        ...(runbook === undefined ? {} : { runbook }),
        ...(to === undefined ? {} : { to }),
        ...(record === undefined ? {} : { record }),
      };
      const opened = await client.post<Opened>('/api/v1/runs', asked);
      const { run, plan, approvalsNeeded, seq } = opened;
      if (!json) {
        print(io, `Run ${run} opened with plan sha256:${plan}.`);
        if (approvalsNeeded > 0)
          print(io, `It waits for ${approvalsNeeded} approval${approvalsNeeded === 1 ? '' : 's'} by others: resus approve ${run}`);
        else if (options.wait !== true) print(io, `See what it does: resus why ${run}`);
      }
      if (options.wait !== true) {
        if (json) printJson(io, opened);
        return;
      }
      await watch({ io, client, from: seq, json }, (told) => told.type === 'RunClosed' && told.data.run === run);
      const after = await client.get<RunView>(`/api/v1/runs/${encodeURIComponent(run)}`);
      if (json) printJson(io, after);
      if (after.outcome !== 'succeeded') io.exit(1);
    });
}
