// What fences the source of a read replica: when it counts as confirmed, and when nothing is sent at all. RDS is the lab's on the wire; EC2,
// whose client is an optional package, is answered for here.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Observed, Outcome } from '../../src/core/outcome.ts';
import { isolateSource } from '../../src/providers/aws/actions/isolate-source.ts';
import { sdkOf } from '../../src/providers/aws/any-client.ts';
import { AwsTools } from '../../src/providers/aws/tools.ts';
import { startBench, type Bench } from '../lab/aws/memory-hospital.ts';
import { answer, awsWire, call, labKeys, refuse, type Wire, type WireReply } from './fixtures.ts';

const replica = 'arn:aws:rds:us-west-2:123456789012:db:reports-west';
const input = { instance: 'reports', replica, securityGroup: 'sg-0quarantine', region: 'us-east-2' };

type Ec2 = 'closed' | 'open' | 'denied' | 'not installed';
class WithEc2 extends AwsTools {
  readonly #ec2: Ec2;
  constructor(bench: Bench, ec2: Ec2) {
    super({ endpoints: { 'us-east-2': bench.url('us-east-2'), 'us-west-2': bench.url('us-west-2') }, credentials: labKeys });
    this.#ec2 = ec2;
  }
  override any(service: string, region: string): ReturnType<AwsTools['any']> {
    // The test runner stands in for an optional package that is not there with an error of its own: this is what Node says.
    const missing = Object.assign(new Error(`Cannot find package '@aws-sdk/client-${service}'`), { code: 'ERR_MODULE_NOT_FOUND' });
    if (this.#ec2 === 'not installed') return sdkOf(service, () => Promise.reject(missing)) as Promise<never>;
    const read = (operation: string, asked: unknown): Promise<unknown> => {
      expect([service, region, operation, asked]).toEqual(['ec2', 'us-east-2', 'DescribeSecurityGroups', { GroupIds: ['sg-0quarantine'] }]);
      if (this.#ec2 === 'denied')
        return Promise.reject(
          Object.assign(new Error('not allowed'), { name: 'UnauthorizedOperation', $metadata: { httpStatusCode: 403 } }),
        );
      return Promise.resolve({ SecurityGroups: [{ IpPermissions: this.#ec2 === 'open' ? [{ FromPort: 5432 }] : [] }] });
    };
    return Promise.resolve({ read, once: () => Promise.reject(new Error('nothing is changed in EC2')), check: () => undefined });
  }
}

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
}, 30_000);
afterAll(() => bench.close());

const applied = (tools: AwsTools, change: Partial<typeof input> = {}, token = 'run-1/fence'): Promise<Outcome> =>
  isolateSource.apply({ ...call(token), with: { ...input, ...change }, tools }) as Promise<Outcome>;
const seen = (tools: AwsTools, token = 'run-1/fence'): Promise<Observed> =>
  isolateSource.observe({ ...call(token), with: input, tools }) as Promise<Observed>;
async function held(tools: AwsTools, token?: string): Promise<Extract<Observed, { kind: 'holds' }>> {
  let last: Observed | undefined;
  for (const end = Date.now() + 10_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
    last = await seen(tools, token);
    if (last.kind === 'holds') return last;
  }
  return expect.unreachable(JSON.stringify(last));
}
const executed = (): Record<string, number> =>
  Object.fromEntries(Object.entries(bench.aws.executions()).filter(([name]) => name.endsWith(' reports')));

describe('before anything is sent', () => {
  test.each<[string, Ec2, Partial<typeof input>, string]>([
    ['a group that lets somebody in', 'open', {}, 'QUARANTINE_OPEN'],
    ['an instance that is not the source of that replica', 'closed', { replica: 'reports-north' }, 'NOT_ITS_SOURCE'],
    ['an instance of a cluster', 'closed', { instance: 'ehr-east-a' }, 'CLUSTER_MEMBER'],
  ])('%s is refused', async (_name, ec2, change, code) => {
    const tools = new WithEc2(bench, ec2);
    expect(await applied(tools, change)).toMatchObject({ kind: 'failed', code, retriable: false });
    const findings = await isolateSource.evaluate?.({ ...call(), with: { ...input, ...change }, tools });
    expect(findings).toMatchObject([{ code, severity: 'blocks' }]);
    expect(executed()).toEqual({});
  });
  test('all is well where the group lets nobody in', async () => {
    expect(await isolateSource.evaluate?.({ ...call(), with: input, tools: new WithEc2(bench, 'closed') })).toEqual([]);
  });
  test.each<[Ec2, RegExp]>([
    ['denied', /UnauthorizedOperation/],
    ['not installed', /npm i @aws-sdk\/client-ec2@/],
  ])('EC2 %s is told, and does not block', async (ec2, said) => {
    const findings = await isolateSource.evaluate?.({ ...call(), with: input, tools: new WithEc2(bench, ec2) });
    expect(findings).toMatchObject([{ code: 'QUARANTINE_UNREAD', severity: 'warns', sentence: expect.stringMatching(said) as string }]);
  });
});

describe('the fence', { timeout: 30_000 }, () => {
  test('is confirmed after the doors are shut and it restarted, in this order', async () => {
    const tools = new WithEc2(bench, 'closed');
    expect(await seen(tools)).toMatchObject({ kind: 'absent', because: 'reports lets in whom sg-0hospital lets in' });
    expect(await applied(tools)).toMatchObject({ kind: 'accepted' });
    expect((await held(tools)).data).toEqual({
      fencing: 'confirmed',
      fencingEvent: 'its only security group sg-0quarantine has no inbound rule, and it restarted since that is so.',
      was: 'sg-0hospital',
    });
    expect(executed()).toEqual({ 'ModifyDBInstance reports': 1, 'RebootDBInstance reports': 1 });
    expect(bench.hospital.asked).toEqual(['reports restartIn us-east-2a']);
  });
  test('is not taken for granted by a process that did not see the restart, and comes about by one more restart', async () => {
    const other = new WithEc2(bench, 'closed');
    expect(await seen(other)).toMatchObject({
      kind: 'absent',
      because: expect.stringContaining('no restart of reports is seen') as string,
    });
    expect(await applied(other)).toMatchObject({ kind: 'accepted' });
    expect((await held(other)).data).toMatchObject({ fencing: 'confirmed', was: 'not known' });
    expect(executed()).toEqual({ 'ModifyDBInstance reports': 1, 'RebootDBInstance reports': 2 });
  });
  test.each<[Ec2, RegExp]>([
    ['denied', /could not be read .*UnauthorizedOperation/],
    ['open', /has inbound rules/],
  ])('is only asserted where EC2 says %s afterwards', async (ec2, said) => {
    const tools = new WithEc2(bench, ec2);
    tools.memory.set('restart before run-1/fence', 1);
    expect((await held(tools)).data).toMatchObject({ fencing: 'provider-asserted', fencingEvent: expect.stringMatching(said) as string });
  });
  test('cannot be sent where the source has lost its replica: a call that comes late does nothing', async () => {
    const rds = await new WithEc2(bench, 'closed').rds('us-west-2');
    await rds.once.promoteReadReplica({ DBInstanceIdentifier: 'reports-west' });
    const tools = new WithEc2(bench, 'closed');
    for (const end = Date.now() + 5_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50)))
      if ((await isolateSource.evaluate?.({ ...call(), with: input, tools }))?.some(({ code }) => code === 'NOT_ITS_SOURCE') === true)
        break;
    const before = executed();
    expect(await applied(tools)).toMatchObject({ kind: 'failed', code: 'NOT_ITS_SOURCE' });
    expect(executed()).toEqual(before);
  });
});

describe('what is refused half way', { timeout: 15_000 }, () => {
  const wires: Wire[] = [];
  afterAll(() => Promise.all(wires.map((each) => each.close())));
  /** An RDS whose instance leaves its group when it is told to. */
  async function refusing(replies: Readonly<Record<string, WireReply>>): Promise<Wire> {
    let group = 'sg-0hospital';
    const shown = (): string =>
      `<DBInstances><DBInstance><DBInstanceIdentifier>reports</DBInstanceIdentifier><DBInstanceStatus>available</DBInstanceStatus>
<VpcSecurityGroups><VpcSecurityGroupMembership><VpcSecurityGroupId>${group}</VpcSecurityGroupId><Status>active</Status></VpcSecurityGroupMembership></VpcSecurityGroups>
<ReadReplicaDBInstanceIdentifiers><ReadReplicaDBInstanceIdentifier>${replica}</ReadReplicaDBInstanceIdentifier></ReadReplicaDBInstanceIdentifiers></DBInstance></DBInstances>`;
    const made = await awsWire({
      DescribeDBInstances: () => answer(shown()),
      DescribeEvents: () => answer('<Events/>'),
      ModifyDBInstance: () => {
        if (replies['ModifyDBInstance'] !== undefined) return replies['ModifyDBInstance'];
        group = 'sg-0quarantine';
        return answer('<DBInstance><DBInstanceIdentifier>reports</DBInstanceIdentifier></DBInstance>');
      },
      RebootDBInstance: () => replies['RebootDBInstance'] ?? answer('<DBInstance/>'),
    });
    wires.push(made);
    return made;
  }
  test('a change of groups that is refused is certain: nothing happened, and nothing is restarted', async () => {
    const made = await refusing({ ModifyDBInstance: refuse(403, 'AccessDenied') });
    expect(await applied(made.tools)).toMatchObject({ kind: 'failed', code: 'AccessDenied', retriable: false });
    expect([made.calls('ModifyDBInstance'), made.calls('RebootDBInstance')]).toEqual([1, 0]);
  });
  test.each<[string, WireReply]>([
    ['refused', refuse(403, 'AccessDenied')],
    ['lost', { kind: 'drop' }],
  ])('a restart whose answer is %s is not: its doors are shut, and it is looked at', async (_what, reply) => {
    const made = await refusing({ RebootDBInstance: reply });
    expect(await applied(made.tools)).toMatchObject({ kind: 'unknown' });
    expect([made.calls('ModifyDBInstance'), made.calls('RebootDBInstance')]).toEqual([1, 1]);
    expect(await seen(made.tools)).toMatchObject({
      kind: 'absent',
      because: expect.stringContaining('no restart of reports is seen') as string,
    });
  });
});
