// `resus cancel RUN`: ends a run. One that waits for approval closes at once; one under way sends nothing more and closes when all is seen.
import type { Command } from 'commander';
import { controlRun } from './control-run.ts';
import { controllerCommand, type Common } from './controller-command.ts';
import type { Io } from './io.ts';

export function cancelCommand(io: Io): Command {
  return controllerCommand('cancel', 'end a run: nothing more is sent, what is under way is observed to its end')
    .argument('<run>', 'the run')
    .requiredOption('--reason <text>', 'why; it stands in the journal under your name')
    .option('--record <reference>', 'where this deviation is written down; a validated workload wants one once steps were sent')
    .action((run: string, options: Common & { readonly reason: string; readonly record?: string }) =>
      controlRun(io, options, run, 'cancel', {
        reason: options.reason,
        ...(options.record === undefined ? {} : { record: options.record }),
      }),
    );
}
