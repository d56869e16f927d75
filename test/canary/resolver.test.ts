// The resolver against a real name server over UDP, under a clock that the test moves.
import { afterEach, describe, expect, test } from 'vitest';
import { cachingResolver, type CachingResolver } from '../../src/canary/resolver.ts';
import { testNameServer, type TestNameServer } from './servers.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanUps.splice(0)) await clean();
});

async function set(serveStale = false): Promise<{ names: TestNameServer; resolver: CachingResolver; clock: { now: number } }> {
  const names = await testNameServer(['127.0.0.2', '127.0.0.3'], 2);
  const clock = { now: 0 };
  const resolver = cachingResolver({ nameServers: [names.server], timeoutMs: 100, serveStale, monotonicMs: () => clock.now });
  cleanUps.push(
    () => resolver.close(),
    () => names.close(),
  );
  return { names, resolver, clock };
}
const found = (...addresses: string[]) => ({ kind: 'addresses', addresses, stale: false });

describe('the TTL', () => {
  test('is kept to the millisecond: cached before it ends, asked again when it has', async () => {
    const { names, resolver, clock } = await set();
    expect(await resolver.resolve('ehr.hospital.test')).toEqual(found('127.0.0.2', '127.0.0.3'));
    names.addresses = ['127.0.0.4'];
    clock.now = 1999;
    expect(await resolver.resolve('ehr.hospital.test')).toEqual(found('127.0.0.2', '127.0.0.3'));
    expect(names.asked).toHaveLength(1);
    clock.now = 2000;
    expect(await resolver.resolve('ehr.hospital.test')).toEqual(found('127.0.0.4'));
    expect(names.asked).toHaveLength(2);
  });

  test('is exceeded by as long as the software of users exceeds it', async () => {
    const clock = { now: 0 };
    let asked = 0;
    const resolver = cachingResolver({
      nameServers: [],
      timeoutMs: 1,
      keptLongerMs: 3_000,
      monotonicMs: () => clock.now,
      query: () => Promise.resolve([{ address: `127.0.0.${(asked += 1)}`, ttl: 2 }]),
    });
    const seen = [];
    for (const now of [0, 4_999, 5_000]) {
      clock.now = now;
      seen.push(await resolver.resolve('x'));
    }
    expect(seen).toEqual([found('127.0.0.1'), found('127.0.0.1'), found('127.0.0.2')]);
  });

  test('of 0 keeps nothing', async () => {
    const { names, resolver } = await set();
    names.ttl = 0;
    await resolver.resolve('ehr.hospital.test');
    await resolver.resolve('ehr.hospital.test');
    expect(names.asked).toHaveLength(2);
  });

  test('is the shortest of all records', async () => {
    const clock = { now: 0 };
    const ttls = [
      [30, 1],
      [9, 9],
    ];
    const resolver = cachingResolver({
      nameServers: [],
      timeoutMs: 1,
      monotonicMs: () => clock.now,
      query: () => Promise.resolve((ttls.shift() ?? []).map((ttl, n) => ({ address: `127.0.0.${n + 1}`, ttl }))),
    });
    await resolver.resolve('x');
    clock.now = 1001;
    await resolver.resolve('x');
    expect(ttls).toEqual([]);
  });
});

describe('a name server that does not answer', () => {
  test('is no trouble before the TTL ends, and an error after it: never an old answer', async () => {
    const { names, resolver, clock } = await set();
    await resolver.resolve('ehr.hospital.test');
    names.silent = true;
    clock.now = 1999;
    expect(await resolver.resolve('ehr.hospital.test')).toMatchObject({ kind: 'addresses' });
    clock.now = 2000;
    expect(await resolver.resolve('ehr.hospital.test')).toEqual({
      kind: 'failed',
      because: 'ehr.hospital.test does not resolve: ETIMEOUT',
    });
  });

  test('leaves the old answer to a client that serves stale, and says that it is', async () => {
    const { names, resolver, clock } = await set(true);
    await resolver.resolve('ehr.hospital.test');
    names.silent = true;
    clock.now = 2000;
    expect(await resolver.resolve('ehr.hospital.test')).toEqual({ kind: 'addresses', addresses: ['127.0.0.2', '127.0.0.3'], stale: true });
  });
});

describe('a service', () => {
  const name = '_http._tcp.ehr.hospital.test';
  const at = (priority: number, weight: number, port: number) => ({ priority, weight, port, target: 'a.ehr.hospital.test' });
  test('is its instances, by priority and weight, each with the port that DNS says', async () => {
    const { names, resolver } = await set();
    names.addresses = ['127.0.0.2'];
    names.services = [at(20, 0, 8083), at(10, 1, 8081), at(10, 9, 8082)];
    expect(await resolver.resolve(name)).toEqual(found('127.0.0.2:8082', '127.0.0.2:8081', '127.0.0.2:8083'));
  });
  test("is asked again when its hosts' TTL has ended, not before", async () => {
    const { names, resolver, clock } = await set();
    names.addresses = ['127.0.0.2'];
    names.services = [at(0, 0, 8081)];
    await resolver.resolve(name);
    names.services = [at(0, 0, 8082)];
    clock.now = 1999;
    expect(await resolver.resolve(name)).toEqual(found('127.0.0.2:8081'));
    clock.now = 2000;
    expect(await resolver.resolve(name)).toEqual(found('127.0.0.2:8082'));
  });
  test.each([
    ['without instances', [], ['127.0.0.2']],
    ['whose host has no address', [at(0, 0, 8081)], []],
  ])('%s is an error', async (_what, services, addresses) => {
    const { names, resolver } = await set();
    Object.assign(names, { services, addresses });
    expect(await resolver.resolve(name)).toMatchObject({ kind: 'failed' });
  });
  test('of which one host has no address is the others', async () => {
    const { names, resolver } = await set();
    names.addresses = ['127.0.0.2'];
    names.services = [{ ...at(0, 0, 8081), target: 'gone.ehr.hospital.test' }, at(0, 0, 8082)];
    expect(await resolver.resolve(name)).toEqual(found('127.0.0.2:8082'));
  });
});

describe('other answers', () => {
  test('a name without addresses is an error', async () => {
    const { names, resolver } = await set();
    names.addresses = [];
    expect(await resolver.resolve('ehr.hospital.test')).toMatchObject({ kind: 'failed' });
  });
  test('questions at once are asked once', async () => {
    const { names, resolver } = await set();
    await Promise.all(Array.from({ length: 5 }, () => resolver.resolve('ehr.hospital.test')));
    expect(names.asked).toHaveLength(1);
  });
  test.each([
    ['127.0.0.9', '127.0.0.9'],
    ['[::1]', '::1'],
  ])('the address %s is itself, nobody is asked', async (name, address) => {
    const { names, resolver } = await set();
    expect(await resolver.resolve(name)).toEqual(found(address));
    expect(names.asked).toEqual([]);
  });
  test('a name server that is no address is refused with what to give', () => {
    expect(() => cachingResolver({ nameServers: ['ns.hospital.test'], timeoutMs: 1 })).toThrow(/NAME_SERVER_INVALID.*address:port/);
  });
});
