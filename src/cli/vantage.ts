// `resus vantage`: a process that probes from where it stands and reports to the controller.
import { Command } from 'commander';
import { agentSignal, checkedName, providersConfigFrom, tokenFrom } from '../vantage/agent.ts';
import { runVantage } from '../vantage/vantage.ts';

type Options = {
  readonly name: string;
  readonly controller: string;
  readonly tokenEnv: string;
  readonly config?: string;
  readonly exitWithParent?: true;
};

export function vantageCommand(): Command {
  return new Command('vantage')
    .description('probe from this place and report to the controller')
    .requiredOption('--name <name>', 'name of this vantage, as a site declares it')
    .requiredOption('--controller <url>', 'base URL of the controller')
    .option('--token-env <variable>', 'environment variable that holds the token', 'RESUS_TOKEN')
    .option('--config <file>', 'resus.yaml, for the settings of the providers')
    .option('--exit-with-parent', 'end when standard input closes')
    .action(async (options: Options) => {
      await runVantage({
        name: checkedName('vantage', options.name),
        controller: options.controller,
        token: tokenFrom(options.tokenEnv),
        providersConfig: await providersConfigFrom(options.config),
        signal: agentSignal(options.exitWithParent === true),
      });
    });
}
