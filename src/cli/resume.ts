// `resus resume RUN`: ends a pause.
import type { Command } from 'commander';
import { controlRun } from './control-run.ts';
import { controllerCommand, type Common } from './controller-command.ts';
import type { Io } from './io.ts';

export function resumeCommand(io: Io): Command {
  return controllerCommand('resume', 'go on with a run that was paused')
    .argument('<run>', 'the run')
    .option('--reason <text>', 'why; it stands in the journal under your name')
    .action((run: string, options: Common & { readonly reason?: string }) =>
      controlRun(io, options, run, 'resume', options.reason === undefined ? {} : { reason: options.reason }),
    );
}
