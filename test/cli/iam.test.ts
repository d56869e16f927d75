// `resus iam` over the shipped hospital: the policies that it prints are ones that IAM takes, allow what the runbooks do and nothing else, and never
// change while the declarations do not.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { iamCommand, type Iam } from '../../src/cli/iam.ts';
import { runCli } from '../../src/cli/index.ts';
import { readConfig } from '../../src/config.ts';
import { labPolicies } from '../../src/demo/lab-policies.ts';
import type { Provider } from '../../src/ports.ts';
import { permissionsOf, providers } from '../../src/providers/index.ts';
import { catalogue, vocabulary } from '../analysis/base.ts';
import { problemsOf } from '../iam/policy-grammar.ts';
import { uselessIn } from '../iam/service-reference.ts';
import { recordedIo } from './stdio.ts';

const permissions = permissionsOf(providers as readonly unknown[] as readonly Provider[]);
const inventory = ['--inventory', 'docs/riverside/inventory.yaml'];
let folder: string;
/** The record and what the laboratory has besides; the whole estate is looked at once, below. */
let lab: readonly string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'resus-iam-'));
  lab = labPolicies('.', folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function iam(args: readonly string[]) {
  const io = recordedIo();
  const configured = (path: string) => Promise.resolve(readConfig(path, 'c'));
  const more = [iamCommand({ io, vocabulary, catalogue, permissions, configured })];
  const exit = await runCli(['iam', ...args], { io, version: '0', vocabulary, catalogue, more });
  return { exit, out: io.printed(), err: io.complained() };
}
const made = async (args: readonly string[] = lab): Promise<Iam> => JSON.parse((await iam([...args, ...inventory])).out) as Iam;

test('of the whole estate each policy is one that IAM takes, and AWS could match all of it', async () => {
  const { roles } = await made(['policies', 'runbooks', '--account', '123456789012']);
  const all = roles.flatMap(({ policies }) => policies);
  expect(JSON.stringify(all)).toContain('healthlake:StartFHIRImportJob');
  const regionsThat = (action: string): readonly string[] => roles.flatMap(({ region, because }) => (action in because ? [region] : []));
  // The training stands in one region, and is stopped there only: `when` says so.
  expect(regionsThat('autoscaling:UpdateAutoScalingGroup')).toEqual(['us-west-2']);
  expect(regionsThat('backup:StartRestoreJob')).toEqual(['us-east-2', 'us-west-2']);
  for (const policy of all) expect([...problemsOf(policy), ...(await uselessIn(policy))]).toEqual([]);
  const passing = all.flatMap(({ Statement }) => Statement.filter(({ Action }) => Action.includes('iam:PassRole')));
  expect([...new Set(passing.flatMap(({ Condition }) => Condition?.['StringEquals']?.['iam:PassedToService'] ?? ['any']))].sort()).toEqual([
    'backup.amazonaws.com',
    'healthlake.amazonaws.com',
  ]);
});

describe('what is shipped', () => {
  test('needs one role in each region, and each policy is one that IAM takes', async () => {
    const { roles, controller, notes } = await made();
    expect(roles.map(({ region }) => region)).toEqual(['us-east-2', 'us-west-2']);
    for (const { policies } of roles) for (const policy of policies) expect(problemsOf(policy)).toEqual([]);
    expect([controller, notes]).toEqual([null, []]);
  });
  test('may do to each region what its runbooks do there', async () => {
    const { roles } = await made();
    expect(Object.fromEntries(roles.map(({ region, because }) => [region, Object.keys(because)]))).toEqual({
      'us-east-2': [
        'fis:GetExperiment',
        'fis:GetExperimentTemplate',
        'fis:ListExperiments',
        'fis:StartExperiment',
        'fis:StopExperiment',
        'fis:TagResource',
        'rds:DescribeDBClusters',
        'rds:DescribeEvents',
        'rds:DescribeGlobalClusters',
        'rds:FailoverDBCluster',
        'rds:FailoverGlobalCluster',
        'rds:SwitchoverGlobalCluster',
      ],
      'us-west-2': [
        'rds:DescribeDBClusters',
        'rds:DescribeEvents',
        'rds:DescribeGlobalClusters',
        'rds:FailoverDBCluster',
        'rds:FailoverGlobalCluster',
        'rds:SwitchoverGlobalCluster',
      ],
    });
    expect(roles[0]?.because['rds:FailoverGlobalCluster']).toEqual([
      'ehr failover (ehr-region-failover), step promote',
      'ehr switchover (ehr-switchover), step promote without grace',
    ]);
  });
  test('is the same bytes each time, and word for word', async () => {
    const { out } = await iam([...lab, '--region', 'us-west-2', ...inventory]);
    await expect(out).toMatchFileSnapshot('iam.golden.txt');
    expect((await iam([...lab, '--region', 'us-west-2', ...inventory])).out).toBe(out);
    expect(problemsOf(JSON.parse(out))).toEqual([]);
  });
});

test('files are written, one a policy', async () => {
  const out = join(folder, 'policies');
  const { exit, out: said } = await iam([...lab, ...inventory, '--out', out]);
  expect(exit).toBe(0);
  const files = readdirSync(out).sort();
  expect(files).toEqual(['resus-us-east-2.json', 'resus-us-west-2.json']);
  expect(said.trim().split('\n')).toEqual(files.map((name) => join(out, name)));
  for (const name of files) expect(problemsOf(JSON.parse(readFileSync(join(out, name), 'utf8')))).toEqual([]);
});

test('a resus.yaml gives the declarations, the inventory and the roles that the controller assumes', async () => {
  const role = (region: string): string => `arn:aws:iam::123456789012:role/resus-${region}`;
  const path = join(folder, 'resus.yaml');
  const cwd = process.cwd();
  writeFileSync(
    path,
    `data: ./data
policies: [${join(cwd, 'policies')}, ${join(cwd, 'runbooks')}]
inventory: ${join(cwd, 'docs/riverside/inventory.yaml')}
providers:
  aws:
    roles: { us-east-2: '${role('us-east-2')}' }
`,
  );
  const { exit, out, err } = await iam(['--config', path]);
  expect([exit, err]).toEqual([0, '']);
  const { roles, controller, notes } = JSON.parse(out) as Iam;
  expect(roles.map((each) => each.role)).toEqual([role('us-east-2'), undefined]);
  expect(controller?.Statement).toEqual([
    { Sid: 'StsAssumeRole', Effect: 'Allow', Action: ['sts:AssumeRole'], Resource: [role('us-east-2')] },
  ]);
  expect(problemsOf(controller)).toEqual([]);
  expect(notes).toEqual(["No role is configured for us-west-2: the controller's own identity needs its policy."]);
});

test('a record of Route 53 may be changed under its own name only, and only by the role of us-east-1', async () => {
  const runbook = join(folder, 'runbook.yaml');
  writeFileSync(
    runbook,
    readFileSync('runbooks/ehr-zone-failover.yaml', 'utf8').replace(
      /steps:[\s\S]*/,
      `steps:
    - id: point
      uses: aws.route53.change-record
      with: { hostedZone: Z123, name: '*.EHR.riverside.example.', type: A, ttl: 30, values: [192.0.2.1] }
`,
    ),
  );
  const others = lab.filter((path) => !path.endsWith('ehr-zone-failover.yaml'));
  const { roles } = await made([...others, runbook, '--account', '123456789012']);
  const own = roles.find(({ region }) => region === 'us-east-1');
  for (const policy of own?.policies ?? []) expect(problemsOf(policy)).toEqual([]);
  expect(own?.policies[0]?.Statement.find(({ Action }) => Action.includes('route53:ChangeResourceRecordSets'))).toEqual({
    Sid: 'Route53ChangeResourceRecordSets',
    Effect: 'Allow',
    Action: ['route53:ChangeResourceRecordSets'],
    Resource: ['arn:aws:route53:::hostedzone/Z123'],
    Condition: {
      'ForAllValues:StringEquals': {
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['\\052.ehr.riverside.example', '_resus-epoch.ehr.riverside.example'],
      },
    },
  });
});

describe('what goes wrong says what to do', () => {
  test.each<[string, readonly string[], string]>([
    [
      'no inventory',
      [],
      'INVENTORY_NEEDED ehr failover (ehr-region-failover-room), step promote names a resource that only the inventory knows.',
    ],
    ['an account that is none', [...inventory, '--account', '12'], 'BAD_ACCOUNT "12" is no AWS account.'],
    [
      'a region in which nothing is needed',
      [...inventory, '--region', 'eu-west-1'],
      'REGION_UNKNOWN Nothing is needed in eu-west-1. Something is in: us-east-2, us-west-2.',
    ],
    ['no such folder', ['nowhere'], 'NOT_VALID'],
    ['no such inventory', ['--inventory', 'nowhere'], 'BAD_INVENTORY'],
    ['a folder that cannot be written', [...inventory, '--out', 'package.json/x'], 'OUT_UNWRITABLE'],
  ])('%s', async (_what, args, message) => {
    const { exit, err } = await iam(args);
    expect(err).toContain(message);
    expect(exit).toBe(2);
  });
  test('help says what it is for', async () =>
    expect((await iam(['--help'])).out).toMatch(/Usage: resus iam [\s\S]*--account[\s\S]*Probes need no permission/));
});
