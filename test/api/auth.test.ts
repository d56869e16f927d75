// Who may do what, over real HTTP: every route against every kind of caller, and what a browser or a proxy could try.
import { hash } from 'node:crypto';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gate, type Token } from '../../src/api/auth.ts';
import { openHouse, type House } from './house.ts';

let open: House;
let shut: House;
beforeAll(async () => {
  open = await openHouse();
  shut = await openHouse({ openReads: false });
});
afterAll(async () => {
  await open.close();
  await shut.close();
});

type Caller = 'nobody' | 'wrong' | 'vera' | 'olga' | 'campus' | 'ward';
const callers: readonly Caller[] = ['nobody', 'wrong', 'vera', 'olga', 'campus', 'ward'];
/** The status for each caller, in their order. 4xx beyond 401 and 403 mean: let in, and the request itself is refused. */
const matrix: readonly (readonly [string, string, unknown, readonly number[]])[] = [
  ['GET', '/healthz', undefined, [200, 200, 200, 200, 200, 200]],
  ['GET', '/readyz', undefined, [200, 200, 200, 200, 200, 200]],
  ['GET', '/metrics', undefined, [401, 401, 200, 200, 403, 403]],
  ['GET', '/api/v1/workloads', undefined, [401, 401, 200, 200, 403, 403]],
  ['GET', '/api/v1/workloads/ehr', undefined, [401, 401, 200, 200, 403, 403]],
  ['GET', '/api/v1/workloads/ehr/why', undefined, [401, 401, 200, 200, 403, 403]],
  ['GET', '/api/v1/runs', undefined, [401, 401, 200, 200, 403, 403]],
  ['GET', '/api/v1/runs/ehr-9', undefined, [401, 401, 404, 404, 403, 403]],
  ['GET', '/api/v1/plan?workload=ehr&mode=failover', undefined, [401, 401, 200, 200, 403, 403]],
  ['GET', '/api/v1/gamedays', undefined, [401, 401, 200, 200, 403, 403]],
  ['GET', '/api/v1/drills', undefined, [401, 401, 200, 200, 403, 403]],
  ['GET', '/api/v1/incidents', undefined, [401, 401, 200, 200, 403, 403]],
  ['GET', '/api/v1/events', undefined, [401, 401, 200, 200, 403, 403]],
  ['GET', '/api/v1/checkpoint', undefined, [401, 401, 200, 200, 403, 403]],
  ['GET', '/api/v1/runs/ehr-9/bundle', undefined, [401, 401, 404, 404, 403, 403]],
  ['POST', '/api/v1/runs', {}, [401, 401, 403, 400, 403, 403]],
  ['POST', '/api/v1/runs/ehr-9/approvals', {}, [401, 401, 403, 400, 403, 403]],
  ['POST', '/api/v1/runs/ehr-9/cancel', {}, [401, 401, 403, 400, 403, 403]],
  ['POST', '/api/v1/drills', {}, [401, 401, 403, 400, 403, 403]],
  ['GET', '/api/v1/vantages/campus/assignment', undefined, [401, 401, 403, 403, 200, 403]],
  ['GET', '/api/v1/vantages/east/assignment', undefined, [401, 401, 403, 403, 403, 403]],
  ['POST', '/api/v1/vantages/campus/observations', {}, [401, 401, 403, 403, 400, 403]],
  ['GET', '/api/v1/canaries/ehr/ward/assignment', undefined, [401, 401, 403, 403, 403, 200]],
  ['GET', '/api/v1/canaries/ehr/other/assignment', undefined, [401, 401, 403, 403, 403, 403]],
  ['POST', '/api/v1/canaries/ehr/ward/samples', {}, [401, 401, 403, 403, 403, 400]],
  ['POST', '/api/v1/canaries/ehr/ward/ledgers', {}, [401, 401, 403, 403, 403, 400]],
];
let strangers = 0;
/** Each stranger has an address of his own: how many wrong tokens one may present is tested elsewhere. */
const stranger = (): Record<string, string> => ({
  authorization: 'Bearer not-a-token',
  'x-forwarded-for': `203.0.113.${(strangers += 1)}`,
});
const headersOf = (house: House, caller: Caller): Record<string, string> =>
  caller === 'nobody' ? {} : caller === 'wrong' ? stranger() : house.as(caller);
const ask = (house: House, method: string, path: string, body: unknown, headers: Record<string, string>) =>
  method === 'GET' ? house.get(path, headers) : house.post(path, body, headers);

describe.each(matrix)('%s %s', (method, path, body, expected) => {
  test(`answers ${callers.join(', ')} with ${expected.join(', ')}`, async () => {
    const statuses = await Promise.all(
      callers.map(async (caller) => (await ask(shut, method, path, body, headersOf(shut, caller))).status),
    );
    expect(statuses).toEqual(expected);
  });
});

describe('reads over loopback', () => {
  test('need no token, writes and evidence do', async () => {
    expect((await open.get('/api/v1/workloads')).status).toBe(200);
    expect((await open.post('/api/v1/drills', { gameday: 'region-loss' })).status).toBe(401);
    expect((await open.get('/api/v1/runs/ehr-9/bundle')).status).toBe(401);
  });
  test('a wrong token is refused also where none is needed', async () => {
    expect((await open.get('/api/v1/workloads', { authorization: 'Bearer nope' })).status).toBe(401);
    expect((await open.get('/api/v1/workloads', { authorization: 'Basic b2xnYTp4' })).status).toBe(401);
  });
  // A page that points its own name at 127.0.0.1, and a proxy on this machine that lets the world in.
  test.each([
    [{ host: 'evil.example' }, 401],
    [{ host: 'localhost.evil.example' }, 401],
    [{ 'x-forwarded-for': '203.0.113.9' }, 401],
    [{ forwarded: 'for=203.0.113.9' }, 401],
    [{ host: 'localhost:7400' }, 200],
    [{ host: '[::1]:7400' }, 200],
  ])('with %j answers %i', async (headers, status) => {
    expect(await rawStatus(open, '/api/v1/workloads', headers)).toBe(status);
  });
});

describe('a refusal', () => {
  test('is JSON with a code, a message and a remedy, without the token, and says how to authenticate', async () => {
    const { status, body, headers, text } = await shut.get('/api/v1/runs', { authorization: 'Bearer sEcReT' });
    expect(status).toBe(401);
    expect(Object.keys(body).sort()).toEqual(['code', 'message', 'remedy']);
    expect(headers.get('www-authenticate')).toContain('Bearer');
    expect(text).not.toContain('sEcReT');
  });
  test('carries the headers that every answer has, and names no software', async () => {
    const { headers } = await shut.get('/nowhere');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('token entries that could never work are refused at the start', () => {
  const good: Token = { name: 'a', role: 'viewer', sha256: hash('sha256', 'x') };
  test.each<readonly [string, readonly Token[], RegExp]>([
    ['a hash that is none', [{ ...good, sha256: 'abc' }], /64 lower-case hex digits/],
    ['upper-case hex', [{ ...good, sha256: good.sha256.toUpperCase() }], /64 lower-case hex digits/],
    ['the empty token', [{ ...good, sha256: hash('sha256', '') }], /empty token/],
    ['a role that is none', [{ ...good, role: 'root' as never }], /role must be one of/],
    ['one name twice', [good, { ...good, sha256: hash('sha256', 'y') }], /same name/],
    ['one token twice', [good, { ...good, name: 'b' }], /same token/],
  ])('%s', (_what, tokens, message) => {
    expect(() => gate(tokens, { nowMs: () => 0 })).toThrow(message);
  });
  test('and a good one is not', () => {
    expect(() => gate([good], { nowMs: () => 0 })).not.toThrow();
  });
});

const rawStatus = (house: House, path: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    http
      .get(`${house.url}${path}`, { headers, agent: false }, (response) => resolve(response.resume().statusCode ?? 0))
      .on('error', reject);
  });
