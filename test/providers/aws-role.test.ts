// The role that Resus assumes: at which STS, how often, what its clients sign with, and what is said when there is none. The held
// credentials with time passed in; the rest with the real SDK against the STS and the RDS of the lab.
import { request as forward } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outcomeOf, unknownOf } from '../../src/providers/aws/errors.ts';
import { failoverGlobalCluster } from '../../src/providers/aws/actions/failover-global-cluster.ts';
import { AGAIN_MS, LEAST_MS, RoleNotAssumed, roleCredentials, type Keys } from '../../src/providers/aws/role.ts';
import { heldMs, renewMs } from '../../src/providers/aws/session.ts';
import { AwsTools } from '../../src/providers/aws/tools.ts';
import { startBench, type Bench } from '../lab/aws/memory-hospital.ts';
import { call, httpServer, silentServer } from './fixtures.ts';

const role = 'arn:aws:iam::123456789012:role/resus';
const WEST = 'arn:aws:rds:us-west-2:123456789012:cluster:ehr-west';
const HOUR_MS = 3_600_000;
const RENEW_MS = renewMs(HOUR_MS);

describe('credentials that end after an hour', () => {
  /** Each: how much later than the first one it is asked, whether STS answers by then, and what comes of it. */
  test.each<
    readonly [
      string,
      number,
      sts: 'answers' | 'refuses',
      asked: number,
      used: 'first' | 'second' | 'none',
      next: 'first' | 'second' | 'none',
    ]
  >([
    ['at once', 0, 'answers', 1, 'first', 'first'],
    ['with more than enough left', HOUR_MS - RENEW_MS, 'answers', 1, 'first', 'first'],
    ['with little left: used, and renewed beside it', HOUR_MS - RENEW_MS + 1, 'answers', 2, 'first', 'second'],
    ['with little left and STS away: used on', HOUR_MS - RENEW_MS + 1, 'refuses', 2, 'first', 'first'],
    ['with too little left: waited for', HOUR_MS - LEAST_MS + 1, 'answers', 2, 'second', 'second'],
    ['ended', HOUR_MS + 1, 'answers', 2, 'second', 'second'],
    ['ended and STS away', HOUR_MS + 1, 'refuses', 2, 'none', 'none'],
  ])('%s', async (_what, laterMs, sts, asked, used, next) => {
    let now = 1_000_000;
    let times = 0;
    const names = ['first', 'second', 'third'];
    const get = roleCredentials({ role, region: 'us-west-2', nowMs: () => now, renewMs: RENEW_MS, later: () => undefined }, () => {
      times += 1;
      if (times > 1 && sts === 'refuses') return Promise.reject(new Error('no answer'));
      return Promise.resolve({ accessKeyId: names[times - 1] ?? '', secretAccessKey: 's', expiration: new Date(now + HOUR_MS) });
    });
    const keyOf = (keys: Promise<Keys>): Promise<string> =>
      keys.then(
        ({ accessKeyId }) => accessKeyId,
        () => 'none',
      );
    await get();
    now += laterMs;
    expect(await keyOf(get())).toBe(used);
    expect(times).toBe(asked);
    await new Promise(setImmediate);
    expect(await keyOf(get())).toBe(next);
  });

  test('many who ask at the same time cause one AssumeRole, and one that failed is not kept', async () => {
    let times = 0;
    const get = roleCredentials({ role, region: 'us-west-2', renewMs: RENEW_MS }, () => {
      times += 1;
      return times === 1 ? Promise.reject(new Error('no answer')) : Promise.resolve({ accessKeyId: 'k', secretAccessKey: 's' });
    });
    const first = await Promise.allSettled([get(), get(), get()]);
    expect([times, first.map((each) => each.status)]).toEqual([1, ['rejected', 'rejected', 'rejected']]);
    await Promise.all([get(), get()]);
    expect(times).toBe(2);
  });

  test('that nobody uses are renewed all the same, and when STS falls silent what is held lasts', async () => {
    let now = 0;
    const planned: { readonly at: number; readonly run: () => void }[] = [];
    const askedAt: number[] = [];
    const refusedFrom = 2 * HOUR_MS;
    const later = (run: () => void, ms: number): void => void planned.push({ at: now + ms, run });
    const get = roleCredentials({ role, region: 'us-west-2', nowMs: () => now, renewMs: RENEW_MS, later }, () => {
      askedAt.push(now);
      if (now >= refusedFrom) return Promise.reject(new Error('no answer'));
      return Promise.resolve({ accessKeyId: 'k', secretAccessKey: 's', expiration: new Date(now + HOUR_MS) });
    });
    await get();
    const until = async (endMs: number): Promise<void> => {
      for (let next = planned.shift(); next !== undefined; next = planned.shift()) {
        if (next.at > endMs) {
          planned.unshift(next);
          break;
        }
        now = next.at;
        next.run();
        await new Promise(setImmediate);
      }
      now = endMs;
    };
    await until(refusedFrom);
    // Every third of an hour, and the refused one at the end of two.
    expect(askedAt).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => (n * HOUR_MS) / 3));
    expect(planned).toHaveLength(1);
    await until(refusedFrom + heldMs(HOUR_MS));
    expect(askedAt.slice(7, 9).map((at) => at - refusedFrom)).toEqual([AGAIN_MS, 2 * AGAIN_MS]);
    await expect(get()).resolves.toMatchObject({ accessKeyId: 'k' });
    now += 1;
    await expect(get()).rejects.toThrow(RoleNotAssumed);
  });
});

describe('against the lab', { timeout: 60_000 }, () => {
  type Seen = { readonly region: string; readonly action: string; readonly key: string };
  let bench: Bench;
  const seen: Seen[] = [];
  const relays: { url: string; close(): Promise<void> }[] = [];
  const urls: Record<string, string> = {};
  /** A door before each region that notes what goes through and which key signed it. */
  const door = async (region: string): Promise<void> => {
    const relay = await httpServer(({ method, path, body, request }, response) => {
      const key = /Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      seen.push({ region, action: new URLSearchParams(body).get('Action') ?? `${method} ${path.split('?')[0] ?? ''}`, key });
      const on = forward(`${bench.url(region)}${path}`, { method, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      on.on('error', () => response.destroy());
      on.end(body);
    });
    relays.push(relay);
    urls[region] = relay.url;
  };
  beforeAll(async () => {
    bench = await startBench();
    for (const region of ['us-east-1', 'us-east-2', 'us-west-2']) await door(region);
  });
  afterAll(async () => {
    await Promise.all(relays.map((relay) => relay.close()));
    await bench.close();
  });
  const lab = 'AKIALABLABLABLABLAB';
  const toolsFor = (roles: Record<string, string>, nowMs?: () => number, endpoints: Record<string, string> = urls): AwsTools =>
    new AwsTools(
      {
        endpoints,
        route53Endpoint: urls['us-east-1'] ?? '',
        roles,
        credentials: { accessKeyId: lab, secretAccessKey: 'lab' },
        sessionMs: HOUR_MS,
      },
      nowMs,
    );
  const assumed = (): readonly Seen[] => seen.filter((each) => each.action === 'AssumeRole');
  const failover = (tools: AwsTools) =>
    failoverGlobalCluster.apply({
      ...call(),
      tools,
      with: { cluster: 'ehr-global', target: WEST, region: 'us-west-2', allowDataLoss: true },
    });

  test('each region is asked with a role of its own, assumed at its own STS once for all its clients', async () => {
    seen.length = 0;
    const tools = toolsFor({ 'us-east-2': role, 'us-west-2': role, 'us-east-1': role });
    for (const region of ['us-east-2', 'us-west-2']) {
      const [rds, fis] = [await tools.rds(region), await tools.fis(region)];
      await Promise.all([rds.read.describeGlobalClusters({}), rds.once.describeDBClusters({}), fis.read.listExperimentTemplates({})]);
    }
    await (await tools.route53()).read.listHostedZones({});
    expect(assumed()).toEqual(['us-east-2', 'us-west-2', 'us-east-1'].map((region) => ({ region, action: 'AssumeRole', key: lab })));
    const others = seen.filter((each) => each.action !== 'AssumeRole');
    expect(others).toHaveLength(7);
    for (const { key } of others) expect(key).toMatch(/^ASIALAB/);
    expect(new Set(others.map(({ region, key }) => `${region} ${key}`)).size).toBe(3);
  });

  test('a region without a role is asked with the keys themselves', async () => {
    seen.length = 0;
    await (await toolsFor({ 'us-west-2': role }).rds('us-east-2')).read.describeGlobalClusters({});
    expect(seen).toEqual([{ region: 'us-east-2', action: 'DescribeGlobalClusters', key: lab }]);
  });

  test('credentials are renewed before they end', async () => {
    seen.length = 0;
    let aheadMs = 0;
    const tools = toolsFor({ 'us-west-2': role }, () => Date.now() + aheadMs);
    const look = async (client: 'read' | 'once'): Promise<void> => {
      await (await tools.rds('us-west-2'))[client].describeGlobalClusters({});
    };
    await look('read');
    aheadMs = HOUR_MS - RENEW_MS - 60_000;
    await look('once');
    expect(assumed()).toHaveLength(1);
    aheadMs = HOUR_MS + 60_000;
    await (await tools.fis('us-west-2')).read.listExperimentTemplates({});
    // Once, and once more by the clock of AWS, from which ours has just jumped away.
    expect(assumed()).toHaveLength(3);
    const keys = seen.filter((each) => each.action !== 'AssumeRole').map((each) => each.key);
    expect([keys[0] === keys[1], keys[1] === keys[2]]).toEqual([true, false]);
  });

  const foreign = 'arn:aws:iam::999999999999:role/not-ours';
  test('AccessDenied names the role and what to check, and nothing was sent', async () => {
    seen.length = 0;
    const outcome = await failover(toolsFor({ 'us-west-2': foreign }));
    expect(outcome).toEqual({
      kind: 'failed',
      code: 'ROLE_NOT_ASSUMED',
      retriable: false,
      message:
        `FailoverGlobalCluster in us-west-2 was not sent: the role ${foreign} was not assumed at the STS of us-west-2: AccessDenied (HTTP 403): ` +
        `User: arn:aws:iam::123456789012:user/lab is not authorized to perform: sts:AssumeRole on resource: ${foreign}; check that the role exists, ` +
        'that its trust policy names the identity that Resus runs as, and that this identity is allowed sts:AssumeRole on it',
    });
    expect(seen.map((each) => each.action)).toEqual(['AssumeRole']);
  });
  test('a look and a readiness check say so, too', async () => {
    const tools = toolsFor({ 'us-west-2': foreign });
    const input = { cluster: 'ehr-global', target: WEST, region: 'us-west-2', allowDataLoss: true };
    expect(await failoverGlobalCluster.observe({ ...call(), tools, with: input })).toMatchObject({
      kind: 'unknown',
      message: expect.stringContaining(`the role ${foreign} was not assumed at the STS of us-west-2: AccessDenied`) as string,
    });
    expect(await failoverGlobalCluster.evaluate?.({ ...call(), tools, with: input })).toMatchObject([
      { code: 'ROLE_NOT_ASSUMED', severity: 'blocks', sentence: expect.stringContaining('check that the role exists') as string },
    ]);
  });
  test('an STS that says nothing is told from an RDS that says nothing: for certain nothing was sent', async () => {
    const silent = await silentServer();
    try {
      const outcome = await failover(
        toolsFor({ 'us-west-2': role }, undefined, { ...urls, 'us-west-2': `http://127.0.0.1:${silent.port}` }),
      );
      expect(outcome).toMatchObject({
        kind: 'failed',
        code: 'ROLE_NOT_ASSUMED',
        retriable: true,
        message: expect.stringMatching(
          /was not assumed at the STS of us-west-2: .*; check that the STS of us-west-2 can be reached from here$/,
        ) as string,
      });
    } finally {
      await silent.close();
    }
  });
});

describe('what STS said', () => {
  const asked = { operation: 'RebootDBInstance', region: 'us-east-2' };
  const said = (name: string, status?: number): RoleNotAssumed =>
    new RoleNotAssumed(role, 'us-east-2', Object.assign(new Error('because'), { name, $metadata: { httpStatusCode: status } }));
  test.each<readonly [string, number | undefined, code: string, retriable: boolean, advice: string]>([
    ['AccessDenied', 403, 'ROLE_NOT_ASSUMED', false, 'its trust policy names'],
    ['ExpiredTokenException', 400, 'ROLE_NOT_ASSUMED', false, 'renew the credentials'],
    ['RegionDisabledException', 403, 'ROLE_NOT_ASSUMED', false, 'activate STS'],
    ['ValidationError', 400, 'ROLE_NOT_ASSUMED', false, 'correct `roles`'],
    ['Throttling', 400, 'ROLE_NOT_ASSUMED', true, ''],
    ['ServiceUnavailable', 503, 'ROLE_NOT_ASSUMED', true, ''],
    ['TimeoutError', undefined, 'ROLE_NOT_ASSUMED', true, 'can be reached'],
    ['CredentialsProviderError', undefined, 'NO_CREDENTIALS', false, 'configure them'],
  ])('%s %s', (name, status, code, retriable, advice) => {
    const outcome = outcomeOf(asked, said(name, status));
    expect(outcome).toMatchObject({ kind: 'failed', code, retriable });
    expect(outcome.message).toContain(advice);
    expect(unknownOf(asked, said(name, status)).message).toContain(role);
  });
});
