// `resus skip RUN STEP`: does without a step. Never a fence, never a promotion that the rest stands on.
import type { Command } from 'commander';
import { controlRun, stepLever } from './control-run.ts';
import { controllerCommand, type Common } from './controller-command.ts';
import type { Io } from './io.ts';

export function skipCommand(io: Io): Command {
  return controllerCommand('skip', 'do without a step that failed or has not begun; never a fence')
    .argument('<run>', 'the run')
    .argument('<step>', 'the step')
    .requiredOption('--reason <text>', 'why that is safe; it stands in the journal under your name')
    .option('--record <reference>', 'where this deviation is written down; a validated workload wants one')
    .action((run: string, step: string, options: Common & { readonly reason: string; readonly record?: string }) =>
      controlRun(
        io,
        options,
        run,
        stepLever(step, 'skip'),
        {
          reason: options.reason,
          ...(options.record === undefined ? {} : { record: options.record }),
        },
        () => `Step ${step} is skipped. `,
      ),
    );
}
