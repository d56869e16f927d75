// `resus import`: a draft of sites and workloads from what stands in AWS, by a state of Terraform or by looking. It only reads, and what it
// prints validates once its TODOs are answered.
import { Command } from 'commander';
import { draftOf, terraformState, type Seen } from '../import/index.ts';
import { CliError } from './cli-error.ts';
import { printable, type Io } from './io.ts';

/** Looks at AWS in these regions, as the configuration of a controller says if one is given. */
export type SeeAws = (regions: readonly string[], config: string | undefined, signal: AbortSignal) => Promise<Seen>;

export function importCommand({ io, seeAws }: { readonly io: Io; readonly seeAws: SeeAws }): Command {
  const state = new Command('terraform-state')
    .description('from a state of Terraform or OpenTofu (`terraform state pull`); its secrets are not looked at')
    .argument('<file>', 'the state')
    .action((file: string) => {
      const read = terraformState(textOf(io, file));
      if (!read.ok) throw new CliError(1, 'NOT_A_STATE', `${file} is no state of Terraform: ${read.message}.`, read.remedy);
      show(io, read.seen);
    });
  const aws = new Command('aws')
    .description('from what RDS and Route 53 say; it only describes and lists')
    .requiredOption('--region <region...>', 'where to look for databases')
    .option('--config <file>', 'the configuration of a controller (`resus.yaml`): its `providers.aws` says endpoints, roles and keys')
    .action(async ({ region, config }: { readonly region: readonly string[]; readonly config?: string }) => {
      const bad = region.find((each) => !/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(each));
      if (bad !== undefined) throw new CliError(2, 'BAD_REGION', `${printable(bad)} is no region.`, 'E.g. us-east-2.');
      show(io, await looked(() => seeAws(region, config, new AbortController().signal)));
    });
  return new Command('import').description('a draft of sites and workloads from what stands in AWS').addCommand(state).addCommand(aws);
}

function textOf(io: Io, file: string): string {
  try {
    return io.readFile(file);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new CliError(1, 'PATH_UNREADABLE', `${file} cannot be read (${code}).`, 'Check the path.');
  }
}

async function looked(see: () => Promise<Seen>): Promise<Seen> {
  try {
    return await see();
  } catch (error) {
    if (error instanceof CliError) throw error;
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const said = name === 'AbortError' ? 'no answer in time' : message.slice(0, 300);
    throw new CliError(
      1,
      'AWS_UNREADABLE',
      `AWS could not be looked at: ${printable(said)}.`,
      'Check the credentials, the regions and the right to rds:Describe*, route53:ListHostedZones and route53:ListResourceRecordSets.',
    );
  }
}

function show(io: Io, seen: Seen): void {
  const { globals, clusters, instances, records } = seen;
  if (globals.length + clusters.length + instances.length === 0)
    throw new CliError(
      1,
      'NOTHING_FOUND',
      'There is no database in it.',
      'Resus drafts workloads from RDS: global databases, clusters, instances.',
    );
  io.out(draftOf(seen));
  const counted = [
    [globals, 'global database'],
    [clusters, 'cluster'],
    [instances, 'instance'],
    [records, 'record'],
  ] as const;
  const said = counted.map(([all, noun]) => `${all.length} ${noun}${all.length === 1 ? '' : 's'}`);
  io.err(`Seen: ${said.join(', ')}. Write it to a file and answer its TODOs.\n`);
}
