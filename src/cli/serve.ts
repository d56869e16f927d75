// `resus serve`: the controller. One line on stdout once it acts and answers; everything else goes to the log on stderr.
import { Command } from 'commander';
import type { Log } from '../runtime/log.ts';

export type Serve = (config: string, log: Log) => Promise<{ readonly url: string; readonly vkey: string; close: () => Promise<void> }>;
type Options = { readonly config: string; readonly json?: true; readonly exitWithParent?: true };

export function serveCommand(serve: Serve, log: () => Log): Command {
  return new Command('serve')
    .description('run the controller: probe, decide, fail over, drill, and keep the evidence')
    .option('--config <file>', 'how to run here', 'resus.yaml')
    .option('--json', 'print {"ready","url","vkey"} instead of a sentence')
    .option('--exit-with-parent', 'end when standard input closes')
    .action(async ({ config, json, exitWithParent }: Options) => {
      const { url, vkey, close } = await serve(config, log());
      process.stdout.write(
        json === true ? `${JSON.stringify({ ready: true, url, vkey })}\n` : `Resus answers at ${url}. Evidence is signed by ${vkey}.\n`,
      );
      let isEnding = false;
      const end = (): void => {
        if (isEnding) return;
        isEnding = true;
        void close().finally(() => process.exit(process.exitCode ?? 0));
      };
      process.once('SIGTERM', end).once('SIGINT', end);
      if (exitWithParent === true) process.stdin.once('close', end).once('end', end).resume();
    });
}
