// `resus demo`: what the newcomer types. Exit 0 only if both targets were met on the users' path and the evidence verifies.
import { Command, Option } from 'commander';
import { relative } from 'node:path';
import pc from 'picocolors';
import type { Addresses, Demo, Result } from '../demo/result.ts';
import type { Io } from './io.ts';
import { print, printJson } from './controller-command.ts';

type Options = {
  readonly dir: string;
  readonly gameday: string;
  readonly profile: 'fast' | 'aws';
  readonly addresses: Addresses;
  readonly json?: true;
};

export function demoCommand(io: Io, demo: Demo): Command {
  return new Command('demo')
    .description('a hospital in a box loses a region, recovers, and gets a signed account of it')
    .option('--json', 'print one JSON object on stdout, everything else on stderr')
    .option('--dir <folder>', 'where the evidence and the logs go', 'resus-demo')
    .option('--gameday <name>', 'which game day', 'region-loss')
    .addOption(new Option('--profile <name>', 'how long AWS takes').choices(['fast', 'aws']).default('fast'))
    .addOption(
      new Option('--addresses <mode>', 'a loopback address for each site of the lab, or 127.0.0.1 for all and ports for each')
        .choices(['auto', 'own', 'ports'])
        .default('auto'),
    )
    .action(async ({ dir, gameday, profile, addresses, json }: Options) => {
      const result = await demo({ folder: dir, gameday, profile, addresses, json: json === true, io });
      if (json === true) printJson(io, result);
      else print(io, ...inWords(result, dir));
      if (result.outcome !== 'passed') io.exit(1);
    });
}

/** The result at one glance, and where everything is. */
export function inWords(result: Result, dir: string): string[] {
  const isPassed = result.outcome === 'passed';
  const verdict = isPassed ? pc.green(pc.bold('PASSED')) : pc.red(pc.bold('FAILED'));
  const seconds = (ms: number | null): string => (ms === null ? '-' : `${(ms / 1000).toFixed(1)} s`);
  const phases = Object.entries(result.phasesMs).map(([phase, ms]) => `${phase} ${seconds(ms)}`);
  const { failback: home } = result;
  const { acknowledged = 0, lost = 0, duplicated = 0, unknown = 0 } = result.canaries;
  return [
    '',
    `  ${verdict}  ${result.workload}: ${result.diagnosis === '' ? 'a planned move' : result.diagnosis}, run ${result.run}${result.because === undefined ? '' : `: ${result.because}`}`,
    '',
    `  RTA       ${seconds(result.rtaMs).padEnd(8)} target ${seconds(result.rtoTargetMs)}   (${phases.join(', ')})`,
    `  RPA       ${seconds(result.rpaMs).padEnd(8)} target ${seconds(result.rpoTargetMs)}   an upper bound: the gap between two canaries is in it`,
    `  Canaries  ${acknowledged} acknowledged, ${lost} lost, ${duplicated} duplicated, ${unknown} unknown`,
    ...(home === undefined
      ? []
      : [
          `  Failback  RTA ${seconds(home.rtaMs)}, RPA ${seconds(home.rpaMs)}, ${home.canaries['lost'] ?? 0} canaries lost (run ${home.run})`,
        ]),
    `  Fencing   ${result.fencing}${result.fencing === 'provider-asserted' ? "   the provider's word, not a proof" : ''}`,
    `  Floor     ${result.floor} (${result.profile} timing)   proves the software, not the hospital`,
    `  Journal   ${result.journal.entries} entries, root ${result.journal.root.slice(0, 16)}`,
    '',
    `  Evidence  ${relative('.', result.bundle) || result.bundle}   check it: npm run --silent resus -- verify ${relative('.', result.bundle) || result.bundle}`,
    `  Report    ${relative('.', result.bundle) || result.bundle}/report.html`,
    `  Logs      ${dir}/logs`,
    '',
  ];
}
