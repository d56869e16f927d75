// `resus canary`: the users' path of one population, in a process of its own.
import { Command } from 'commander';
import { runCanary } from '../canary/canary.ts';
import { agentSignal, tokenFrom } from '../vantage/agent.ts';

type Options = {
  readonly workload: string;
  readonly population: string;
  readonly controller: string;
  readonly dir: string;
  readonly tokenEnv: string;
  readonly serveStale?: true;
  readonly exitWithParent?: true;
};

export function canaryCommand(): Command {
  return new Command('canary')
    .description('write canaries as users of a workload do, and keep the ledger of what was acknowledged')
    .requiredOption('--workload <name>', 'the workload')
    .requiredOption('--population <name>', "the population whose path this is, as the workload's users' path declares it")
    .requiredOption('--controller <url>', 'base URL of the controller')
    .requiredOption('--dir <folder>', 'where the ledger is kept')
    .option('--token-env <variable>', 'environment variable that holds the token', 'RESUS_TOKEN')
    .option('--serve-stale', 'go on with an expired address while no name server answers, as some clients do')
    .option('--exit-with-parent', 'end when standard input closes')
    .action(async (options: Options) => {
      await runCanary({
        controller: options.controller,
        token: tokenFrom(options.tokenEnv),
        workload: options.workload,
        population: options.population,
        dir: options.dir,
        signal: agentSignal(options.exitWithParent === true),
        ...(options.serveStale === undefined ? {} : { serveStale: true }),
      });
    });
}
