// AWS clients that this project did not write against the AWS of the lab: boto3, with each reply held against botocore's service
// models, and the AWS CLI. Debian has both as python3-boto3 and awscli.

import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBench, type Bench } from '../lab/aws/memory-hospital.ts';

const run = promisify(execFile);
const works = (program: string, args: readonly string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;
const python = ['python3', '/usr/bin/python3'].find((program) => works(program, ['-c', 'import boto3']));
const cli = works('aws', ['--version']);

let bench: Bench;
beforeAll(async () => {
  bench = await startBench({}, { fisScale: 1 });
});
afterAll(() => bench.close());

describe.skipIf(python === undefined)(
  `boto3${python === undefined ? ' (skipped: no python3 with boto3; apt install python3-boto3)' : ''}`,
  () => {
    it('does everything, and no reply has anything that the service models do not know', async () => {
      const given = {
        ...Object.fromEntries(['us-east-1', 'us-east-2', 'us-west-2'].map((region) => [region, bench.url(region)])),
        zone: bench.aws.hostedZoneId,
        template: bench.aws.fisTemplateZoneLoss,
      };
      const started = run(python ?? '', [fileURLToPath(new URL('aws_clients.py', import.meta.url))], { timeout: 120_000 });
      started.child.stdin?.end(JSON.stringify(given));
      const result = JSON.parse((await started).stdout) as {
        version: string;
        steps: Record<string, unknown>;
        replies: number;
        strangers: string[];
      };
      // Debian 12 ships a client of 2022, whose models lack what AWS added since.
      const [major = 0, minor = 0] = result.version.split('.').map(Number);
      const isRecent = major > 1 || minor >= 35;
      expect(result.steps).toEqual({
        identity: '123456789012',
        role: 'arn:aws:sts::123456789012:assumed-role/resus/drill',
        zones: ['hospital.test.', 1],
        zone: 'hospital.test.',
        records: 18,
        'create record': 'PENDING',
        'create it again': '400 InvalidChangeBatch',
        'delete record': 'PENDING',
        'health check': true,
        actions: [
          'aws:ec2:stop-instances',
          'aws:fis:wait',
          'aws:network:disrupt-connectivity',
          'aws:rds:failover-db-cluster',
          'aws:rds:reboot-db-instances',
        ],
        action: 'aws:fis:wait',
        template: 'other',
        experiment: 'stopped',
        rehearsal: isRecent ? 'skipped' : 'unknown to this client',
        'move writer': ['ehr-east-b'],
        reboot: 'us-east-2b',
        promote: false,
        failover: ['pending', 'arn:aws:rds:us-west-2:123456789012:cluster:ehr-west'],
        switchover: 'arn:aws:rds:us-east-2:123456789012:cluster:ehr-east',
        events: true,
        'missing cluster': '404 DBClusterNotFoundFault',
        'missing experiment': '404 ResourceNotFoundException',
        'unknown query operation': '400 InvalidAction',
        'unknown REST-XML operation': '404 UnknownOperationException',
        'unknown REST-JSON operation': isRecent ? '404 UnknownOperationException' : 'unknown to this client',
      });
      if (isRecent) expect(result.strangers).toEqual([]);
      if (isRecent) expect(result.replies).toBeGreaterThan(50);
    }, 150_000);
  },
);

describe.skipIf(!cli)(`the AWS CLI${cli ? '' : ' (skipped: no aws; apt install awscli)'}`, () => {
  async function aws(region: string, ...args: readonly string[]): Promise<unknown> {
    const env = {
      ...process.env,
      AWS_ACCESS_KEY_ID: 'AKIDRESUSTEST0000000',
      AWS_SECRET_ACCESS_KEY: 'not-a-secret',
      AWS_PAGER: '',
      AWS_MAX_ATTEMPTS: '1',
    };
    const base = ['--region', region, '--endpoint-url', bench.url(region), '--output', 'json'];
    try {
      return JSON.parse((await run('aws', [...base, ...args], { env, timeout: 60_000 })).stdout);
    } catch (fault) {
      const stderr = fault instanceof Error && 'stderr' in fault ? String(fault.stderr) : '';
      return /An error occurred \((\w+)\)/.exec(stderr)?.[1] ?? fault;
    }
  }

  it('lists, describes, fails over and changes records', async () => {
    const zone = bench.aws.hostedZoneId;
    const member = 'GlobalClusters[0].GlobalClusterMembers[?IsWriter].DBClusterArn | [0]';
    expect(await aws('us-west-2', 'rds', 'describe-global-clusters', '--query', member)).toBe(
      'arn:aws:rds:us-east-2:123456789012:cluster:ehr-east',
    );
    const target = ['--global-cluster-identifier', 'ehr-global', '--target-db-cluster-identifier', bench.aws.clusterArns.west];
    const failover = async (region: string, ...how: readonly string[]): Promise<unknown> =>
      aws(region, 'rds', 'failover-global-cluster', ...target, '--query', 'GlobalCluster.GlobalClusterIdentifier', ...how);
    const begun = await failover('us-west-2', '--allow-data-loss');
    // A client from before there were unplanned failovers asks the primary's region for a planned one.
    const isOld = begun instanceof Error && begun.message.includes('Unknown options');
    expect(isOld ? await failover('us-east-2') : begun).toBe('ehr-global');
    const change = (value: string) => {
      const record = { Name: 'cli.hospital.test', Type: 'A', TTL: 5, ResourceRecords: [{ Value: value }] };
      return JSON.stringify({ Changes: [{ Action: 'UPSERT', ResourceRecordSet: record }] });
    };
    const upsert = ['route53', 'change-resource-record-sets', '--hosted-zone-id', zone, '--query', 'ChangeInfo.Status', '--change-batch'];
    expect(await aws('us-east-1', ...upsert, change('192.0.2.77'))).toBe('PENDING');
    expect(await aws('us-east-1', ...upsert, change('not an address'))).toBe('InvalidChangeBatch');
    const names = [
      'route53',
      'list-resource-record-sets',
      '--hosted-zone-id',
      zone,
      '--page-size',
      '2',
      '--query',
      'length(ResourceRecordSets)',
    ];
    expect(await aws('us-east-1', ...names)).toBe(19);
    const start = [
      'fis',
      'start-experiment',
      '--experiment-template-id',
      bench.aws.fisTemplateZoneLoss,
      '--query',
      'experiment.state.status',
    ];
    expect(await aws('us-east-2', ...start)).toBe('pending');
    expect(await aws('us-east-2', 'rds', 'describe-db-log-files', '--db-instance-identifier', 'reports')).toBe('InvalidAction');
  }, 120_000);
});
