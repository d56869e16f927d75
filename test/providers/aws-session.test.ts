// A role's credentials end, and with them what comes late: the real SDK against the STS of the lab, which judges session policies at the
// moment at which it would carry something out.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { switchoverGlobalCluster } from '../../src/providers/aws/actions/switchover-global-cluster.ts';
import type { Keys } from '../../src/providers/aws/role.ts';
import { policyUntil, sessionsOf, type Asking } from '../../src/providers/aws/session.ts';
import { AwsTools } from '../../src/providers/aws/tools.ts';
import type { Instant } from '../../src/core/values.ts';
import { makeSessions, readPolicy } from '../../src/lab/aws/sessions.ts';
import { Wire } from '../e2e/crash-matrix/wire.ts';
import { startBench, type Bench } from '../lab/aws/memory-hospital.ts';
import { labKeys } from './fixtures.ts';

describe('asking for a session', () => {
  const t0 = Date.UTC(2026, 0, 1, 12);
  /** An STS whose clock is that far ahead of ours. */
  const sts = (aheadMs: number, asked: Asking[]) => (asking: Asking) => {
    asked.push(asking);
    return Promise.resolve<Keys>({
      accessKeyId: 'k',
      secretAccessKey: 's',
      expiration: new Date(t0 + aheadMs + asking.DurationSeconds * 1_000),
    });
  };
  const until = (asking: Asking | undefined): string => /"aws:CurrentTime":"([^"]+)"/.exec(asking?.Policy ?? '')?.[1] ?? '';
  test.each([
    ['shorter than STS gives', 300_000, 900, '2026-01-01T12:05:00Z'],
    ['as long as the least that STS gives', 900_000, 900, '2026-01-01T12:15:00Z'],
    ['longer', 3_600_000, 3_600, '2026-01-01T13:00:00Z'],
  ])('%s: its policy ends it', async (_name, sessionMs, seconds, end) => {
    const asked: Asking[] = [];
    const keys = await sessionsOf({ sessionMs, nowMs: () => t0 }, sts(0, asked))();
    expect([asked.length, asked[0]?.DurationSeconds, until(asked[0])]).toEqual([1, seconds, end]);
    expect(keys.expiration?.getTime()).toBe(t0 + sessionMs);
  });
  test.each([
    ['an hour behind', 3_600_000, '2026-01-01T13:05:00Z'],
    ['an hour ahead', -3_600_000, '2026-01-01T11:05:00Z'],
  ])('by a clock that is %s is done again by the clock of AWS, and from then on at once', async (_name, aheadMs, end) => {
    const asked: Asking[] = [];
    const ask = sessionsOf({ sessionMs: 300_000, nowMs: () => t0 }, sts(aheadMs, asked));
    expect((await ask()).expiration?.getTime()).toBe(t0 + 300_000);
    expect(asked.map(until)).toEqual(['2026-01-01T12:05:00Z', end]);
    await ask();
    expect(asked.map(until).slice(2)).toEqual([end]);
  });
});

describe('in the lab', { timeout: 30_000 }, () => {
  let bench: Bench;
  const wire = new Wire();
  let endpoint = '';
  beforeAll(async () => {
    bench = await startBench();
    endpoint = await wire.http('rds', bench.url('us-east-2'));
  }, 30_000);
  afterAll(async () => {
    wire.close();
    await bench.close();
  });
  const tools = (sessionMs: number): AwsTools =>
    new AwsTools({
      endpoints: { 'us-east-2': endpoint },
      roles: { 'us-east-2': 'arn:aws:iam::123456789012:role/resus' },
      credentials: labKeys,
      sessionMs,
    });
  const switchover = (using: AwsTools) =>
    switchoverGlobalCluster.apply({
      with: { cluster: 'ehr-global', target: bench.aws.clusterArns.west, region: 'us-east-2' },
      tools: using,
      token: 'run-1/promote',
      epoch: 1,
      now: Date.now() as Instant,
      signal: AbortSignal.timeout(10_000),
    });
  const executed = (): number => bench.aws.executions()['SwitchoverGlobalCluster ehr-global'] ?? 0;

  test('a call that was signed in time and comes after the session is refused, and nothing is done', async () => {
    wire.hook = async ({ name, phase }) => {
      if (name === 'rds SwitchoverGlobalCluster' && phase === 'before') await new Promise((resolve) => setTimeout(resolve, 2_700));
      return true;
    };
    expect(await switchover(tools(2_500))).toMatchObject({ kind: 'failed', code: 'AccessDenied', retriable: false });
    expect(executed()).toBe(0);
  });
  test('one that comes in time is carried out', async () => {
    wire.hook = () => true;
    expect(await switchover(tools(300_000))).toMatchObject({ kind: 'accepted' });
    expect(executed()).toBe(1);
  });
});

describe('a session of the lab', () => {
  let now = 1_000;
  const sessions = makeSessions(() => now);
  const open = (policy: string | undefined): void =>
    sessions.open('ASIA1', {
      token: 't',
      who: 'resus/resus',
      endsAt: 10_000,
      policy: policy === undefined ? undefined : readPolicy(policy),
    });
  const asked = (action = 'rds:FailoverGlobalCluster', token = 't'): string => {
    try {
      sessions.allow('ASIA1', token, action);
      return 'allowed';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const statement = (more: object): string =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', ...more }] });
  const table: readonly (readonly [string, string | undefined, at: number, action: string, token: string, expected: string])[] = [
    ['without a policy, until its end', undefined, 9_999, 'rds:X', 't', 'allowed'],
    ['at its end', undefined, 10_000, 'rds:X', 't', 'ExpiredToken'],
    ['with the token of another', undefined, 1_000, 'rds:X', 'u', 'InvalidClientTokenId'],
    ['before the date of its policy', policyUntil(5_000), 4_999, 'route53:X', 't', 'allowed'],
    ['at the date of its policy', policyUntil(5_000), 5_000, 'route53:X', 't', 'AccessDenied'],
    ['another service than the policy allows', statement({ Action: 'rds:*' }), 1_000, 'route53:X', 't', 'AccessDenied'],
    ['the service that it allows', statement({ Action: ['rds:*', 'fis:StartExperiment'] }), 1_000, 'rds:X', 't', 'allowed'],
    [
      'what is denied',
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [JSON.parse(statement({})).Statement[0], { Effect: 'Deny', Action: 'rds:X', Resource: '*' }],
      }),
      1_000,
      'rds:X',
      't',
      'AccessDenied',
    ],
  ];
  test.each(table)('%s', (_name, policy, at, action, token, expected) => {
    now = at;
    open(policy);
    expect(asked(action, token)).toBe(expected);
  });
  test.each([
    '',
    '{',
    '[]',
    '{"Version":"2008-10-17","Statement":[]}',
    statement({ Resource: 'arn:aws:rds:::x' }),
    statement({ NotAction: '*' }),
    statement({ Condition: { StringEquals: {} } }),
    statement({ Condition: { DateLessThan: { 'aws:CurrentTime': 'soon' } } }),
  ])('a policy that the lab does not understand is refused: %s', (policy) =>
    expect(() => readPolicy(policy)).toThrow(/Syntax errors in policy/),
  );
});
