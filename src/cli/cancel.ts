// `resus cancel RUN`: takes back a run that waits for approval.
import type { Command } from 'commander';
import { connect, controllerCommand, print, printJson, type Common } from './controller-command.ts';
import type { Io } from './io.ts';

export function cancelCommand(io: Io): Command {
  return controllerCommand('cancel', 'take back a run that waits for approval')
    .argument('<run>', 'the run')
    .requiredOption('--reason <text>', 'why; it stands in the journal under your name')
    .action(async (run: string, options: Common & { readonly reason: string }) => {
      const done = await connect(options, io).post(`/api/v1/runs/${encodeURIComponent(run)}/cancel`, { reason: options.reason });
      if (options.json === true) printJson(io, done);
      else print(io, `Run ${run} is cancelled.`);
    });
}
