// `resus acknowledge INCIDENT`: somebody has looked at it; neither its run nor a cooldown keeps another run from opening.
import type { Command } from 'commander';
import { connect, controllerCommand, print, printJson, type Common } from './controller-command.ts';
import type { Io } from './io.ts';
import { openedBy } from './release.ts';

type Acknowledged = { readonly incident: string; readonly runs: readonly string[]; readonly seq: number };

export function acknowledgeCommand(io: Io): Command {
  return controllerCommand('acknowledge', 'let another run open for an incident that one has treated')
    .argument('<incident>', 'the incident, as `resus why` names it')
    .requiredOption('--reason <text>', 'why; it stands in the journal under your name')
    .option('--workload <name>', 'only for this workload (default: all that the incident concerns)')
    .action(async (incident: string, options: Common & { readonly reason: string; readonly workload?: string }) => {
      const done = await connect(options, io).post<Acknowledged>(`/api/v1/incidents/${encodeURIComponent(incident)}/acknowledge`, {
        reason: options.reason,
        ...(options.workload === undefined ? {} : { workload: options.workload }),
      });
      if (options.json === true) printJson(io, done);
      else
        print(
          io,
          `${incident} is acknowledged.${done.runs.length === 0 ? ' No run opened: `resus why WORKLOAD` says what holds it.' : openedBy(done.runs)}`,
        );
    });
}
