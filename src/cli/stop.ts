// `resus stop`: the lever for everything. Nothing new is started until somebody lets go; what is under way is observed to its end.
import type { Command } from 'commander';
import type { ActingView } from '../core/views/acting.ts';
import { connect, controllerCommand, print, printJson, type Common } from './controller-command.ts';
import { printable, type Io } from './io.ts';

export function stopCommand(io: Io): Command {
  return controllerCommand('stop', 'start nothing new anywhere, until `resus release`')
    .requiredOption('--reason <text>', 'why; it stands in the journal under your name')
    .addHelpText(
      'after',
      '\nRuns hold between their steps; one between fence and promotion goes on to the promotion. Game days end and undo their faults. It\nnever stops a healthy writer, and detection goes on.',
    )
    .action(async (options: Common & { readonly reason: string }) => {
      const done = await connect(options, io).post<ActingView>('/api/v1/acting/stop', { reason: options.reason });
      if (options.json === true) printJson(io, done);
      else print(io, printable(done.sentence));
    });
}
