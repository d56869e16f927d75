// The AWS actions against the lab's AWS on the wire, around a hospital in memory: real SDK clients, real DNS, the lab's own count of
// what was executed.
import { afterAll, beforeAll } from 'vitest';
import { changeRecord } from '../../src/providers/aws/actions/change-record.ts';
import { failoverDbCluster } from '../../src/providers/aws/actions/failover-db-cluster.ts';
import { failoverGlobalCluster } from '../../src/providers/aws/actions/failover-global-cluster.ts';
import { isolateSource } from '../../src/providers/aws/actions/isolate-source.ts';
import { promoteReadReplica } from '../../src/providers/aws/actions/promote-read-replica.ts';
import { rebootWithFailover } from '../../src/providers/aws/actions/reboot-with-failover.ts';
import { shiftWeight } from '../../src/providers/aws/actions/shift-weight.ts';
import { standbyTakesOver } from '../../src/providers/aws/actions/standby-takes-over.ts';
import { switchoverGlobalCluster } from '../../src/providers/aws/actions/switchover-global-cluster.ts';
import { AwsTools } from '../../src/providers/aws/tools.ts';
import { startBench, type Bench } from '../lab/aws/memory-hospital.ts';
import { StandbySwitch } from '../lab/standby-switch.ts';
import { awsToolsFor, labKeys } from '../providers/fixtures.ts';
import { actionSuite, type ActionSubject, type Ground } from './action.suite.ts';

const benches: Bench[] = [];
const others: StandbySwitch[] = [];
async function bench(switchUrl?: string): Promise<{ bench: Bench; tools: AwsTools }> {
  const made = await startBench(switchUrl === undefined ? {} : { switchUrl });
  benches.push(made);
  const endpoints = Object.fromEntries(made.hospital.regions.map((region) => [region.name, made.url(region.name)]));
  return { bench: made, tools: new AwsTools({ endpoints, route53Endpoint: made.url('us-east-1'), credentials: labKeys }) };
}
/** The first SDK call of a process loads 35 MB; no test should pay for it with its deadline. */
beforeAll(async () => {
  const tools = awsToolsFor('http://127.0.0.1:9');
  await Promise.all([tools.rds('us-east-2'), tools.route53(), tools.fis('us-east-2')]);
}, 30_000);
afterAll(() => Promise.all([...benches.map((each) => each.close()), ...others.map((each) => each.close())]));

const arn = (region: string, name: string): string => `arn:aws:rds:${region}:123456789012:cluster:${name}`;

/** A subject whose tools reach a fresh lab, and whose count is the lab's for this operation. */
function subject(
  action: ActionSubject<AwsTools>['action'],
  operation: string,
  repeatExecutes: 0 | 1,
  inputOf: (bench: Bench | undefined) => Record<string, unknown>,
): ActionSubject<AwsTools> {
  return {
    action,
    example: inputOf(undefined),
    repeatExecutes,
    async ground(): Promise<Ground<AwsTools>> {
      const made = await bench();
      const executions = (): number =>
        Object.entries(made.bench.aws.executions()).reduce((sum, [key, count]) => sum + (key.startsWith(`${operation} `) ? count : 0), 0);
      return { with: inputOf(made.bench), tools: made.tools, executions };
    },
    at: (port) => ({ with: inputOf(undefined), tools: awsToolsFor(`http://127.0.0.1:${port}`) }),
  };
}

actionSuite(
  subject(failoverGlobalCluster, 'FailoverGlobalCluster', 0, (made) => ({
    cluster: 'ehr-global',
    target: made?.aws.clusterArns.west ?? arn('us-west-2', 'ehr-west'),
    region: 'us-west-2',
    allowDataLoss: true,
  })),
);
actionSuite(
  subject(switchoverGlobalCluster, 'SwitchoverGlobalCluster', 0, (made) => ({
    cluster: 'ehr-global',
    target: made?.aws.clusterArns.west ?? arn('us-west-2', 'ehr-west'),
    region: 'us-east-2',
  })),
);
actionSuite(
  subject(failoverDbCluster, 'FailoverDBCluster', 0, (made) => ({
    cluster: made?.aws.clusterArns.east ?? arn('us-east-2', 'ehr-east'),
    target: 'ehr-east-b',
    region: 'us-east-2',
  })),
);
actionSuite(
  subject(rebootWithFailover, 'RebootDBInstance', 0, () => ({ instance: 'reports', leaveZone: 'us-east-2a', region: 'us-east-2' })),
);
// The client of EC2 is not installed here, so nobody says whom the group lets in: the fence stays an assertion.
actionSuite(
  subject(isolateSource, 'ModifyDBInstance', 0, () => ({
    instance: 'reports',
    replica: 'arn:aws:rds:us-west-2:123456789012:db:reports-west',
    securityGroup: 'sg-0quarantine',
    region: 'us-east-2',
  })),
);
actionSuite(subject(promoteReadReplica, 'PromoteReadReplica', 0, () => ({ instance: 'reports-west', region: 'us-west-2' })));
actionSuite(
  subject(changeRecord, 'ChangeResourceRecordSets', 1, (made) => ({
    hostedZone: made?.aws.hostedZoneId ?? 'Z0123456789',
    name: 'portal.hospital.test',
    type: 'A',
    ttl: 5,
    values: ['192.0.2.7', '192.0.2.8'],
  })),
);
actionSuite(
  subject(shiftWeight, 'ChangeResourceRecordSets', 1, (made) => ({
    hostedZone: made?.aws.hostedZoneId ?? 'Z0123456789',
    name: 'east.ehr.hospital.test',
    type: 'A',
    weights: { 'us-east-2a': 0, 'us-east-2b': 20 },
  })),
);

/** The users' name with addresses, and as a service with ports. */
const ways: readonly [name: string, west: readonly string[]][] = [
  ['ehr.hospital.test', ['192.0.2.21', '192.0.2.22']],
  ['_http._tcp.ehr.hospital.test', ['0 0 8080 us-west-2a.ehr.hospital.test', '0 0 8080 us-west-2b.ehr.hospital.test']],
];
const takeOver = (name: string, expect: readonly string[], switchUrl: string, nameServer: string): Record<string, unknown> => ({
  switch: switchUrl,
  state: 'standby',
  name,
  nameServers: [nameServer],
  expect,
});
for (const [name, expect] of ways)
  actionSuite({
    action: standbyTakesOver,
    example: takeOver(name, expect, 'http://127.0.0.1:4566/switch', '127.0.0.1:53'),
    async ground() {
      const standby = await StandbySwitch.open();
      others.push(standby);
      const made = await bench(standby.url);
      return { with: takeOver(name, expect, standby.url, made.bench.aws.dns), tools: made.tools, executions: () => standby.puts };
    },
    at: (port) => ({
      with: takeOver(name, expect, `http://127.0.0.1:${port}/standby`, `127.0.0.1:${port}`),
      tools: awsToolsFor(`http://127.0.0.1:${port}`),
    }),
  });
