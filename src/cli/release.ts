// `resus release`: lets go of the stop lever. What was held goes on where it was, after a fresh look where one is due.
import type { Command } from 'commander';
import type { ActingView } from '../core/views/acting.ts';
import { connect, controllerCommand, print, printJson, type Common } from './controller-command.ts';
import { printable, type Io } from './io.ts';

export function releaseCommand(io: Io): Command {
  return controllerCommand('release', 'let acting go on after `resus stop`')
    .option('--reason <text>', 'stands in the journal under your name')
    .action(async (options: Common & { readonly reason?: string }) => {
      const body = options.reason === undefined ? {} : { reason: options.reason };
      const done = await connect(options, io).post<ActingView & { readonly runs: readonly string[] }>('/api/v1/acting/release', body);
      if (options.json === true) printJson(io, done);
      else print(io, printable(`${done.sentence}${openedBy(done.runs)}`));
    });
}

/** What was waiting for it and began at once. */
export const openedBy = (runs: readonly string[]): string =>
  runs.length === 0 ? '' : ` It opened ${runs.map((run) => `${run} (resus why ${run})`).join(', ')}.`;
