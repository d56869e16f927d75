// The users' path over real sockets and real DNS: what is good, what is bad, when, and where the next attempt goes.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { canaryObservation, canaryPrefix, canaryValue, complaintOf, readCanary } from '../../src/canary/canary-observation.ts';
import { startCanaryClient } from '../../src/canary/client.ts';
import { cachingResolver, type CachingResolver } from '../../src/canary/resolver.ts';
import { usersConnections } from '../../src/canary/users-connections.ts';
import type { CanarySample } from '../../src/core/objective/measurement.ts';
import type { Instant } from '../../src/core/values.ts';
import { until } from '../vantage/until.ts';
import { testEhr, testNameServer, type Manner, type TestEhr } from './servers.ts';

vi.setConfig({ testTimeout: 30_000 });
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanUps.splice(0).reverse()) await clean();
});

async function ehr(address?: string, port?: number): Promise<TestEhr> {
  const started = await testEhr(address, port);
  cleanUps.push(() => started.close());
  return started;
}
function canaries(url: string, resolver: CachingResolver, timing = { intervalMs: 50, timeoutMs: 400 }) {
  const connections = usersConnections(new URL(url), resolver);
  const samples: CanarySample[] = [];
  const acknowledged: CanarySample[] = [];
  const client = startCanaryClient({
    prefix: 'resus-canary-ehr-ward-b1',
    first: 1,
    ...timing,
    connections,
    onAcknowledged: (sample) => acknowledged.push(sample),
    onEnded: (sample) => samples.push(sample),
  });
  cleanUps.push(async () => {
    await client.stop();
    connections.close();
    resolver.close();
  });
  return { samples, acknowledged, client };
}
const addresses = (...list: string[]) =>
  cachingResolver({ nameServers: [], timeoutMs: 100, query: () => Promise.resolve(list.map((address) => ({ address, ttl: 1 }))) });
const isGood = (sample: CanarySample): boolean => sample.readAt !== undefined;

describe('a canary', () => {
  test('is good when it was acknowledged and read back; it names the timeline and the address', async () => {
    const server = await ehr();
    server.timeline = 3;
    const { samples, acknowledged } = canaries(`http://127.0.0.1:${server.port}`, addresses());
    await until('three canaries', () => samples.length >= 3);
    expect(samples.slice(0, 3)).toEqual(
      [1, 2, 3].map((n) => ({
        id: `resus-canary-ehr-ward-b1-${n}`,
        sentAt: expect.any(Number),
        ackedAt: expect.any(Number),
        readAt: expect.any(Number),
        timeline: 3,
        address: '127.0.0.1',
        detail: 'good',
      })),
    );
    expect(acknowledged[0]?.readAt).toBeUndefined();
    const stored = server.records.get('resus-canary-ehr-ward-b1-1');
    expect(stored?.resource).toMatchObject({
      resourceType: 'Observation',
      identifier: [{ system: 'urn:resus:canary', value: 'resus-canary-ehr-ward-b1-1' }],
    });
    expect(JSON.parse(String(stored?.resource['valueString']))).toEqual({ seq: 1, sentAt: samples[0]?.sentAt });
  });

  test.each<[Manner, boolean, string]>([
    ['503', false, 'write: status 503: the database is a standby and takes no writes'],
    ['reset', false, 'write: ECONNRESET (connected)'],
    ['hang', false, 'write: no answer within 400 ms'],
    ['forgets', true, 'read-back: status 404: no such Observation'],
    ['garbles', true, 'read-back: the content is not what was written'],
  ])('is bad when the server does this: %s', async (manner, wasAcknowledged, detail) => {
    const server = await ehr();
    server.manner = manner;
    const { samples } = canaries(`http://127.0.0.1:${server.port}`, addresses());
    const sample = await until('a canary', () => samples[0]);
    expect(sample).toMatchObject({ detail, address: '127.0.0.1' });
    expect(sample.readAt).toBeUndefined();
    expect(sample.ackedAt !== undefined).toBe(wasAcknowledged);
  });

  test('is bad when the name does not resolve, and names no address', async () => {
    const resolver = cachingResolver({
      nameServers: [],
      timeoutMs: 10,
      query: () => Promise.reject(Object.assign(new Error('x'), { code: 'ETIMEOUT' })),
    });
    const { samples } = canaries('http://ehr.hospital.test:1', resolver);
    expect(await until('a canary', () => samples[0])).toMatchObject({
      address: '',
      timeline: 0,
      detail: 'write: ehr.hospital.test does not resolve: ETIMEOUT',
    });
  });
});

describe('a server that accepts and never answers', () => {
  test('gives bad samples on time, and the canaries behind them start on time', async () => {
    const server = await ehr();
    server.manner = 'hang';
    const { samples } = canaries(`http://127.0.0.1:${server.port}`, addresses(), { intervalMs: 50, timeoutMs: 500 });
    await until('ten bad samples', () => samples.length >= 10);
    expect(samples.some(isGood)).toBe(false);
    const sentAt = samples.slice(0, 10).map((sample) => sample.sentAt);
    // Ten starts span nine intervals. Were they one behind another, it would be nine timeouts: 4,500 ms.
    expect(sentAt.at(-1)! - sentAt[0]!).toBeLessThan(1500);
    server.manner = 'well';
    const from = samples.length;
    await until('good ones again', () => samples.slice(from).some(isGood));
  });

  test('control: the same server gives good samples when it answers', async () => {
    const server = await ehr();
    const { samples } = canaries(`http://127.0.0.1:${server.port}`, addresses(), { intervalMs: 50, timeoutMs: 500 });
    await until('ten samples', () => samples.length >= 10);
    expect(samples.filter((sample) => !isGood(sample))).toEqual([]);
  });
});

describe('connections', () => {
  test('are kept as long as they answer well', async () => {
    const server = await ehr();
    const { samples } = canaries(`http://127.0.0.1:${server.port}`, addresses());
    await until('five canaries', () => samples.length >= 5);
    expect(new Set(server.asked.map((one) => one.socket)).size).toBeLessThanOrEqual(2);
    expect(server.asked.length).toBeGreaterThanOrEqual(10);
  });

  test('are dropped after one bad answer', async () => {
    const server = await ehr();
    const { samples } = canaries(`http://127.0.0.1:${server.port}`, addresses());
    await until('two canaries', () => samples.length >= 2);
    const before = new Set(server.asked.map((one) => one.socket));
    server.manner = '503';
    await until('a bad one', () => samples.some((sample) => !isGood(sample)));
    server.manner = 'well';
    const from = server.asked.length;
    const good = samples.length;
    await until('good ones again', () => samples.slice(good + 2).some(isGood));
    expect(server.asked.slice(from + 2).some((one) => before.has(one.socket))).toBe(false);
  });

  test('a write that reached a server is never sent twice', async () => {
    const server = await ehr();
    server.manner = 'reset';
    const { samples, client } = canaries(`http://127.0.0.1:${server.port}`, addresses());
    await until('five canaries', () => samples.length >= 5);
    await client.stop();
    const ids = server.asked.map((one) => one.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('a service', () => {
  test('is found at another port of the same address when its record changes', async () => {
    const [east, west] = [await ehr(), await ehr()];
    west.timeline = 2;
    const names = await testNameServer(['127.0.0.1'], 1);
    cleanUps.push(() => names.close());
    const at = (port: number) => [{ priority: 0, weight: 0, port, target: 'a.ehr.hospital.test' }];
    names.services = at(east.port);
    const resolver = cachingResolver({ nameServers: [names.server], timeoutMs: 200 });
    const { samples } = canaries('http://_http._tcp.ehr.hospital.test', resolver);
    await until('good ones in the east', () => samples.filter(isGood).length >= 3);
    expect(samples.every((sample) => sample.address === `127.0.0.1:${east.port}`)).toBe(true);
    names.services = at(west.port);
    east.manner = '503';
    const moved = await until('a good one in the west', () => samples.find((sample) => isGood(sample) && sample.timeline === 2));
    expect(moved.address).toBe(`127.0.0.1:${west.port}`);
  });
});

// Only Linux has addresses in 127.0.0.0/8 without set-up.
describe.skipIf(process.platform !== 'linux')('two addresses', () => {
  test('after a switch of the name, clients of a dead address follow it when the TTL has ended, not before', async () => {
    const east = await ehr('127.0.0.2');
    const west = await ehr('127.0.0.3', east.port);
    west.timeline = 2;
    const names = await testNameServer(['127.0.0.2'], 1);
    cleanUps.push(() => names.close());
    const resolver = cachingResolver({ nameServers: [names.server], timeoutMs: 200 });
    const { samples } = canaries(`http://ehr.hospital.test:${east.port}`, resolver);
    await until('good ones in the east', () => samples.filter(isGood).length >= 3);
    expect(names.asked).toHaveLength(1);
    names.addresses = ['127.0.0.3'];
    // The open connection still answers well: who is connected stays.
    const count = samples.length;
    await until('more good ones', () => samples.length >= count + 24);
    expect(samples.slice(count).every((sample) => isGood(sample) && sample.address === '127.0.0.2')).toBe(true);
    names.addresses = ['127.0.0.2'];
    east.manner = '503';
    await until('it asks again', () => names.asked.length >= 2);
    const askedAt = Date.now();
    names.addresses = ['127.0.0.3'];
    const moved = await until('a good one in the west', () => samples.find((sample) => isGood(sample) && sample.address === '127.0.0.3'));
    expect(moved.timeline).toBe(2);
    expect(moved.sentAt - askedAt).toBeGreaterThan(850);
    expect(moved.sentAt - askedAt).toBeLessThan(3000);
  });

  test('of one answer: the other one is tried after a bad answer, at once and within one canary when it refuses connections', async () => {
    const east = await ehr('127.0.0.2');
    const west = await ehr('127.0.0.3', east.port);
    const { samples } = canaries(`http://ehr.hospital.test:${east.port}`, addresses('127.0.0.2', '127.0.0.3'));
    await until('good ones in the east', () => samples.filter((sample) => isGood(sample) && sample.address === '127.0.0.2').length >= 3);
    east.manner = '503';
    await until('a good one in the west', () => samples.some((sample) => isGood(sample) && sample.address === '127.0.0.3'));
    expect(samples.filter((sample) => !isGood(sample)).length).toBeLessThanOrEqual(2);
    east.manner = 'well';
    await west.close();
    const from = samples.length;
    await until(
      'good ones in the east',
      () => samples.slice(from).filter((sample) => isGood(sample) && sample.address === '127.0.0.2').length >= 3,
    );
    expect(samples.slice(from).filter((sample) => !isGood(sample)).length).toBeLessThanOrEqual(2);
  });
});

describe('the canary as a resource', () => {
  test.each([
    ['ehr', 'campus', 'resus-canary-ehr-campus-b1'],
    ['a-very-long-workload-name-indeed', 'and-a-population', /^resus-canary-[a-z0-9-]{28}-b1$/],
    ['under_score', 'p', /^resus-canary-under-score-p-[0-9a-f]{8}-b1$/],
  ])('%s/%s gives an id that FHIR allows', (workload, population, expected) => {
    const id = canaryPrefix(workload, population, 'b1');
    if (typeof expected === 'string') expect(id).toBe(expected);
    else expect(id).toMatch(expected);
    expect(`${id}abcdefg-99999999`).toMatch(/^[A-Za-z0-9.-]{1,64}$/);
  });
  test('names that only differ in what FHIR does not allow give different ids', () => {
    expect(canaryPrefix('a_b', 'p', 'b')).not.toBe(canaryPrefix('a-b', 'p', 'b'));
  });
  test('it is about nobody, and is named in the system that is declared', () => {
    const written = JSON.parse(canaryObservation('c-1', 5 as Instant, 'urn:x:canaries')) as Record<string, unknown>;
    expect(written['identifier']).toEqual([{ system: 'urn:x:canaries', value: 'c-1' }]);
    expect(Object.keys(written)).not.toContain('subject');
  });
  test('its content can be worked out from its id and its time', () => {
    const id = 'resus-canary-ehr-campus-b1-17';
    expect(readCanary(id, canaryObservation(id, 5 as Instant))).toEqual({ value: canaryValue(id, 5 as Instant), timeline: 0, versions: 0 });
  });
  test.each<[string, unknown]>([
    ['not JSON', '<html>'],
    ['null', null],
    ['another resource', { resourceType: 'Patient', id: 'x' }],
    ['another id', { resourceType: 'Observation', id: 'y' }],
  ])('%s is no canary', (_, answer) => {
    expect(readCanary('x', typeof answer === 'string' ? answer : JSON.stringify(answer))).toBeUndefined();
  });
  test('strange metadata is no information', () => {
    const text = JSON.stringify({
      resourceType: 'Observation',
      id: 'x',
      meta: { tag: [null, 7, { system: 'urn:resus:timeline', code: '-1' }], versionId: {} },
    });
    expect(readCanary('x', text)).toEqual({ value: undefined, timeline: 0, versions: 0 });
  });
  test('a complaint is read from an OperationOutcome and shortened', () => {
    expect(complaintOf(JSON.stringify({ issue: [{ diagnostics: 'a\n b' }] }))).toBe('a b');
    expect(complaintOf(JSON.stringify({ issue: [{ diagnostics: 'x'.repeat(999) }] }))).toHaveLength(200);
    expect(complaintOf('<html>')).toBe('');
  });
});
