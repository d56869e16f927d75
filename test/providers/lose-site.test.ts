import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { killDatabase } from '../../src/providers/lab/faults/kill-database.ts';
import { loseSite } from '../../src/providers/lab/faults/lose-site.ts';
import { LabTools } from '../../src/providers/lab/tools.ts';
import { call, freePort, httpServer, silentServer } from './fixtures.ts';

const lost = new Map<string, { site: string; kind: string; until: number }>();
let server: Awaited<ReturnType<typeof httpServer>>;
let reply: number | undefined;
beforeAll(async () => {
  server = await httpServer(({ method, path, body, request }, response) => {
    const json = (status: number, value: unknown): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (request.headers.authorization !== 'Bearer lab-token') return json(401, {});
    if (reply !== undefined) return json(reply, {});
    if (method === 'GET') return json(200, { faults: [...lost.values()] });
    if (method === 'DELETE') return json(lost.delete(path.slice('/faults/'.length)) ? 204 : 404, {});
    const asked = JSON.parse(body) as { site: string; kind: string; leaseMs: number };
    lost.set(asked.site, { site: asked.site, kind: asked.kind, until: asked.leaseMs });
    return json(201, {});
  });
});
afterAll(() => server.close());

const tools = (token = 'lab-token'): LabTools => new LabTools({ labUrl: `${server.url}/`, token });
const input = { site: 'us-east-2', how: 'silent' as const };
const faultCall = (through = tools()) => ({ ...call(), with: input, tools: through, leaseMs: 30_000 });

test('is injected with its lease, seen, reverted, gone, and reverted again', async () => {
  expect(await loseSite.observe(faultCall())).toEqual({ kind: 'absent', because: 'us-east-2 is not lost' });
  expect(await loseSite.revert(faultCall()), 'safe on a fault that was never injected').toMatchObject({ kind: 'succeeded' });
  expect(await loseSite.inject(faultCall())).toMatchObject({ kind: 'succeeded' });
  expect(lost.get('us-east-2')).toEqual({ site: 'us-east-2', kind: 'silent', until: 30_000 });
  expect(await loseSite.observe(faultCall())).toMatchObject({ kind: 'holds' });
  expect(await loseSite.observe({ ...faultCall(), with: { ...input, site: 'us-west-2' } })).toMatchObject({ kind: 'absent' });
  expect(await loseSite.revert(faultCall())).toMatchObject({ kind: 'succeeded' });
  expect(await loseSite.observe(faultCall())).toMatchObject({ kind: 'absent' });
});

test('a database is killed by the same means, whatever is lost around it', async () => {
  const database = { ...faultCall(), with: { database: 'ehr-east' } };
  await loseSite.inject(faultCall());
  expect(await killDatabase.observe(database)).toEqual({ kind: 'absent', because: 'ehr-east is not lost' });
  expect(await killDatabase.inject(database)).toMatchObject({ kind: 'succeeded' });
  expect(lost.get('ehr-east')).toEqual({ site: 'ehr-east', kind: 'killed', until: 30_000 });
  expect(await killDatabase.observe(database)).toMatchObject({ kind: 'holds' });
  await loseSite.revert(faultCall());
  expect(await killDatabase.observe(database)).toMatchObject({ kind: 'holds' });
  expect(await killDatabase.revert(database)).toMatchObject({ kind: 'succeeded' });
  expect(await killDatabase.revert(database), 'safe once it is gone').toMatchObject({ kind: 'succeeded' });
  expect(await killDatabase.observe(database)).toMatchObject({ kind: 'absent' });
});

describe('what the lab answers', () => {
  test.each([
    [400, { kind: 'failed', code: 'LAB_REFUSED', retriable: false }],
    [500, { kind: 'unknown' }],
  ])('%d', async (status, expected) => {
    reply = status;
    expect(await loseSite.inject(faultCall())).toMatchObject(expected);
    expect(await loseSite.observe(faultCall())).toMatchObject({ kind: 'unknown' });
    reply = undefined;
  });
  test('a wrong token is refused and not told', async () => {
    const outcome = await loseSite.inject(faultCall(tools('wrong-secret')));
    expect(outcome).toMatchObject({ kind: 'failed', code: 'LAB_REFUSED' });
    expect(JSON.stringify(outcome)).not.toContain('wrong-secret');
  });
  test('nobody listens', async () => {
    const nobody = new LabTools({ labUrl: `http://127.0.0.1:${await freePort()}` });
    expect(await loseSite.inject(faultCall(nobody))).toMatchObject({ kind: 'failed', code: 'UNREACHABLE', retriable: true });
    expect(await loseSite.observe(faultCall(nobody))).toMatchObject({ kind: 'unknown' });
  });
  test('it accepts and is silent', async () => {
    const silent = await silentServer();
    const through = new LabTools({ labUrl: `http://127.0.0.1:${silent.port}` });
    const signal = AbortSignal.timeout(300);
    expect(await loseSite.inject({ ...faultCall(through), signal })).toMatchObject({ kind: 'unknown' });
    expect(await loseSite.observe({ ...faultCall(through), signal })).toMatchObject({ kind: 'unknown' });
    await silent.close();
  });
});
