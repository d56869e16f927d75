// The hospital on its real processes: it replicates, falls silent, refuses, comes back, and never with two writers.
import { spawn } from 'node:child_process';
import { createServer, request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { controlApp } from '../../../src/lab/control.ts';
import { identify } from '../../../src/lab/processes/process-tree.ts';
import { portOf } from '../../../src/lab/processes/claim-sites.ts';
import { knock, until } from './knock.ts';
import { ownHospital, type Own } from './own-hospital.ts';

const LEASE_MS = 60_000;
let hospital: Own['hospital'], database: Own['database'];
ownHospital((own) => void ({ hospital, database } = own));
const ehr = (zone: string): string => hospital.regions.flatMap((region) => region.zones).find((each) => each.name === zone)!.ehr;
const postgresOf = (zone: string): { host: string; port: number } => {
  const { address, postgresPort } = hospital.regions.flatMap((region) => region.zones).find((each) => each.name === zone)!;
  return { host: address, port: postgresPort };
};

type Answer = { status: number; timeline?: string; versionId?: string; code?: string };
async function ask(zone: string, id: string, method: 'PUT' | 'GET', ms = 5_000): Promise<Answer | 'no answer'> {
  const body =
    method === 'PUT'
      ? { body: JSON.stringify({ resourceType: 'Observation', id, status: 'final' }), headers: { 'content-type': 'application/fhir+json' } }
      : {};
  try {
    const response = await fetch(`${ehr(zone)}/Observation/${id}`, { method, ...body, signal: AbortSignal.timeout(ms) });
    const json = (await response.json()) as { meta?: { tag: { code: string }[]; versionId: string }; issue?: { code: string }[] };
    if (json.meta === undefined) return { status: response.status, ...(json.issue?.[0] === undefined ? {} : { code: json.issue[0].code }) };
    return { status: response.status, timeline: json.meta.tag[0]!.code, versionId: json.meta.versionId };
  } catch {
    return 'no answer';
  }
}
const statusOf = (answer: Answer | 'no answer'): number => (answer === 'no answer' ? 0 : answer.status);
const replicated = (id: string, zone: string): Promise<void> =>
  until(`${id} in ${zone}`, async () => statusOf(await ask(zone, id, 'GET')) === 200);

const behind = async (): Promise<number> => (await database('ehr-west').lagBytes(database('ehr-east'))) ?? Number.NaN;
const putInside = (id: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const inside = request({ socketPath: `${hospital.folder}/in/ehr-0`, path: `/Observation/${id}`, method: 'PUT' }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    inside.once('error', reject);
    inside.end(JSON.stringify({ resourceType: 'Observation', id }));
  });

describe('the hospital', { timeout: 60_000 }, () => {
  afterEach(async () => {
    for (const { site } of hospital.lost()) await hospital.restore(site);
  });

  it('has one writer in each pair, and replicates to the other region', async () => {
    expect(await Promise.all(['ehr-east', 'ehr-west', 'reports', 'reports-west'].map((name) => database(name).role()))).toEqual([
      'primary',
      'standby',
      'primary',
      'standby',
    ]);
    expect(await ask('us-east-2a', 'first', 'PUT')).toEqual({ status: 201, timeline: '1', versionId: '1' });
    expect(await ask('us-east-2b', 'first', 'PUT')).toEqual({ status: 200, timeline: '1', versionId: '2' });
    await replicated('first', 'us-west-2b');
    expect(await ask('us-west-2a', 'second', 'PUT')).toEqual({ status: 503, code: 'transient' });
    await until('no lag', async () => (await database('ehr-west').lagBytes(database('ehr-east'))) === 0);
  });

  it('answers for a static document without a database, and shares the switch within a region', async () => {
    expect((await fetch(`${ehr('us-west-2a')}/metadata`)).status).toBe(200);
    const look = async (zone: string): Promise<number> => (await fetch(`${ehr(zone)}/resus/switch`)).status;
    expect([await look('us-west-2a'), await look('us-west-2b')]).toEqual([404, 404]);
    await fetch(`${ehr('us-west-2a')}/resus/switch`, { method: 'PUT', body: 'on' });
    expect([await look('us-west-2a'), await look('us-west-2b'), await look('us-east-2a')]).toEqual([200, 200, 404]);
    await fetch(`${ehr('us-west-2b')}/resus/switch`, { method: 'PUT', body: 'off' });
    expect(await look('us-west-2a')).toBe(404);
    expect((await fetch(`${ehr('us-west-2b')}/resus/switch`, { method: 'PUT', body: 'maybe' })).status).toBe(400);
  });

  it.each([
    { title: 'not JSON', id: 'x', body: '{', status: 400 },
    { title: 'another resource', id: 'x', body: '{"resourceType":"Patient","id":"x"}', status: 400 },
    { title: 'another id', id: 'x', body: '{"resourceType":"Observation","id":"y"}', status: 400 },
    { title: 'an id that FHIR does not know', id: 'x%20y', body: '{"resourceType":"Observation","id":"x y"}', status: 400 },
    { title: 'a list', id: 'x', body: '[]', status: 400 },
    { title: 'too much', id: 'x', body: JSON.stringify({ resourceType: 'Observation', id: 'x', note: 'x'.repeat(70_000) }), status: 413 },
  ])('the EHR refuses $title', async ({ id, body, status }) => {
    const response = await fetch(`${ehr('us-east-2a')}/Observation/${id}`, { method: 'PUT', body });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ resourceType: 'OperationOutcome' });
  });

  it('lets nobody but the zone of its process reach a database', async () => {
    await until('accepted', async () => (await knock(postgresOf('us-east-2a'))) === 'accepted');
    await expect(fetch(`http://${postgresOf('us-east-2b').host}:${postgresOf('us-east-2b').port}`)).rejects.toThrow();
  });

  it('loses a zone silently: connects stay pending, open ones hang, its neighbour is there', async () => {
    expect(await knock(ehr('us-west-2b'))).toBe('accepted');
    await hospital.lose('us-west-2b', 'silent', LEASE_MS);
    expect(await knock(ehr('us-west-2b'))).toBe('pending');
    expect(await knock(postgresOf('us-west-2b'))).toBe('pending');
    expect(await knock(ehr('us-west-2a'))).toBe('accepted');
    await hospital.restore('us-west-2b');
    expect(await knock(ehr('us-west-2b'), 3_000)).toBe('accepted');
  });

  it('loses a site by death: its ports refuse, and it comes back on them', async () => {
    await hospital.lose('us-west-2a', 'killed', LEASE_MS);
    expect(await knock(ehr('us-west-2a'))).toBe('refused');
    expect(database('ehr-west').isRunning()).toBe(false);
    await hospital.restore('us-west-2a');
    expect(await knock(ehr('us-west-2a'), 3_000)).toBe('accepted');
    expect(await database('ehr-west').role()).toBe('standby');
    await ask('us-east-2a', 'after-death', 'PUT');
    await replicated('after-death', 'us-west-2a');
  });

  it('loses an AWS endpoint alone', async () => {
    const aws = hospital.regions.find((region) => region.name === 'us-east-1')!.aws;
    expect(await knock(aws)).toBe('accepted');
    await hospital.lose('us-east-1', 'silent', LEASE_MS);
    expect(await knock(aws)).toBe('pending');
    expect(await knock(ehr('us-east-2a'))).toBe('accepted');
  });

  it('cuts a region off while its inside runs on, and replication stops', async () => {
    await hospital.lose('us-east-2', 'cut', LEASE_MS);
    expect(await knock(ehr('us-east-2a'))).toBe('pending');
    expect(await database('ehr-east').role()).toBe('primary');
    await expect(database('ehr-east').restartIn('us-east-2a')).rejects.toMatchObject({ code: 'LAB_SITE_LOST' });
    // From inside the cut region, past its border.
    expect(await putInside('cut')).toBe(201);
    expect(await behind()).toBeGreaterThan(0);
    await hospital.restore('us-east-2');
    await ask('us-east-2a', 'after-cut', 'PUT');
    await replicated('after-cut', 'us-west-2a');
    await replicated('cut', 'us-west-2a');
    await until('no lag', async () => (await behind()) === 0);
  });

  it('stops replication on demand, and only then', async () => {
    await database('ehr-east').pauseReplication();
    await ask('us-east-2a', 'paused', 'PUT');
    expect(await database('ehr-west').lagBytes(database('ehr-east'))).toBeGreaterThan(0);
    expect(statusOf(await ask('us-west-2a', 'paused', 'GET'))).toBe(404);
    await database('ehr-east').resumeReplication();
    await replicated('paused', 'us-west-2a');
  });

  it('freezes a database: the EHR says that it does not know, and goes on afterwards', async () => {
    database('ehr-east').freeze();
    expect(database('ehr-east').isRunning()).toBe(false);
    expect([503, 504]).toContain(statusOf(await ask('us-east-2a', 'frozen', 'PUT')));
    await expect(database('ehr-east').role()).rejects.toThrow();
    database('ehr-east').thaw();
    await until('writes again', async () => statusOf(await ask('us-east-2a', 'thawed', 'PUT')) < 300);
  });

  it('moves a database to the other zone, from which its standby goes on receiving', async () => {
    await database('ehr-east').restartIn('us-east-2b');
    expect(database('ehr-east').zone()).toBe('us-east-2b');
    expect(database('ehr-east').url()).toContain(postgresOf('us-east-2b').host);
    await until('writes again', async () => statusOf(await ask('us-east-2a', 'moved', 'PUT')) < 300);
    await replicated('moved', 'us-west-2a');
    await database('ehr-east').restartIn('us-east-2a');
  });

  it('changes roles without loss, and back', async () => {
    await until('writes', async () => statusOf(await ask('us-east-2a', 'before', 'PUT')) < 300);
    await until('streams', async () => (await database('ehr-west').lagBytes(database('ehr-east'))) === 0);
    const before = await database('ehr-east').timeline();
    await database('ehr-east').switchoverTo(database('ehr-west'));
    expect([await database('ehr-east').role(), await database('ehr-west').role()]).toEqual(['standby', 'primary']);
    expect(await database('ehr-west').timeline()).toBe(before + 1);
    expect(statusOf(await ask('us-west-2a', 'before', 'GET'))).toBe(200);
    await until('streams', async () => (await database('ehr-east').lagBytes(database('ehr-west'))) === 0);
    await database('ehr-west').switchoverTo(database('ehr-east'));
    expect(await database('ehr-east').role()).toBe('primary');
  });

  it('rebuilds an old primary whose role was taken over, and never lets it write', async () => {
    await until('streams', async () => (await database('ehr-west').lagBytes(database('ehr-east'))) === 0);
    await hospital.lose('us-east-2', 'silent', LEASE_MS);
    expect(await ask('us-east-2a', 'lost', 'PUT', 500)).toBe('no answer');
    await database('ehr-west').promote();
    await until('writes in the west', async () => statusOf(await ask('us-west-2a', 'west', 'PUT')) < 300);

    // Somebody writes to the old primary from the moment that it answers.
    const late: number[] = [];
    let isWatching = true;
    const watching = (async () => {
      while (isWatching) late.push(statusOf(await ask('us-east-2a', 'late', 'PUT', 300)));
    })();
    await hospital.restore('us-east-2');
    isWatching = false;
    await watching;
    expect(late.length).toBeGreaterThan(0);
    expect(late.filter((status) => status === 200 || status === 201)).toEqual([]);
    expect(await database('ehr-east').role()).toBe('standby');
    await replicated('west', 'us-east-2b');
    // The pair that nobody promoted went on where it was.
    expect(await database('reports').role()).toBe('primary');
    await database('ehr-west').switchoverTo(database('ehr-east'));
  });

  it('ends a loss with its lease', async () => {
    await hospital.lose('us-west-2b', 'silent', 500);
    expect(hospital.lost()).toHaveLength(1);
    await until('it is back', () => hospital.lost().length === 0);
    await until('it answers', async () => (await knock(ehr('us-west-2b'))) === 'accepted');
  });

  it('stops and continues the residents of a site with it', async () => {
    const resident = spawn(process.execPath, ['-e', "process.stdin.on('data', (data) => process.stdout.write(data))"], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const echo = (ms: number): Promise<string> =>
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve('nothing'), ms);
        resident.stdout.once('data', (data: Buffer) => {
          clearTimeout(timer);
          resolve(data.toString());
        });
        resident.stdin.write('x');
      });
    try {
      expect(await echo(5_000)).toBe('x');
      hospital.residents.register('us-west-2', resident.pid!);
      await hospital.lose('us-west-2', 'silent', LEASE_MS);
      expect(await echo(300)).toBe('nothing');
      await hospital.restore('us-west-2');
      expect(await echo(5_000)).toContain('x');
    } finally {
      resident.kill('SIGKILL');
    }
    expect(() => hospital.residents.register('us-west-2', 999_999_999)).toThrow(/no process/);
    expect(identify(process.pid)).toBeDefined();
  });
});

describe('the control API', { timeout: 60_000 }, () => {
  const throttled: [string, number][] = [];
  const server = createServer((...exchange) => void app(...exchange));
  let app: ReturnType<typeof controlApp>, base: string;
  beforeAll(async () => {
    app = controlApp(
      hospital,
      { executions: () => ({ 'FailoverGlobalCluster ehr-global': 1 }), throttle: (...wanted) => void throttled.push(wanted) },
      'secret',
    );
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${portOf(server)}`;
  });
  afterAll(() => void server.close());

  const call = async (method: string, path: string, body?: unknown, token = 'secret'): Promise<{ status: number; json: unknown }> => {
    const response = await fetch(base + path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, json: text === '' ? undefined : (JSON.parse(text) as unknown) };
  };

  it.each([
    { title: 'a wrong token', call: ['GET', '/faults', undefined, 'secreT'], status: 401, code: 'LAB_BAD_REQUEST' },
    {
      title: 'an unknown site',
      call: ['POST', '/faults', { site: 'north', kind: 'silent', leaseMs: 1 }],
      status: 404,
      code: 'LAB_UNKNOWN_SITE',
    },
    {
      title: 'an unknown kind',
      call: ['POST', '/faults', { site: 'us-east-2', kind: 'loud', leaseMs: 1 }],
      status: 400,
      code: 'LAB_BAD_REQUEST',
    },
    { title: 'no lease', call: ['POST', '/faults', { site: 'us-east-2', kind: 'cut' }], status: 400, code: 'LAB_BAD_REQUEST' },
    { title: 'a list', call: ['POST', '/faults', []], status: 400, code: 'LAB_BAD_REQUEST' },
    { title: 'half a JSON', call: ['POST', '/faults', '{"site":'], status: 400, code: 'LAB_BAD_REQUEST' },
    { title: 'restoring an unknown site', call: ['DELETE', '/faults/north'], status: 404, code: 'LAB_UNKNOWN_SITE' },
    {
      title: 'a resident without a process',
      call: ['POST', '/residents', { site: 'us-east-2', pid: 0 }],
      status: 400,
      code: 'LAB_BAD_REQUEST',
    },
    { title: 'a resident of nowhere', call: ['POST', '/residents', { site: 'north', pid: 1 }], status: 404, code: 'LAB_UNKNOWN_SITE' },
    { title: 'an unknown database', call: ['POST', '/databases/pacs/kill'], status: 404, code: 'LAB_UNKNOWN_DATABASE' },
    { title: 'an inherited deed', call: ['POST', '/databases/reports/constructor'], status: 400, code: 'LAB_BAD_REQUEST' },
    {
      title: 'a negative throttle',
      call: ['POST', '/throttle', { operation: 'DescribeEvents', count: -1 }],
      status: 400,
      code: 'LAB_BAD_REQUEST',
    },
    { title: 'an unknown path', call: ['GET', '/'], status: 404, code: 'LAB_BAD_REQUEST' },
  ] as { title: string; call: [string, string, unknown?, string?]; status: number; code: string }[])(
    'refuses $title',
    async ({ call: [method, path, body, token], status, code }) => {
      expect(await call(method, path, body, token)).toMatchObject({ status, json: { code } });
      expect(hospital.lost()).toEqual([]);
    },
  );

  it('loses and restores, kills and starts, counts and throttles', async () => {
    expect(await call('POST', '/faults', { site: 'us-west-2b', kind: 'cut', leaseMs: LEASE_MS })).toMatchObject({ status: 204 });
    expect(await call('GET', '/faults')).toMatchObject({ json: { faults: [{ site: 'us-west-2b', kind: 'cut' }] } });
    expect(await call('POST', '/faults', { site: 'us-west-2b', kind: 'killed', leaseMs: 1_000 })).toMatchObject({
      status: 409,
      json: { code: 'LAB_ALREADY_LOST' },
    });
    expect(await call('DELETE', '/faults/us-west-2b')).toMatchObject({ status: 204 });
    expect(await call('GET', '/faults')).toEqual({ status: 200, json: { faults: [] } });
    expect(await call('POST', '/databases/reports-west/kill')).toMatchObject({ status: 204 });
    expect(database('reports-west').isRunning()).toBe(false);
    expect(await call('POST', '/databases/reports-west/start')).toMatchObject({ status: 204 });
    expect(await database('reports-west').role()).toBe('standby');
    expect(await call('GET', '/executions')).toEqual({ status: 200, json: { 'FailoverGlobalCluster ehr-global': 1 } });
    expect(await call('POST', '/throttle', { operation: 'DescribeEvents', count: 2 })).toMatchObject({ status: 204 });
    expect(throttled).toEqual([['DescribeEvents', 2]]);
  });
});
