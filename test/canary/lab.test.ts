// A canary against the lab: real DNS answers, a real EHR, a real PostgreSQL behind it, and its ledger read back.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { runCanary } from '../../src/canary/canary.ts';
import type { CanarySample, LedgerLine } from '../../src/core/objective/measurement.ts';
import { startLab } from '../../src/lab/up.ts';
import { fakeController } from '../vantage/controller.ts';
import { until } from '../vantage/until.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanUps.splice(0).reverse()) await clean();
});

test('goes the path of the lab, and its ledger shows every write once', async () => {
  const lab = await startLab();
  cleanUps.push(() => lab.close());
  const { ehrUrl, nameServer } = lab.inventory;
  const orders: { run: string; from: number }[] = [];
  const controller = await fakeController((asked) => {
    if (asked.method === 'GET') return { status: 200, body: { url: ehrUrl, nameServers: [nameServer], intervalMs: 100, timeoutMs: 1000 } };
    return asked.path.endsWith('/samples') ? { status: 200, body: { orders } } : { status: 204 };
  });
  cleanUps.push(() => controller.close());
  const dir = await mkdtemp(join(tmpdir(), 'resus-canary-lab-'));
  cleanUps.push(() => rm(dir, { recursive: true, force: true }));
  const ended = new AbortController();
  const done = runCanary({
    controller: controller.url,
    token: 't',
    workload: 'ehr',
    population: 'campus',
    dir,
    signal: ended.signal,
    log: () => undefined,
  });
  cleanUps.push(async () => {
    ended.abort();
    await done;
  });

  const samples = (): CanarySample[] =>
    controller.asked.flatMap((one) => (one.path.endsWith('/samples') ? (one.body as { samples: CanarySample[] }).samples : []));
  await until('twenty good canaries', () => samples().filter((sample) => sample.readAt !== undefined).length >= 20, 30_000);
  expect(samples().at(-1)).toMatchObject({
    detail: 'good',
    timeline: await lab.hospital.databases.find((one) => one.name === 'ehr-east')?.timeline(),
  });

  orders.push({ run: 'run-1', from: 0 });
  const handed = await until('the ledger', () => controller.asked.find((one) => one.path.endsWith('/ledgers')), 30_000);
  const lines = (handed.body as { ledger: string }).ledger
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LedgerLine);
  expect(lines.length).toBeGreaterThanOrEqual(20);
  expect(lines.filter((line) => line.found !== 'present' || line.versions !== 1)).toEqual([]);
});
