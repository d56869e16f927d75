// The whole canary process against a controller, an EHR and a name server: orders, absence of the controller, sudden death.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { readCanaryAssignment, runCanary } from '../../src/canary/canary.ts';
import { openLedger } from '../../src/canary/ledger.ts';
import type { CanarySample, LedgerLine } from '../../src/core/objective/measurement.ts';
import type { Instant } from '../../src/core/values.ts';
import { startAgent } from '../vantage/agent.ts';
import { fakeController, type Answer, type Asked, type FakeController } from '../vantage/controller.ts';
import { until } from '../vantage/until.ts';
import { testEhr, testNameServer, type TestEhr, type TestNameServer } from './servers.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 30_000 });
const cleanUps: (() => unknown)[] = [];
let dir = '';
let ehr: TestEhr;
let names: TestNameServer;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'resus-canary-'));
  ehr = await testEhr();
  names = await testNameServer(['127.0.0.1'], 1);
});
afterEach(async () => {
  for (const clean of cleanUps.splice(0).reverse()) await clean();
  await ehr.close();
  await names.close();
  await rm(dir, { recursive: true, force: true });
});

const settings = (intervalMs = 50) => ({
  url: `http://ehr.hospital.test:${ehr.port}`,
  nameServers: [names.server],
  intervalMs,
  timeoutMs: 400,
});
type Orders = readonly { readonly run: string; readonly from: number }[];
/** Plays the controller; `orders` and `ledgerStatus` may be changed while it runs. */
async function controllerWith(
  play: { orders?: Orders; ledgerStatus?: number; settings?: () => unknown },
  port = 0,
): Promise<FakeController> {
  const controller = await fakeController((asked): Answer => {
    if (asked.method === 'GET') return { status: 200, body: (play.settings ?? settings)() };
    if (asked.path.endsWith('/samples')) return { status: 200, body: { orders: play.orders ?? [] } };
    return { status: play.ledgerStatus ?? 204 };
  }, port);
  cleanUps.push(() => controller.close());
  return controller;
}
function canary(controller: string, more: { readBackMs?: number } = {}) {
  const lines: string[] = [];
  const ended = new AbortController();
  const done = runCanary({
    controller,
    token: 'secret-token',
    workload: 'ehr',
    population: 'campus',
    dir,
    signal: ended.signal,
    refreshMs: 100,
    log: (line) => lines.push(line),
    ...more,
  });
  const stop = async (): Promise<void> => {
    ended.abort();
    await done;
  };
  cleanUps.push(stop);
  return { lines, stop };
}
const samplesOf = (asked: readonly Asked[]): CanarySample[] =>
  asked.flatMap((one) => (one.path.endsWith('/samples') ? (one.body as { samples: CanarySample[] }).samples : []));
const parse = <T>(text: string): T[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
const ledgersOf = (asked: readonly Asked[]) =>
  asked
    .filter((one) => one.path === '/api/v1/canaries/ehr/campus/ledgers')
    .map((one) => one.body as { run: string; samples: string; ledger: string })
    .map((body) => ({ run: body.run, samples: parse<CanarySample>(body.samples), ledger: parse<LedgerLine>(body.ledger) }));

describe('with its controller', () => {
  test('it asks for its settings, goes the path, and posts good samples with its token', async () => {
    const controller = await controllerWith({});
    canary(controller.url);
    await until('five samples', () => samplesOf(controller.asked).length >= 5);
    expect(controller.asked[0]).toMatchObject({ method: 'GET', path: '/api/v1/canaries/ehr/campus/assignment', token: 'secret-token' });
    expect(samplesOf(controller.asked).every((sample) => sample.detail === 'good' && sample.timeline === 1)).toBe(true);
    expect(names.asked.every((name) => name === 'ehr.hospital.test')).toBe(true);
  });

  test('an order is answered by every canary since then, and by what became of each acknowledged one', async () => {
    const play: { orders: Orders } = { orders: [] };
    const controller = await controllerWith(play);
    canary(controller.url);
    await until('ten samples', () => samplesOf(controller.asked).length >= 10);
    const seen = samplesOf(controller.asked);
    const [before, lost, twice] = [seen[1]!, seen[3]!, seen[4]!];
    ehr.records.delete(lost.id);
    ehr.records.set(twice.id, { ...ehr.records.get(twice.id)!, versions: 2 });
    play.orders = [{ run: 'run-1', from: seen[2]!.sentAt }];
    const [handed] = await until('the ledger', () => {
      const all = ledgersOf(controller.asked);
      return all.length > 0 && all;
    });
    expect(handed?.run).toBe('run-1');
    expect(handed?.samples.map((sample) => sample.id)).not.toContain(before.id);
    expect(handed?.samples.map((sample) => sample.id)).toEqual(expect.arrayContaining(seen.slice(2).map((sample) => sample.id)));
    expect(handed?.ledger).toHaveLength(handed?.samples.filter((sample) => sample.ackedAt !== undefined).length ?? -1);
    const line = (id: string) => handed?.ledger.find((one) => one.id === id);
    expect(line(lost.id)).toEqual({ id: lost.id, found: 'absent', versions: 0 });
    expect(line(twice.id)).toEqual({ id: twice.id, found: 'present', versions: 2 });
    expect(handed?.ledger.filter((one) => one.found === 'present' && one.versions === 1)).toHaveLength(handed!.ledger.length - 2);
  });

  test('a ledger is posted until it is taken, once for an order that keeps coming', async () => {
    const play = { orders: [{ run: 'run-1', from: 0 }], ledgerStatus: 503 };
    const controller = await controllerWith(play);
    canary(controller.url);
    await until('three tries', () => ledgersOf(controller.asked).length >= 3);
    play.ledgerStatus = 204;
    const tries = ledgersOf(controller.asked).length;
    await until('it is taken', () => ledgersOf(controller.asked).length > tries);
    const posted = samplesOf(controller.asked).length;
    await until('many posts later', () => samplesOf(controller.asked).length > posted + 20);
    expect(ledgersOf(controller.asked)).toHaveLength(tries + 1);
    expect(new Set(ledgersOf(controller.asked).map((one) => JSON.stringify(one))).size).toBe(1);
  });

  test('an EHR that answers nobody makes acknowledged canaries unknown, and the ledger still comes', async () => {
    const play: { orders: Orders } = { orders: [] };
    const controller = await controllerWith(play);
    canary(controller.url, { readBackMs: 500 });
    await until('three samples', () => samplesOf(controller.asked).length >= 3);
    ehr.manner = 'hang';
    play.orders = [{ run: 'run-1', from: 0 }];
    const handed = await until('the ledger', () => ledgersOf(controller.asked)[0]);
    expect(handed.ledger.length).toBeGreaterThanOrEqual(3);
    expect(new Set(handed.ledger.map((one) => one.found))).toEqual(new Set(['unknown']));
  });

  test('every report tells when it was acknowledged last, also by an earlier process', async () => {
    const controller = await controllerWith({});
    const first = canary(controller.url);
    await until('three samples', () => samplesOf(controller.asked).length >= 3);
    await first.stop();
    const ackedAt = Math.max(...samplesOf(controller.asked).map((sample) => sample.ackedAt ?? 0));
    ehr.manner = 'hang';
    const from = controller.asked.length;
    canary(controller.url);
    const report = await until('a bad sample', () => controller.asked.slice(from).find((one) => samplesOf([one]).length > 0));
    expect(report.body).toMatchObject({
      at: expect.any(Number),
      lastAckedAt: ackedAt,
      samples: [{ detail: expect.not.stringMatching(/^good$/) }],
    });
  });

  test('new settings are followed, and numbers go on', async () => {
    let interval = 50;
    const controller = await controllerWith({ settings: () => settings(interval) });
    const { lines } = canary(controller.url);
    await until('three samples', () => samplesOf(controller.asked).length >= 3);
    interval = 30;
    await until('it says so', () => lines.some((line) => line.includes('every 30 ms')));
    const count = samplesOf(controller.asked).length;
    await until('more samples', () => samplesOf(controller.asked).length >= count + 5);
    const ids = samplesOf(controller.asked).map((sample) => sample.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('settings that cannot be used are said once, and the old ones stay', async () => {
    let bad = false;
    const controller = await controllerWith({ settings: () => (bad ? { ...settings(), nameServers: ['no address'] } : settings()) });
    const { lines } = canary(controller.url);
    await until('a sample', () => samplesOf(controller.asked).length > 0);
    bad = true;
    await until('it says so', () => lines.some((line) => line.includes('NAME_SERVER_INVALID')));
    const count = samplesOf(controller.asked).length;
    await until('it goes on', () => samplesOf(controller.asked).length > count + 10);
    expect(lines.filter((line) => line.includes('NAME_SERVER_INVALID'))).toHaveLength(1);
  });
});

describe('without its controller', () => {
  test('canaries go on, all are in the ledger, and the newest are posted when it is back', async () => {
    const first = await controllerWith({});
    const { lines } = canary(first.url);
    await until('three samples', () => samplesOf(first.asked).length >= 3);
    await first.close();
    const wrote = ehr.records.size;
    await until('more canaries', () => ehr.records.size > wrote + 10);
    const second = await controllerWith({ orders: [{ run: 'run-1', from: 0 }] }, Number(new URL(first.url).port));
    const handed = await until('the ledger', () => ledgersOf(second.asked)[0]);
    expect(handed.ledger.length).toBeGreaterThan(wrote + 10);
    expect(lines.filter((line) => line.includes('controller is away'))).toHaveLength(1);
    const posted = [...samplesOf(first.asked), ...samplesOf(second.asked)].map((sample) => sample.id);
    for (const { id } of handed.samples.slice(0, wrote + 5)) expect(posted).toContain(id);
  });

  test('it starts with the settings of last time', async () => {
    const first = await controllerWith({});
    const one = canary(first.url);
    await until('a sample', () => samplesOf(first.asked).length > 0);
    await one.stop();
    await first.close();
    const wrote = ehr.records.size;
    const two = canary(first.url);
    await until('canaries again', () => ehr.records.size > wrote + 2);
    expect(two.lines).toContain('goes on with the settings that it had last');
  });
});

describe('as a process', () => {
  const args = (controller: string) => ['canary', '--workload', 'ehr', '--population', 'campus', '--controller', controller, '--dir', dir];

  test('killed with SIGKILL, it has every acknowledgement that it reported in its ledger, and its successor hands it in', async () => {
    const play: { orders: Orders } = { orders: [] };
    const controller = await controllerWith({ ...play, settings: () => settings(10) });
    const agent = startAgent(args(controller.url));
    cleanUps.push(() => agent.child.kill('SIGKILL'));
    await until('fifty samples', () => samplesOf(controller.asked).length >= 50, 30_000);
    agent.child.kill('SIGKILL');
    expect(await agent.ended).toBe('SIGKILL');
    const reported = samplesOf(controller.asked).filter((sample) => sample.ackedAt !== undefined);
    const ledger = await openLedger({ dir: join(dir, 'ehr', 'campus'), onProblem: () => undefined });
    const { samples } = await ledger.read(0 as Instant, Date.now() as Instant);
    await ledger.close();
    const onDisk = new Set(samples.filter((sample) => sample.ackedAt !== undefined).map((sample) => sample.id));
    expect(reported.filter((sample) => !onDisk.has(sample.id))).toEqual([]);
    expect(reported.length).toBeGreaterThanOrEqual(50);

    const second = await controllerWith({ orders: [{ run: 'run-1', from: 0 }] });
    canary(second.url);
    const handed = await until('the ledger', () => ledgersOf(second.asked)[0], 30_000);
    const lines = new Map(handed.ledger.map((line) => [line.id, line]));
    expect(reported.filter((sample) => lines.get(sample.id)?.found !== 'present')).toEqual([]);
  });

  test('SIGTERM ends it cleanly', async () => {
    const controller = await controllerWith({});
    const agent = startAgent(args(controller.url));
    cleanUps.push(() => agent.child.kill('SIGKILL'));
    await until('a sample', () => samplesOf(controller.asked).length > 0, 30_000);
    agent.child.kill('SIGTERM');
    expect(await agent.ended).toBe(0);
  });

  test('it ends with its parent when told to', async () => {
    const controller = await controllerWith({});
    const agent = startAgent([...args(controller.url), '--exit-with-parent']);
    cleanUps.push(() => agent.child.kill('SIGKILL'));
    await until('a sample', () => samplesOf(controller.asked).length > 0, 30_000);
    agent.child.stdin?.destroy();
    expect(await agent.ended).toBe(0);
  });

  test.each<[string, string[], string | null, RegExp]>([
    ['no token', [], null, /TOKEN_MISSING.*RESUS_TOKEN/],
    ['a controller that is no URL', ['--controller', 'nowhere'], 'secret-token', /CONTROLLER_URL/],
    ['a name that leads out of the folder', ['--population', '../..'], 'secret-token', /NAME_INVALID/],
  ])('%s is said, and nothing starts', async (_, more, token, message) => {
    const agent = startAgent([...args('http://127.0.0.1:1'), ...more], token);
    cleanUps.push(() => agent.child.kill('SIGKILL'));
    expect(await agent.ended).toBe(1);
    expect(agent.stderr()).toMatch(message);
    expect(agent.stderr()).not.toContain('secret-token');
  });
});

describe('readCanaryAssignment', () => {
  const good = { url: 'http://ehr.hospital.test:80/fhir', nameServers: ['127.0.0.1:53'], intervalMs: 500, timeoutMs: 1000 };
  test.each<[string, unknown, boolean]>([
    ['a good one', good, true],
    ['without name servers, the system answers', { ...good, nameServers: [] }, true],
    ['clients that keep addresses longer', { ...good, clientCacheMs: 0 }, true],
    ['clients that keep them for no number', { ...good, clientCacheMs: '30s' }, false],
    ['clients that keep them for less than nothing', { ...good, clientCacheMs: -1 }, false],
    ['a system of identifiers', { ...good, system: 'urn:x:canaries' }, true],
    ['a system that is no URI', { ...good, system: 'canaries' }, false],
    ['null', null, false],
    ['no address', { ...good, url: 'ehr' }, false],
    ['another scheme', { ...good, url: 'ftp://ehr' }, false],
    ['name servers that are no list', { ...good, nameServers: 'x' }, false],
    ['an interval of 0', { ...good, intervalMs: 0 }, false],
    ['a timeout that is a text', { ...good, timeoutMs: '1s' }, false],
  ])('%s', (_, value, usable) => {
    expect(typeof readCanaryAssignment(value)).toBe(usable ? 'object' : 'string');
  });
});
