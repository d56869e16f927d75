// `resus drill GAMEDAY`: starts a game day; with --wait it shows what happens and its exit code is the verdict.
import type { Command } from 'commander';
import type { DrillView, RunView } from '../core/views/runs.ts';
import { CliError } from './cli-error.ts';
import { connect, controllerCommand, print, printJson, type Common } from './controller-command.ts';
import { fetchEvidence } from './evidence.ts';
import type { Io } from './io.ts';
import { watch } from './watch.ts';

type Options = Common & { readonly wait?: true; readonly evidence?: string };
type Opened = { readonly drill: string; readonly workload: string; readonly seq: number };

export function drillCommand(io: Io): Command {
  return controllerCommand('drill', 'start a game day')
    .argument('<gameday>', 'the game day')
    .option('--wait', 'show what happens until the verdict; exit 0 only if it passed')
    .option('--evidence <dir>', "write the run's evidence there when it is over (waits)")
    .action(async (gameday: string, options: Options) => {
      const client = connect(options, io);
      const json = options.json === true;
      const opened = await client.post<Opened>('/api/v1/drills', { gameday });
      if (!json) {
        print(io, `Drill ${opened.drill} opened on ${opened.workload}.`);
        if (options.wait !== true && options.evidence === undefined)
          print(io, 'Watch it: resus events --follow. End it early, and undo its faults: resus stop --reason TEXT, then resus release');
      }
      if (options.wait !== true && options.evidence === undefined) {
        if (json) printJson(io, opened);
        return;
      }
      const isOver = await watch(
        { io, client, from: opened.seq, json },
        (told) => told.type === 'DrillClosed' && told.data.drill === opened.drill,
      );
      if (isOver === undefined)
        throw new CliError(1, 'INTERRUPTED', `Drill ${opened.drill} goes on; only watching it has ended.`, 'See `resus events --follow`.');
      const drill = await client.get<DrillView>(`/api/v1/drills/${encodeURIComponent(opened.drill)}`);
      const run = drill.run === undefined ? undefined : await client.get<RunView>(`/api/v1/runs/${encodeURIComponent(drill.run)}`);
      const files =
        run === undefined || options.evidence === undefined ? undefined : await fetchEvidence(client, run.run, options.evidence);
      if (json)
        printJson(io, {
          drill,
          ...(run === undefined ? {} : { run }),
          ...(files === undefined ? {} : { evidence: { dir: options.evidence, files } }),
        });
      else if (files !== undefined)
        print(io, `Evidence: ${files} files in ${options.evidence ?? ''}. Check it with: resus verify ${options.evidence ?? ''}`);
      if (drill.verdict !== 'passed') io.exit(1);
    });
}
