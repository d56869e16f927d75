// `resus maintain WORKLOAD`: no automatic failover and no game day until then. Incidents are still opened and shown.
import type { Command } from 'commander';
import { misuse } from './cli-error.ts';
import { connect, controllerCommand, print, printJson, type Common } from './controller-command.ts';
import type { Io } from './io.ts';
import { openedBy } from './release.ts';
import { duration } from './pause.ts';

type Options = Common & { readonly until?: string; readonly for?: string; readonly reason?: string; readonly end?: true };

export function maintainCommand(io: Io): Command {
  return controllerCommand('maintain', 'withhold automatic failover and game days of a workload for a while')
    .argument('<workload>', 'the workload')
    .option('--until <instant>', 'until when, with its zone: 2026-11-22T18:00Z or 2026-11-22T18:00+01:00')
    .option('--for <duration>', 'or how long: 2h (at most 7 days)')
    .option('--reason <text>', 'why; it stands in the journal under your name')
    .option('--end', 'it is over now')
    .action(async (workload: string, options: Options) => {
      const path = `/api/v1/workloads/${encodeURIComponent(workload)}/maintenance`;
      const client = connect(options, io);
      const { reason } = options;
      if (options.end === true) {
        const done = await client.post<{ readonly runs: readonly string[] }>(`${path}/end`, reason === undefined ? {} : { reason });
        if (options.json === true) printJson(io, done);
        else print(io, `Maintenance of ${workload} is over; Resus acts on it again.${openedBy(done.runs)}`);
        return;
      }
      const until = untilOf(options, io.now());
      if (reason === undefined) throw misuse('NO_REASON', 'Maintenance needs a reason.', 'Give --reason TEXT.');
      const done = await client.post(path, { until, reason });
      if (options.json === true) printJson(io, done);
      else
        print(
          io,
          `${workload} is maintained until ${new Date(until).toISOString()}: nothing is done about it without a person. When it is done: resus maintain ${workload} --end`,
        );
    });
}

function untilOf({ until, for: span }: Options, now: number): number {
  if ((until === undefined) === (span === undefined))
    throw misuse('NO_END', 'Say either until when or how long.', 'Give --until 2026-11-22T18:00Z or --for 2h.');
  if (span !== undefined) return now + duration('--for', span);
  const text = until ?? '';
  const at = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at))
    throw misuse(
      'BAD_INSTANT',
      `--until ${text} is not an instant with its zone.`,
      'Write e.g. 2026-11-22T18:00Z or 2026-11-22T18:00+01:00.',
    );
  return at;
}
