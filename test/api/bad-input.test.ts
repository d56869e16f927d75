// What comes in wrong goes out with a code and a remedy, changes nothing, and never reaches the journal half checked.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listen } from '../../src/api/listen.ts';
import express from 'express';
import { openHouse, type House } from './house.ts';

let house: House;
let fails: unknown[];
beforeAll(async () => {
  fails = [];
  house = await openHouse({ failed: (error) => fails.push(error) });
});
afterAll(() => house.close());

const now = Date.now();
const observation = { target: 'ehr/east/db', ok: true, at: now, detail: 'x' };
const sample = { id: 'c', sentAt: now, timeline: 0, address: '', detail: '' };
type Case = [what: string, who: string, path: string, body: unknown, status: number, code: string, says?: string];
const posts: Case[] = [
  ['no JSON', 'olga', '/drills', '{"gameday"', 400, 'BAD_JSON'],
  ['a JSON text', 'olga', '/drills', '"x"', 400, 'BAD_JSON'],
  ['a list', 'olga', '/drills', [], 400, 'BAD_REQUEST', 'the body must be object'],
  ['nothing', 'olga', '/drills', '', 400, 'BAD_REQUEST'],
  ['a game day that is no text', 'olga', '/drills', { gameday: 1 }, 400, 'BAD_REQUEST', 'gameday must be string'],
  ['an unknown key', 'olga', '/drills', { gameday: 'region-loss', force: true }, 400, 'BAD_REQUEST', 'must not have force'],
  ['an unknown game day', 'olga', '/drills', { gameday: 'nope' }, 404, 'GAMEDAY_UNKNOWN'],
  ['a game day called like a method', 'olga', '/drills', { gameday: 'toString' }, 404, 'GAMEDAY_UNKNOWN'],
  ['a game day that every object has', 'olga', '/drills', { gameday: 'constructor' }, 404, 'GAMEDAY_UNKNOWN'],
  [
    'a workload that every object has',
    'olga',
    '/runs',
    { workload: 'constructor', mode: 'failover', reason: 'r' },
    404,
    'WORKLOAD_UNKNOWN',
  ],
  ['a run that every object has', 'olga', '/runs/constructor/cancel', { reason: 'r' }, 404, 'RUN_UNKNOWN'],
  ['a population that every object has', 'anyCanary', '/canaries/constructor/ward/samples', { samples: [] }, 404, 'POPULATION_UNKNOWN'],
  ['a vantage that every object has', 'anyVantage', '/vantages/constructor/observations', { observations: [] }, 404, 'VANTAGE_UNKNOWN'],
  ['a body of 100 kB where 64 are taken', 'olga', '/drills', { gameday: 'x'.repeat(100_000) }, 413, 'TOO_LARGE'],
  ['an unknown workload', 'olga', '/runs', { workload: 'nope', mode: 'switchover', reason: 'r' }, 404, 'WORKLOAD_UNKNOWN'],
  [
    'an unknown mode',
    'olga',
    '/runs',
    { workload: 'ehr', mode: 'sideways', reason: 'r' },
    400,
    'BAD_REQUEST',
    'mode must be one of switchover, failover, failback',
  ],
  ['no reason', 'olga', '/runs', { workload: 'ehr', mode: 'switchover' }, 400, 'BAD_REQUEST', "required property 'reason'"],
  ['a blank reason', 'olga', '/runs', { workload: 'ehr', mode: 'switchover', reason: '  ' }, 400, 'BAD_REQUEST'],
  ['an approval of no run', 'olga', '/runs/ehr-9/approvals', { plan: 'a'.repeat(64) }, 404, 'RUN_UNKNOWN'],
  ['an approval of no hash', 'olga', '/runs/ehr-9/approvals', { plan: 'latest' }, 400, 'BAD_REQUEST', 'plan must match pattern'],
  ['a cancel of no run', 'olga', '/runs/ehr-9/cancel', { reason: 'r' }, 404, 'RUN_UNKNOWN'],
  ['a vantage that nobody declares', 'anyVantage', '/vantages/moon/observations', { observations: [] }, 404, 'VANTAGE_UNKNOWN'],
  [
    'an instant that is no integer',
    'campus',
    '/vantages/campus/observations',
    { observations: [{ ...observation, at: 1.5 }] },
    400,
    'BAD_REQUEST',
    'observations/0/at must be integer',
  ],
  [
    'an instant before time began',
    'campus',
    '/vantages/campus/observations',
    { observations: [{ ...observation, at: -1 }] },
    400,
    'BAD_REQUEST',
  ],
  [
    'an instant beyond integers',
    'campus',
    '/vantages/campus/observations',
    `{"observations":[{"target":"t","ok":true,"at":1e400,"detail":""}]}`,
    400,
    'BAD_REQUEST',
  ],
  [
    'an instant two minutes ahead',
    'campus',
    '/vantages/campus/observations',
    { observations: [{ ...observation, at: now + 120_000 }] },
    422,
    'CLOCK_AHEAD',
    'in the future',
  ],
  [
    'a measurement that is no integer',
    'campus',
    '/vantages/campus/observations',
    { observations: [{ ...observation, measured: { lagMs: 0.5 } }] },
    400,
    'BAD_REQUEST',
  ],
  [
    'a measurement inside a measurement',
    'campus',
    '/vantages/campus/observations',
    { observations: [{ ...observation, measured: { a: {} } }] },
    400,
    'BAD_REQUEST',
  ],
  [
    'seventeen measurements',
    'campus',
    '/vantages/campus/observations',
    { observations: [{ ...observation, measured: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`m${i}`, i])) }] },
    400,
    'BAD_REQUEST',
  ],
  [
    'a target of 500 letters',
    'campus',
    '/vantages/campus/observations',
    { observations: [{ ...observation, target: 't'.repeat(500) }] },
    400,
    'BAD_REQUEST',
  ],
  [
    '2 MB of observations',
    'campus',
    '/vantages/campus/observations',
    { observations: Array.from({ length: 500 }, () => ({ ...observation, detail: 'd'.repeat(4_096) })) },
    413,
    'TOO_LARGE',
  ],
  ['a population that nobody declares', 'ward', '/canaries/ehr/ward2/samples', { samples: [] }, 403, 'FORBIDDEN'],
  [
    'a sample that is none',
    'ward',
    '/canaries/ehr/ward/samples',
    { samples: [{ ...sample, sentAt: 'now' }] },
    400,
    'BAD_REQUEST',
    'samples/0 is not a canary sample',
  ],
  [
    'a canary read before it was sent',
    'ward',
    '/canaries/ehr/ward/samples',
    { samples: [{ ...sample, ackedAt: now - 1 }] },
    400,
    'BAD_REQUEST',
  ],
  [
    'a canary of tomorrow',
    'ward',
    '/canaries/ehr/ward/samples',
    { samples: [{ ...sample, sentAt: now + 86_400_000 }] },
    422,
    'CLOCK_AHEAD',
  ],
  ['an acknowledgement at no instant', 'ward', '/canaries/ehr/ward/samples', { samples: [sample], lastAckedAt: 'now' }, 400, 'BAD_REQUEST'],
  [
    'a canary of now, told by a clock that is just too far ahead',
    'ward',
    '/canaries/ehr/ward/samples',
    { samples: [sample], at: now + 61_000 },
    422,
    'CLOCK_AHEAD',
  ],
  [
    'an acknowledgement of tomorrow',
    'ward',
    '/canaries/ehr/ward/samples',
    { samples: [sample], lastAckedAt: now + 86_400_000 },
    422,
    'CLOCK_AHEAD',
  ],
  ['a ledger that nobody ordered', 'ward', '/canaries/ehr/ward/ledgers', { run: 'ehr-1', samples: '', ledger: '' }, 404, 'RUN_UNKNOWN'],
];

describe('POST', () => {
  test.each(posts)('%s', async (_what, who, path, body, status, code, says = '') => {
    const before = [house.journal.lines.length, house.journal.blobs.size];
    const reply = await house.post(`/api/v1${path}`, body, house.as(who));
    expect(reply).toMatchObject({ status, body: { code } });
    expect(reply.body['message']).toContain(says);
    expect(reply.body['remedy']).toMatch(/\S/);
    expect(Object.keys(reply.body)).toHaveLength(3);
    expect([house.journal.lines.length, house.journal.blobs.size]).toEqual(before);
  });
  test('another content type, or a compressed body', async () => {
    expect(await house.post('/api/v1/drills', 'gameday=x', { ...house.as('olga'), 'content-type': 'text/plain' })).toMatchObject({
      status: 415,
      body: { code: 'NOT_JSON' },
    });
    expect(await house.post('/api/v1/drills', '{}', { ...house.as('olga'), 'content-encoding': 'gzip' })).toMatchObject({
      status: 415,
      body: { code: 'COMPRESSED' },
    });
  });
  test('nothing of all this counted as a failure inside', () => {
    expect(fails).toEqual([]);
  });
});

describe('GET', () => {
  test.each([
    ['/nowhere', 404, 'NO_SUCH_ROUTE'],
    ['/api/v1/workloads/nope', 404, 'WORKLOAD_UNKNOWN'],
    ['/api/v1/workloads/__proto__', 404, 'WORKLOAD_UNKNOWN'],
    ['/api/v1/workloads/constructor/why', 404, 'WORKLOAD_UNKNOWN'],
    ['/api/v1/workloads/%E0%A4%A', 400, 'BAD_REQUEST'],
    ['/api/v1/plan?workload=nope&mode=failover', 404, 'WORKLOAD_UNKNOWN'],
    ['/api/v1/plan?workload=ehr&mode=x', 400, 'BAD_REQUEST'],
    ['/api/v1/plan?workload=ehr&workload=ehr', 400, 'BAD_REQUEST'],
    ['/api/v1/drills/nope', 404, 'DRILL_UNKNOWN'],
    ['/api/v1/events?from=-1', 400, 'BAD_REQUEST'],
    ['/api/v1/events?from=1e3', 400, 'BAD_REQUEST'],
    ['/api/v1/events?from=0&limit=99999999', 400, 'BAD_REQUEST'],
  ])('%s', async (path, status, code) => {
    expect(await house.get(path)).toMatchObject({ status, body: { code } });
  });
});

describe('texts', () => {
  test('with half characters and control codes become plain before they reach the journal', async () => {
    const opened = await house.post(
      '/api/v1/runs',
      '{"workload":"ehr","mode":"switchover","reason":"a\\ud800\\u001b[31mb\\nc"}',
      house.as('olga'),
    );
    expect(opened.status).toBe(201);
    const line = house.journal.lines.find((each) => each.includes('"RunOpened"')) ?? '';
    expect((JSON.parse(line) as { data: { because: string } }).data.because).toBe('a\ufffd [31mb c');
    expect(house.controller.standing.ready).toBe(true);
    expect((await house.post(`/api/v1/runs/${String(opened.body['run'])}/cancel`, { reason: 'test' }, house.as('olga'))).status).toBe(201);
  });
  test("of a probe are cut and made plain in a verdict's entry", async () => {
    const at = Date.now();
    const taken = await house.post(
      '/api/v1/vantages/campus/observations',
      {
        observations: [
          { target: 'ehr/east/db', ok: true, at, detail: `\ud800\u0007${'x'.repeat(4_000)}` },
          { target: 'reference/east/dns', ok: true, at, detail: '' },
        ],
      },
      house.as('campus'),
    );
    // The second is not one of this vantage's targets.
    expect(taken).toMatchObject({ status: 200, body: { taken: 1 } });
    const line = house.journal.lines.find((each) => each.includes('"VerdictChanged"')) ?? '';
    expect((JSON.parse(line) as { data: { because: string } }).data.because).toMatch(/^\ufffd x{298}$/);
  });
});

describe('a controller that does not act', () => {
  test('says so everywhere, and keeps living', async () => {
    const broken = await openHouse();
    try {
      expect((await broken.get('/readyz')).status).toBe(200);
      broken.journal.broken = Object.assign(new Error('JOURNAL_FULL: the disk is full'), { code: 'JOURNAL_FULL' });
      expect(await broken.post('/api/v1/drills', { gameday: 'region-loss' }, broken.as('olga'))).toMatchObject({
        status: 503,
        body: { code: 'NOT_READY' },
      });
      expect(await broken.get('/readyz')).toMatchObject({
        status: 503,
        body: { ready: false, because: expect.stringContaining('disk is full') as string },
      });
      expect((await broken.get('/healthz')).status).toBe(200);
      expect(await broken.get('/api/v1/workloads')).toMatchObject({ status: 503, body: { code: 'NOT_READY' } });
      expect(await broken.get('/api/v1/events')).toMatchObject({ status: 503, body: { code: 'NOT_READY' } });
      expect(await broken.post('/api/v1/vantages/campus/observations', { observations: [] }, broken.as('campus'))).toMatchObject({
        status: 503,
      });
      const metrics = await broken.get('/metrics');
      expect(metrics.text).toContain('\nresus_ready 0\n');
      expect(metrics.text).not.toMatch(/^resus_epoch /m);
    } finally {
      await broken.close();
    }
  });
  test('a bundle that cannot be made is an error inside, without its words', async () => {
    const failed: unknown[] = [];
    const odd = await openHouse({ bundle: () => Promise.reject(new Error('secret /path')), failed: (error) => failed.push(error) });
    try {
      const { body } = await odd.post('/api/v1/runs', { workload: 'ehr', mode: 'switchover', reason: 'r' }, odd.as('olga'));
      const run = String(body['run']);
      expect(await odd.get(`/api/v1/runs/${run}/bundle`, odd.as('olga'))).toMatchObject({ status: 409, body: { code: 'RUN_NOT_CLOSED' } });
      await odd.post(`/api/v1/runs/${run}/cancel`, { reason: 'r' }, odd.as('olga'));
      const reply = await odd.get(`/api/v1/runs/${run}/bundle`, odd.as('olga'));
      expect(reply).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
      expect(reply.text).not.toContain('secret');
      expect(failed).toHaveLength(1);
    } finally {
      await odd.close();
    }
  });
});

describe('listening', () => {
  test('says what to do about a port that is taken, and an address that is elsewhere', async () => {
    await expect(listen(express(), { host: '127.0.0.1', port: house.listening.port })).rejects.toThrow(
      /^PORT_TAKEN: cannot listen on 127\.0\.0\.1:\d+: something else listens there/,
    );
    await expect(listen(express(), { host: '203.0.113.1', port: 0 })).rejects.toThrow(/^HOST_NOT_HERE/);
  });
});
