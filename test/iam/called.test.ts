// What the AWS actions really call, against what they say that they need: each is evaluated, observed and applied against the lab's AWS with clients
// that write down every operation and its region. A permission that is missing would stop a failover at its first call.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Instant, Json } from '../../src/core/values.ts';
import type { Action, Call, Fault, IamStatement, Provider } from '../../src/ports.ts';
import { aws } from '../../src/providers/aws/index.ts';
import { AwsTools } from '../../src/providers/aws/tools.ts';
import { permissionsOf } from '../../src/providers/index.ts';
import { startBench, type Bench } from '../lab/aws/memory-hospital.ts';
import { labKeys } from '../providers/fixtures.ts';

const called = new Set<string>();
class Listening extends AwsTools {
  override async rds(region: string) {
    return overheard(await super.rds(region), 'rds', region);
  }
  override async fis(region: string) {
    return overheard(await super.fis(region), 'fis', region);
  }
  override async route53() {
    return overheard(await super.route53(), 'route53', 'us-east-1');
  }
  /** The lab has no EC2, and the package is optional: who asks is written down, and answered that the group lets nobody in. */
  override any(service: string, region: string): ReturnType<AwsTools['any']> {
    const answered = (operation: string): Promise<unknown> => {
      called.add(`${service}:${operation} in ${region}`);
      return Promise.resolve({ SecurityGroups: [{ IpPermissions: [] }] });
    };
    return Promise.resolve({ once: answered, read: answered, check: () => undefined });
  }
}
const overheard = <C extends object>(clients: C, service: string, region: string): C =>
  Object.fromEntries(
    Object.entries(clients).map(([name, client]: [string, object]) => [
      name,
      new Proxy(client, {
        get: (target, key, self) => {
          const value: unknown = Reflect.get(target, key, self);
          if (typeof value !== 'function' || typeof key !== 'string') return value;
          return (...args: unknown[]): unknown => {
            called.add(`${service}:${key.charAt(0).toUpperCase()}${key.slice(1)} in ${region}`);
            return (value as (...all: unknown[]) => unknown).apply(target, args);
          };
        },
      }),
    ]),
  ) as C;

let bench: Bench;
let tools: Listening;
beforeAll(async () => {
  bench = await startBench({});
  const endpoints = Object.fromEntries(bench.hospital.regions.map((region) => [region.name, bench.url(region.name)]));
  tools = new Listening({ endpoints, route53Endpoint: bench.url('us-east-1'), credentials: labKeys });
  await Promise.all([tools.rds('us-east-2'), tools.route53(), tools.fis('us-east-2')]);
}, 30_000);
afterAll(() => bench.close());

const inputs: Readonly<Record<string, () => Readonly<Record<string, Json>>>> = {
  'aws.rds.failover-db-cluster': () => ({ cluster: bench.aws.clusterArns.east, target: 'ehr-east-b', region: 'us-east-2' }),
  'aws.rds.switchover-global-cluster': () => ({ cluster: 'ehr-global', target: bench.aws.clusterArns.west, region: 'us-east-2' }),
  'aws.rds.failover-global-cluster': () => ({
    cluster: 'ehr-global',
    target: bench.aws.clusterArns.east,
    region: 'us-east-2',
    allowDataLoss: true,
  }),
  'aws.rds.reboot-with-failover': () => ({ instance: 'reports', leaveZone: 'us-east-2a', region: 'us-east-2' }),
  'aws.rds.isolate-source': () => ({
    instance: 'reports',
    replica: 'arn:aws:rds:us-west-2:123456789012:db:reports-west',
    securityGroup: 'sg-0quarantine',
    region: 'us-east-2',
  }),
  'aws.rds.promote-read-replica': () => ({ instance: 'reports-west', region: 'us-west-2' }),
  'aws.route53.change-record': () => ({
    hostedZone: bench.aws.hostedZoneId,
    name: 'portal.hospital.test',
    type: 'A',
    ttl: 5,
    values: ['192.0.2.7'],
  }),
  'aws.route53.shift-weight': () => ({
    hostedZone: bench.aws.hostedZoneId,
    name: 'east.ehr.hospital.test',
    type: 'A',
    weights: { 'us-east-2a': 0, 'us-east-2b': 20 },
  }),
  'aws.fis.run-experiment': () => ({ template: bench.aws.fisTemplateZoneLoss, region: 'us-east-2' }),
};
const callOf = (input: Readonly<Record<string, Json>>): Call<never, AwsTools> => ({
  with: input as never,
  tools,
  token: 'run-1/step-1',
  epoch: 1,
  log: 'resus/test',
  now: Date.now() as Instant,
  signal: new AbortController().signal,
});
const allowedBy = (statements: readonly IamStatement[]) => (operation: string) => {
  const [action = '', region = ''] = operation.split(' in ');
  return statements.some((each) => each.actions.includes(action) && (each.region === region || each.region === '*'));
};

describe('an action calls nothing that it does not say', () => {
  const saying = aws.actions.filter(
    (action): action is Action<AwsTools> & Required<Pick<Action<AwsTools>, 'iam'>> => action.iam !== undefined,
  );
  test('and each that says something is tried here', () =>
    expect(saying.map(({ name }) => name).filter((name) => inputs[name] === undefined && name !== 'aws.call')).toEqual([]));
  test.each(saying.filter(({ name }) => inputs[name] !== undefined).map((action) => [action.name, action] as const))(
    '%s',
    { timeout: 30_000 },
    async (name, action) => {
      const input = inputs[name]?.() ?? {};
      called.clear();
      await action.evaluate?.(callOf(input));
      await action.observe(callOf(input));
      await action.apply(callOf(input));
      for (const end = Date.now() + 20_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 100)))
        if ((await action.observe(callOf(input))).kind === 'holds') break;
      const statements = action.iam(input as never);
      const operations = [...called].sort();
      expect(operations.length).toBeGreaterThan(1);
      expect(operations.filter((each) => !allowedBy(statements)(each))).toEqual([]);
      // And the other way round: what is asked for and never used is not the least.
      const used = new Set(operations.map((each) => each.split(' in ')[0]));
      const spare = statements.flatMap(({ actions }) => actions).filter((each) => !used.has(each));
      expect(spare).toEqual(name === 'aws.fis.run-experiment' ? ['fis:StopExperiment', 'fis:TagResource'] : []);
    },
  );
  test('a fault neither', { timeout: 30_000 }, async () => {
    const [fault] = aws.faults as readonly Fault<AwsTools>[];
    const input = { template: bench.aws.fisTemplateZoneLoss, region: 'us-east-2' };
    const call = { ...callOf(input), token: 'drill-1/fault', leaseMs: 600_000 };
    called.clear();
    await fault?.inject(call);
    await fault?.observe(call);
    await fault?.revert(call);
    const statements = permissionsOf([aws as unknown as Provider]).faults.get('aws.fis.run-experiment')?.(input) ?? [];
    expect([...called].filter((each) => !allowedBy(statements)(each))).toEqual([]);
    expect(called.size).toBeGreaterThan(2);
  });
});
