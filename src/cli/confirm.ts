// `resus confirm RUN STEP`: says, under one's own name, that a task is done which only people can do.
import type { Command } from 'commander';
import { controlRun, stepLever } from './control-run.ts';
import { controllerCommand, type Common } from './controller-command.ts';
import type { Io } from './io.ts';

export function confirmCommand(io: Io): Command {
  return controllerCommand('confirm', 'say that a task for people is done; the run goes on')
    .argument('<run>', 'the run')
    .argument('<step>', 'the step that asks')
    .option('--comment <text>', 'what was seen or done; it stands in the journal under your name')
    .option('--answer <text>', 'what the step asks for: a text, or an instant such as 2026-11-22T03:00:00Z')
    .action((run: string, step: string, options: Common & { readonly comment?: string; readonly answer?: string }) =>
      controlRun(
        io,
        options,
        run,
        stepLever(step, 'confirm'),
        {
          ...(options.comment === undefined ? {} : { comment: options.comment }),
          ...(options.answer === undefined ? {} : { answer: options.answer }),
        },
        () => `Step ${step} is confirmed. `,
      ),
    );
}
