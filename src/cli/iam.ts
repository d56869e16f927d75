// `resus iam`: the least that the roles of a controller must be allowed, for exactly what is declared, as policies that AWS takes. Asks nobody and
// changes nothing; what it prints is for people who review it before they attach it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Catalogue } from '../core/catalogue.ts';
import { withStandIns, type Inventory, type Vocabulary } from '../declare/index.ts';
import { examined } from '../analysis/index.ts';
import { needsOf, type Permissions } from '../iam/needs.ts';
import { assumingPolicy, isOpen, passedAnywhere, policiesOf, type Policy, type RolePolicies } from '../iam/policies.ts';
import { misuse } from './cli-error.ts';
import { print } from './controller-command.ts';
import { givenOf, usualPaths, validIn } from './declared.ts';
import type { Io } from './io.ts';

/** What `resus.yaml` says of this. */
export type Configured = {
  readonly policies: readonly string[];
  readonly inventory: Inventory;
  readonly providers: { readonly aws?: { readonly roles?: Readonly<Record<string, string>> } };
};
export type IamParts = {
  readonly io: Io;
  readonly vocabulary: Vocabulary;
  readonly catalogue: Catalogue;
  readonly permissions: Permissions;
  readonly configured: (path: string) => Promise<Configured>;
};
type Options = {
  readonly inventory?: string;
  readonly config?: string;
  readonly account?: string;
  readonly region?: string;
  readonly out?: string;
};
/** How many managed policies a role takes, unless AWS was asked for more. */
const mostPolicies = 10;

export function iamCommand(parts: IamParts): Command {
  return new Command('iam')
    .description('the least that AWS roles must be allowed, for exactly what is declared, as JSON')
    .argument('[path...]', 'files, and folders of .yaml and .yml files (default: those of --config, else policies and runbooks)')
    .option('--inventory <file>', 'facts of one environment: ARNs and names')
    .option('--config <file>', 'a resus.yaml, for its declarations, inventory and roles')
    .option('--account <id>', 'the account of resources whose ARN does not say it, 12 digits')
    .option('--region <name>', 'print only the policy of this region, ready for `aws iam create-policy`')
    .option('--out <folder>', 'write one file a policy into this folder')
    .addHelpText(
      'after',
      '\nOne role a region: Resus assumes it at the STS of that region (`providers.aws.roles`); Route 53 uses that of us-east-1. Probes need no permission.',
    )
    .action(async (paths: string[], options: Options) => {
      const made = await iamOf(paths, options, parts);
      if (options.region !== undefined) return print(parts.io, pretty(single(made, options.region)));
      if (options.out !== undefined) return print(parts.io, ...written(made, options.out));
      print(parts.io, pretty(made));
    });
}

export type Iam = {
  readonly roles: readonly (RolePolicies & { readonly role?: string })[];
  /** Of the identity that assumes the roles; null where none are configured. */
  readonly controller: Policy | null;
  readonly notes: readonly string[];
};

async function iamOf(paths: readonly string[], options: Options, parts: IamParts): Promise<Iam> {
  const { account } = options;
  if (account !== undefined && !/^\d{12}$/.test(account))
    throw misuse('BAD_ACCOUNT', `"${account}" is no AWS account.`, 'Give its 12 digits with --account.');
  const config = options.config === undefined ? undefined : await parts.configured(options.config);
  const roles = config?.providers.aws?.roles ?? {};
  const declared = await validIn(
    paths.length > 0 ? paths : (config?.policies ?? usualPaths),
    { inventory: options.inventory, known: config?.inventory },
    parts.vocabulary,
  );
  const given = { ...givenOf(declared, parts), estate: withStandIns(declared.estate) };
  const needs = needsOf(given, parts.permissions);
  const unfilled = needs.find(({ resources, region }) => [...resources, region].some((each) => each.includes('inventory')));
  if (unfilled !== undefined)
    throw misuse(
      'INVENTORY_NEEDED',
      `${unfilled.because} names a resource that only the inventory knows.`,
      'Give it with --inventory FILE, or name the resus.yaml with --config.',
    );
  const made = policiesOf(needs, account).map((each): Iam['roles'][number] => {
    const role = roles[each.region];
    return role === undefined ? each : { ...each, role };
  });
  const uncompiled = examined(given).moves.filter(({ plan }) => plan === undefined);
  return {
    roles: made,
    controller: assumingPolicy(Object.values(roles)) ?? null,
    notes: [
      ...(made.some(isOpen) ? ['Some ARNs do not say their account: give it with --account.'] : []),
      ...[...new Set(made.flatMap(passedAnywhere))].map(
        (role) => `${role} may be passed to any service: say in \`conditions\` of the step to which (iam:PassedToService).`,
      ),
      ...made
        .filter(({ policies }) => policies.length > mostPolicies)
        .map(
          ({ region, policies }) =>
            `The role of ${region} needs ${policies.length} policies; a role takes ${mostPolicies} unless AWS was asked for more.`,
        ),
      ...(config === undefined
        ? []
        : made
            .filter(({ role }) => role === undefined)
            .map(({ region }) => `No role is configured for ${region}: the controller's own identity needs its policy.`)),
      ...(uncompiled.length === 0
        ? []
        : [
            `${uncompiled.length} plan${uncompiled.length === 1 ? '' : 's'} could not be compiled and need nothing here: see \`resus lint\`.`,
          ]),
    ],
  };
}

const pretty = (value: unknown): string => JSON.stringify(value, undefined, 2);

function single({ roles }: Iam, region: string): Policy {
  const found = roles.find((each) => each.region === region);
  const [policy, more] = found?.policies ?? [];
  if (policy === undefined)
    throw misuse(
      'REGION_UNKNOWN',
      `Nothing is needed in ${region}.`,
      `Something is in: ${roles.map((each) => each.region).join(', ') || 'none'}.`,
    );
  if (more !== undefined)
    throw misuse('POLICY_SPLIT', `The role of ${region} needs more than one policy.`, 'Write them all with --out FOLDER.');
  return policy;
}

function written({ roles, controller, notes }: Iam, folder: string): readonly string[] {
  const files = [
    ...roles.flatMap(({ region, policies }) =>
      policies.map((policy, n) => [`resus-${region}${n === 0 ? '' : `-${n + 1}`}.json`, policy] as const),
    ),
    ...(controller === null ? [] : [['resus-controller.json', controller] as const]),
  ];
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, policy] of files) writeFileSync(join(folder, name), `${pretty(policy)}\n`);
  } catch (error) {
    throw misuse('OUT_UNWRITABLE', `${folder} cannot be written: ${(error as Error).message}.`, 'Name another folder with --out.');
  }
  return [...files.map(([name]) => join(folder, name)), ...notes];
}
