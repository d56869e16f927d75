// `resus ungraceful RUN`: the ungraceful variants of the approved plan, for the rest of the run or for one step.
import type { Command } from 'commander';
import { controlRun } from './control-run.ts';
import { controllerCommand, type Common } from './controller-command.ts';
import type { Io } from './io.ts';

export function ungracefulCommand(io: Io): Command {
  return controllerCommand('ungraceful', 'give up on grace: go on with the ungraceful variants of the approved plan')
    .argument('<run>', 'the run')
    .requiredOption('--reason <text>', 'why; it stands in the journal under your name')
    .option('--record <reference>', 'where this deviation is written down; a validated workload wants one')
    .option('--step <step>', 'only this step')
    .action((run: string, options: Common & { readonly reason: string; readonly record?: string; readonly step?: string }) =>
      controlRun(
        io,
        options,
        run,
        'ungraceful',
        {
          reason: options.reason,
          ...(options.record === undefined ? {} : { record: options.record }),
          ...(options.step === undefined ? {} : { step: options.step }),
        },
        ({ steps = [] }) => (steps.length === 0 ? '' : `Without grace from now on: ${steps.join(', ')}. `),
      ),
    );
}
