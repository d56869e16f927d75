// Reading acknowledged canaries back from a real server: present, lost, twice, or not to be settled.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { canaryObservation } from '../../src/canary/canary-observation.ts';
import { readBack } from '../../src/canary/read-back.ts';
import { cachingResolver } from '../../src/canary/resolver.ts';
import { usersConnections } from '../../src/canary/users-connections.ts';
import type { CanarySample } from '../../src/core/objective/measurement.ts';
import type { Instant } from '../../src/core/values.ts';
import { testEhr, type TestEhr } from './servers.ts';

vi.setConfig({ testTimeout: 30_000 });
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanUps.splice(0).reverse()) await clean();
});

const sent = 1_000_000 as Instant;
const acknowledged = (n: number): CanarySample => ({
  id: `c-${n}`,
  sentAt: sent,
  ackedAt: sent,
  timeline: 1,
  address: 'a',
  detail: 'acknowledged',
});
async function set() {
  const ehr = await testEhr();
  const resolver = cachingResolver({ nameServers: [], timeoutMs: 100 });
  const connections = usersConnections(new URL(`http://127.0.0.1:${ehr.port}`), resolver);
  cleanUps.push(
    () => ehr.close(),
    () => connections.close(),
    () => resolver.close(),
  );
  const ask = (samples: readonly CanarySample[], more: object = {}) =>
    readBack(samples, { connections, timeoutMs: 200, deadlineMs: 3000, settleMs: 300, ...more });
  return { ehr, ask };
}
const store = (ehr: TestEhr, n: number, versions: number, of = `c-${n}`): void => {
  ehr.records.set(`c-${n}`, { resource: { ...(JSON.parse(canaryObservation(of, sent)) as object), id: `c-${n}` }, versions });
};

describe('one line for each acknowledged canary', () => {
  test('present, written twice, lost, replaced by something else; in the order given', async () => {
    const { ehr, ask } = await set();
    store(ehr, 1, 1);
    store(ehr, 2, 2);
    store(ehr, 4, 1, 'c-99');
    expect(await ask([acknowledged(1), acknowledged(2), acknowledged(3), acknowledged(4)])).toEqual([
      { id: 'c-1', found: 'present', versions: 1 },
      { id: 'c-2', found: 'present', versions: 2 },
      { id: 'c-3', found: 'absent', versions: 0 },
      { id: 'c-4', found: 'absent', versions: 1 },
    ]);
  });

  test('those that were never acknowledged have none', async () => {
    const { ask } = await set();
    const { ackedAt: _, ...never } = acknowledged(1);
    expect(await ask([never])).toEqual([]);
  });

  test('one `absent` is not believed: a standby that lags says it too', async () => {
    const { ehr, ask } = await set();
    const asking = ask([acknowledged(1)]);
    while (ehr.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    store(ehr, 1, 1);
    expect(await asking).toEqual([{ id: 'c-1', found: 'present', versions: 1 }]);
    expect(ehr.asked.length).toBeGreaterThan(1);
  });

  test.each(['hang', '503', 'reset'] as const)('a server that does this is not evidence of a loss: %s', async (manner) => {
    const { ehr, ask } = await set();
    ehr.manner = manner;
    expect(await ask([acknowledged(1), acknowledged(2)], { deadlineMs: 800 })).toEqual([
      { id: 'c-1', found: 'unknown', versions: 0 },
      { id: 'c-2', found: 'unknown', versions: 0 },
    ]);
  });

  test('trouble that passes is waited out', async () => {
    const { ehr, ask } = await set();
    store(ehr, 1, 1);
    ehr.manner = '503';
    const asking = ask([acknowledged(1)]);
    while (ehr.asked.length < 2) await new Promise((resolve) => setImmediate(resolve));
    ehr.manner = 'well';
    expect(await asking).toEqual([{ id: 'c-1', found: 'present', versions: 1 }]);
  });

  test('hundreds are asked for a few at a time', async () => {
    const { ehr, ask } = await set();
    const samples = Array.from({ length: 300 }, (_, n) => acknowledged(n));
    for (const [n] of samples.entries()) store(ehr, n, 1);
    const lines = await ask(samples, { concurrency: 4 });
    expect(lines.every((line) => line.found === 'present')).toBe(true);
    expect(new Set(ehr.asked.map((one) => one.socket)).size).toBeLessThanOrEqual(4);
    expect(ehr.asked).toHaveLength(300);
  });
});
