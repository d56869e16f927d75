// `resus lab up`: the hospital in a box, in the foreground, until Ctrl-C or until whoever started it is gone. Prints where
// everything answers; with --json one line on standard output, and everything else on standard error.
import { Command, InvalidArgumentError, Option } from 'commander';
import pc from 'picocolors';
import { LabError, messageOf, missingPackage } from '../lab/processes/lab-error.ts';
import type { Endpoints, Lab } from '../lab/up.ts';

type Options = {
  readonly json?: true;
  readonly profile: 'fast' | 'aws';
  readonly kind?: true;
  readonly seed?: number;
  readonly addresses: 'auto' | 'own' | 'ports';
  readonly dir?: string;
  readonly ehrPort?: number;
  readonly postgresPort?: number;
  readonly reportsPort?: number;
  readonly awsPort?: number;
  readonly dnsPort?: number;
  readonly detached?: true;
};

const PARENT_POLL_MS = 500;

export function labCommand(): Command {
  const up = new Command('up')
    .description('start two regions with PostgreSQL, EHRs, AWS endpoints and a name server, in the foreground')
    .option('--json', 'print one line of JSON when everything answers')
    .addOption(new Option('--profile <name>', 'how long AWS takes').choices(['fast', 'aws']).default('fast'))
    .option('--kind', 'no lagging read-backs and no dropped replies')
    .option('--seed <number>', 'of everything that is drawn by lot', whole(0, Number.MAX_SAFE_INTEGER))
    .addOption(
      new Option('--addresses <mode>', 'a loopback address for each site, or 127.0.0.1 for all and ports for each')
        .choices(['auto', 'own', 'ports'])
        .default('auto'),
    )
    .option('--dir <folder>', 'make the folder of the lab in this one (default: the temporary folder)')
    .option('--ehr-port <port>', 'of every EHR', port)
    .option('--postgres-port <port>', 'of the EHR databases', port)
    .option('--reports-port <port>', 'of the reports databases', port)
    .option('--aws-port <port>', 'of every AWS endpoint', port)
    .option('--dns-port <port>', 'of the name server, on 127.0.0.1', port)
    .option('--detached', 'live on when the process that started it ends')
    .addHelpText(
      'after',
      '\nA port that is given is that of every site; where they share 127.0.0.1, that of the first, and the others have the next ones.' +
        '\nThe control API needs `Authorization: Bearer TOKEN`. The token is RESUS_LAB_TOKEN if that is set, and is printed otherwise.',
    )
    .action(run);
  return new Command('lab').description('a hospital in a box, to be broken').addCommand(up);
}

async function run(options: Options): Promise<void> {
  // Before the first await: a signal that comes while it starts must end it too.
  const ended = endOf(options.detached === true);
  const starting = new AbortController();
  const begun = start(options, starting.signal);
  begun.catch(() => undefined);
  const first = await Promise.race([
    begun.then(
      (lab) => ({ lab }),
      (error: unknown) => ({ error }),
    ),
    ended.then((reason) => ({ reason })),
  ]);
  if ('error' in first) {
    complain(first.error);
    // Signals are ours by now, so whatever may still keep the loop busy must not keep the command.
    process.exit(1);
  }
  if ('lab' in first) {
    process.stdout.write(options.json === true ? `${JSON.stringify(first.lab.endpoints)}\n` : table(first.lab.endpoints));
    process.stderr.write(`${await ended}: ending the lab\n`);
  } else {
    process.stderr.write(`${first.reason}: ending the lab while it starts\n`);
    starting.abort();
  }
  const lab = await begun.catch(() => undefined);
  await lab?.close();
  process.exit(0);
}

async function start(options: Options, signal: AbortSignal): Promise<Lab> {
  const { ehrPort, postgresPort, reportsPort, awsPort } = options;
  const fixed = { ehr: ehrPort, postgres: postgresPort, reports: reportsPort, aws: awsPort };
  const ports = Object.fromEntries(Object.entries(fixed).filter(([, value]) => value !== undefined));
  // Loaded only here: nobody else who runs `resus` pays for the lab.
  const { startLab } = await import('../lab/up.ts').catch((error: unknown) => {
    throw missingPackage(error) ?? error;
  });
  return startLab({
    profile: options.profile,
    unkind: options.kind !== true,
    signal,
    seed: options.seed,
    addresses: options.addresses,
    ports,
    dnsPort: options.dnsPort,
    folder: options.dir,
    token: process.env['RESUS_LAB_TOKEN'] === '' ? undefined : process.env['RESUS_LAB_TOKEN'],
  });
}

/** Resolves with what ended it: a signal, or the end of the process that started it. */
function endOf(isDetached: boolean): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => resolve(name));
    const parent = process.ppid;
    if (isDetached || parent === 1) return;
    setInterval(() => {
      if (process.ppid !== parent) resolve('the process that started it is gone');
    }, PARENT_POLL_MS).unref();
  });
}

function complain(error: unknown): void {
  const text = error instanceof LabError ? `${error.code} ${error.message} (${error.remedy})` : messageOf(error);
  process.stderr.write(`resus lab: ${text}\n`);
}

function table(endpoints: Endpoints): string {
  const rows: (readonly [string, string, string])[] = Object.entries(endpoints.regions).flatMap(([region, { aws, ehr, postgres }]) => [
    [region, 'AWS', aws] as const,
    ...ehr.map((url) => ['', 'EHR', url] as const),
    ['', 'PostgreSQL', postgres] as const,
  ]);
  rows.push(['us-east-1', 'Route 53', endpoints.route53]);
  rows.push(['', 'name server', `${endpoints.dns}, zone ${endpoints.zone} (${endpoints.hostedZoneId})`]);
  rows.push(
    ['the lab', 'control', endpoints.control],
    ['', 'its token', process.env['RESUS_LAB_TOKEN'] === undefined ? endpoints.controlToken : 'RESUS_LAB_TOKEN'],
  );
  const lines = rows.map(([site, what, where]) => `${pc.bold(site.padEnd(11))} ${pc.dim(what.padEnd(12))} ${where}`);
  const advice =
    endpoints.addresses === 'ports'
      ? [
          pc.yellow(
            `All sites share 127.0.0.1 and differ by port; DNS says the users' as SRV of ${endpoints.inventory['ehrUrl']?.slice(7) ?? ''}.`,
          ),
        ]
      : [];
  return `${[...lines, ...advice, pc.dim(`AWS takes as long as in profile ${endpoints.profile}. Ctrl-C ends the lab and leaves nothing behind.`)].join('\n')}\n`;
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`give a whole number from ${least} to ${most}.`);
    return value;
  };
}
const port = whole(1, 65_535);
