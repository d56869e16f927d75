// `resus pause RUN`: nothing new is sent until somebody resumes it. Between fence and promotion it holds after the promotion.
import type { Command } from 'commander';
import { durationMs } from '../declare/duration.ts';
import { misuse } from './cli-error.ts';
import { controlRun } from './control-run.ts';
import { controllerCommand, type Common } from './controller-command.ts';
import type { Io } from './io.ts';

export function pauseCommand(io: Io): Command {
  return controllerCommand('pause', 'hold a run between its steps; what is under way is observed to its end')
    .argument('<run>', 'the run')
    .requiredOption('--reason <text>', 'why; it stands in the journal under your name')
    .option('--for <duration>', 'how long at most, e.g. 20m; then the run ends (default: `approvals.expire` of its tier)')
    .action((run: string, options: Common & { readonly reason: string; readonly for?: string }) => {
      const forMs = options.for === undefined ? undefined : duration('--for', options.for);
      return controlRun(io, options, run, 'pause', { reason: options.reason, ...(forMs === undefined ? {} : { forMs }) });
    });
}

export function duration(option: string, text: string): number {
  const found = durationMs(text);
  if (found === undefined) throw misuse('BAD_DURATION', `${option} ${text} is not a duration.`, 'Write e.g. `500ms`, `90s` or `15m`.');
  return found;
}
