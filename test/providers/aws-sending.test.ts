// How often what reaches AWS, and what is made of each kind of answer: real SDK clients against an endpoint that counts.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aws } from '../../src/providers/aws/index.ts';
import type { Action } from '../../src/ports.ts';
import { READ_DEADLINE_MS, MUTATION_DEADLINE_MS } from '../../src/providers/aws/send.ts';
import type { AwsTools } from '../../src/providers/aws/tools.ts';
import { answer, awsToolsFor, awsWire, call, refuse, silentServer, type Wire, type WireReply } from './fixtures.ts';

const open: Wire[] = [];
async function wire(operations: Parameters<typeof awsWire>[0]): Promise<Wire> {
  const made = await awsWire(operations);
  open.push(made);
  return made;
}
beforeAll(async () => {
  const tools = awsToolsFor('http://127.0.0.1:9');
  await Promise.all([tools.rds('us-east-2'), tools.route53(), tools.fis('us-east-2')]);
}, 30_000);
afterAll(() => Promise.all(open.map((each) => each.close())));

const named = (name: string): Action<AwsTools> => {
  const found = aws.actions.find((action) => action.name === name);
  if (found === undefined) throw new Error(`no action ${name}`);
  return found;
};
const instance =
  '<DBInstances><DBInstance><DBInstanceIdentifier>reports</DBInstanceIdentifier><DBInstanceStatus>available</DBInstanceStatus><AvailabilityZone>us-east-2a</AvailabilityZone></DBInstance></DBInstances>';
const zoneRecords = `<ListResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ResourceRecordSets><ResourceRecordSet><Name>ehr.hospital.test.</Name><Type>A</Type><SetIdentifier>east</SetIdentifier><Weight>10</Weight><TTL>2</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords><HealthCheckId>check-1</HealthCheckId></ResourceRecordSet></ResourceRecordSets><IsTruncated>false</IsTruncated><MaxItems>300</MaxItems></ListResourceRecordSetsResponse>`;
const changed = (status: string): string =>
  `<ChangeResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeInfo><Id>/change/C1</Id><Status>${status}</Status><SubmittedAt>2026-11-22T10:00:00Z</SubmittedAt></ChangeInfo></ChangeResourceRecordSetsResponse>`;
const reads: Record<string, () => WireReply> = {
  DescribeDBInstances: () => answer(instance),
  'GET /hostedzone/Z1/rrset': () => answer(zoneRecords),
};

const weights = { hostedZone: 'Z1', name: 'ehr.hospital.test', type: 'A', weights: { east: 0 } };
const once = [
  [
    'aws.rds.failover-global-cluster',
    'FailoverGlobalCluster',
    { cluster: 'ehr-global', target: 'arn:aws:rds:us-west-2:1:cluster:ehr-west', region: 'us-west-2' },
  ],
  [
    'aws.rds.switchover-global-cluster',
    'SwitchoverGlobalCluster',
    { cluster: 'ehr-global', target: 'arn:aws:rds:us-west-2:1:cluster:ehr-west', region: 'us-east-2' },
  ],
  ['aws.rds.failover-db-cluster', 'FailoverDBCluster', { cluster: 'ehr-east', target: 'ehr-east-b', region: 'us-east-2' }],
  ['aws.rds.reboot-with-failover', 'RebootDBInstance', { instance: 'reports', leaveZone: 'us-east-2a', region: 'us-east-2' }],
  ['aws.rds.promote-read-replica', 'PromoteReadReplica', { instance: 'reports', region: 'us-west-2' }],
  ['aws.route53.shift-weight', 'POST /hostedzone/Z1/rrset', weights],
] as const;
const experiment = { template: 'EXT1', region: 'us-east-2' };
const repeatable = [
  [
    'aws.fis.run-experiment',
    'POST /experiments',
    experiment,
    JSON.stringify({ experiment: { id: 'EXP1', state: { status: 'initiating' } } }),
  ],
] as const;

describe('a mutation that must not be repeated is sent once, whatever comes back', () => {
  const replies: readonly (readonly [string, WireReply, object])[] = [
    ['the reply is lost', { kind: 'drop' }, { kind: 'unknown' }],
    ['AWS fails', refuse(500, 'InternalFailure'), { kind: 'unknown' }],
    ['AWS throttles', refuse(400, 'Throttling'), { kind: 'failed', code: 'Throttling', retriable: true }],
    [
      'AWS refuses',
      refuse(400, 'InvalidGlobalClusterStateFault'),
      { kind: 'failed', code: 'InvalidGlobalClusterStateFault', retriable: false },
    ],
    ['AWS denies', refuse(403, 'AccessDenied'), { kind: 'failed', code: 'AccessDenied', retriable: false }],
  ];
  for (const [name, operation, input] of once)
    test.each(replies)(`${operation}: %s`, async (_case, reply, expected) => {
      const made = await wire({ ...reads, [operation]: () => reply });
      expect(await named(name).apply({ ...call(), with: input, tools: made.tools })).toMatchObject(expected);
      expect(made.calls(operation)).toBe(1);
    });
});

describe('a mutation that may be repeated is sent again after a lost reply', () => {
  test.each(repeatable)('%s', async (name, operation, input, reply) => {
    const made = await wire({ ...reads, [operation]: (_body, count) => (count === 1 ? { kind: 'drop' } : answer(reply)) });
    expect(await named(name).apply({ ...call(), with: input, tools: made.tools })).toMatchObject({ kind: 'accepted' });
    expect(made.calls(operation)).toBe(2);
    expect(made.sent(operation)[1]).toBe(made.sent(operation)[0]);
  });
});

test('reads are tried again', async () => {
  const made = await wire({ DescribeDBInstances: (_body, count) => (count < 3 ? refuse(500, 'InternalFailure') : answer(instance)) });
  const seen = await named('aws.rds.reboot-with-failover').observe({ ...call(), with: once[3][2], tools: made.tools });
  expect(seen).toEqual({ kind: 'absent', because: 'reports is in us-east-2a' });
});

test('an upsert keeps what else hangs on the record set', async () => {
  const made = await wire({ ...reads, 'POST /hostedzone/Z1/rrset': () => answer(changed('INSYNC')) });
  expect(await named('aws.route53.shift-weight').apply({ ...call(), with: weights, tools: made.tools })).toEqual({
    kind: 'succeeded',
    data: { changeId: 'C1' },
  });
  const body = made.sent('POST /hostedzone/Z1/rrset')[0] ?? '';
  for (const part of [
    '<Action>UPSERT</Action>',
    '<HealthCheckId>check-1</HealthCheckId>',
    '<Value>192.0.2.1</Value>',
    '<Weight>0</Weight>',
  ])
    expect(body).toContain(part);
});

test('an instance that has left the zone is not rebooted again', async () => {
  const made = await wire({ DescribeDBInstances: () => answer(instance.replace('us-east-2a', 'us-east-2b')) });
  const outcome = await named('aws.rds.reboot-with-failover').apply({ ...call(), with: once[3][2], tools: made.tools });
  expect(outcome).toEqual({ kind: 'succeeded', data: { zone: 'us-east-2b' } });
  expect(made.calls('RebootDBInstance')).toBe(0);
});

test('nonsense from AWS is unknown, not a crash', async () => {
  for (const body of ['', '<', '<DBInstances><DBInstance></DBInstance></DBInstances>', '{"x":1}']) {
    const made = await wire({ DescribeDBInstances: () => answer(body) });
    const seen = await named('aws.rds.promote-read-replica').observe({
      ...call('t', AbortSignal.timeout(1_500)),
      with: once[4][2],
      tools: made.tools,
    });
    expect(['unknown', 'underway']).toContain(seen.kind);
  }
});

test('a silent region costs a bounded time without any deadline of the step', { timeout: 15_000 }, async () => {
  const server = await silentServer();
  const tools = awsToolsFor(`http://127.0.0.1:${server.port}`);
  const began = Date.now();
  const never = new AbortController().signal;
  const [seen, sent] = await Promise.all([
    named('aws.rds.failover-global-cluster')
      .observe({ ...call('t', never), with: once[0][2], tools })
      .then((answered) => ({ answered, ms: Date.now() - began })),
    named('aws.rds.failover-global-cluster')
      .apply({ ...call('t', never), with: once[0][2], tools })
      .then((answered) => ({ answered, ms: Date.now() - began })),
  ]);
  expect(seen.answered.kind).toBe('unknown');
  expect(seen.ms).toBeLessThan(READ_DEADLINE_MS + 500);
  expect(sent.answered.kind).toBe('unknown');
  expect(sent.ms).toBeLessThan(MUTATION_DEADLINE_MS + 500);
  expect(server.connections()).toBeGreaterThan(1);
  await server.close();
});

describe('an experiment as a fault', () => {
  const fault = aws.faults[0];
  if (fault === undefined) throw new Error('no fault');
  const template = (parameters: Record<string, string>): string =>
    JSON.stringify({ experimentTemplate: { id: 'EXT1', actions: { stop: { actionId: 'aws:ec2:stop-instances', parameters } } } });
  const inForce = JSON.stringify({ experiment: { id: 'EXP1', experimentTemplateId: 'EXT1', state: { status: 'running' } } });
  const table: readonly (readonly [string, Record<string, string>, object, number])[] = [
    ['within its lease', { startInstancesAfterDuration: 'PT30S' }, { kind: 'succeeded' }, 1],
    ['longer than its lease', { startInstancesAfterDuration: 'PT2M' }, { kind: 'failed', code: 'LEASE_TOO_SHORT' }, 0],
    ['without an end', {}, { kind: 'failed', code: 'FAULT_WITHOUT_END' }, 0],
  ];
  test.each(table)('%s', async (_name, parameters, expected, started) => {
    const made = await wire({
      'GET /experimentTemplates/EXT1': () => answer(template(parameters)),
      'POST /experiments': () => answer(inForce),
    });
    expect(await fault.inject({ ...call(), with: experiment, tools: made.tools, leaseMs: 60_000 })).toMatchObject(expected);
    expect(made.calls('POST /experiments')).toBe(started);
  });

  test('is found again by its tag after a restart, and stopped', async () => {
    let started = '';
    let status = 'running';
    const made = await wire({
      'GET /experimentTemplates/EXT1': () => answer(template({ startInstancesAfterDuration: 'PT30S' })),
      'POST /experiments': (body) => {
        started = (JSON.parse(body) as { clientToken: string }).clientToken;
        return answer(inForce);
      },
      'GET /experiments': () =>
        answer(
          JSON.stringify({
            experiments: [
              { id: 'EXP0', experimentTemplateId: 'EXT1', tags: {} },
              { id: 'EXP1', experimentTemplateId: 'EXT1', tags: { 'resus:token': started } },
            ],
          }),
        ),
      'GET /experiments/EXP1': () => answer(inForce.replace('running', status)),
      'DELETE /experiments/EXP1': () => {
        status = 'stopped';
        return answer(inForce.replace('running', 'stopping'));
      },
    });
    const first = { ...call(), with: experiment, tools: made.tools, leaseMs: 60_000 };
    expect(await fault.observe(first)).toMatchObject({ kind: 'absent' });
    expect(await fault.revert(first), 'safe on a fault that was never injected').toMatchObject({ kind: 'succeeded' });
    await fault.inject(first);
    const restarted = { ...first, tools: awsToolsFor(`http://127.0.0.1:${made.port}`) };
    expect(await fault.observe(restarted)).toEqual({ kind: 'holds', data: { experiment: 'EXP1' } });
    expect(await fault.revert(restarted)).toMatchObject({ kind: 'accepted' });
    expect(await fault.observe(restarted)).toEqual({ kind: 'absent', because: 'experiment EXP1 is stopped' });
    expect(await fault.revert(restarted), 'idempotent').toMatchObject({ kind: 'succeeded' });
    expect(made.calls('DELETE /experiments/EXP1')).toBe(1);
    expect(await fault.observe({ ...restarted, token: 'another' })).toMatchObject({ kind: 'absent' });
  });
});

test('a record set that bears the name of something every object inherits is not taken for one whose weight is wanted', async () => {
  const two = zoneRecords.replace(
    '</ResourceRecordSets>',
    `${zoneRecords.match(/<ResourceRecordSet>.*<\/ResourceRecordSet>/)?.[0] ?? ''}</ResourceRecordSets>`,
  );
  const made = await wire({
    'GET /hostedzone/Z1/rrset': () => answer(two.replace('<SetIdentifier>east', '<SetIdentifier>constructor')),
  });
  const seen = await named('aws.route53.shift-weight').observe({
    ...call(),
    with: { ...weights, weights: { east: 10 } },
    tools: made.tools,
  });
  expect(seen.kind === 'absent' ? seen.because : '').toBe('');
});
