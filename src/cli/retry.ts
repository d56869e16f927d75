// `resus retry RUN STEP`: another attempt of a failed step, with proof that the earlier one took no effect.
import type { Command } from 'commander';
import { controlRun, stepLever } from './control-run.ts';
import { controllerCommand, type Common } from './controller-command.ts';
import type { Io } from './io.ts';

export function retryCommand(io: Io): Command {
  return controllerCommand('retry', 'try a failed step again; what became of the earlier attempt is looked at first')
    .argument('<run>', 'the run')
    .argument('<step>', 'the step that failed')
    .requiredOption('--reason <text>', 'what is different now; it stands in the journal under your name')
    .action((run: string, step: string, options: Common & { readonly reason: string }) =>
      controlRun(io, options, run, stepLever(step, 'retry'), { reason: options.reason }, () => `Step ${step} is tried again. `),
    );
}
