// The prober in its worker: a busy main thread fakes no outage, and trouble with one probe stays with that probe.
import http from 'node:http';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Json } from '../../src/core/values.ts';
import type { Observation, Problem } from '../../src/vantage/assignment.ts';
import { startProber, type Prober } from '../../src/vantage/prober.ts';
import { until } from './until.ts';

vi.setConfig({ testTimeout: 30_000 });
const registry = new URL('./registry.ts', import.meta.url).href;
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanUps.splice(0)) await clean();
});

/** An HTTP server in a thread of its own, because the main thread is going to be blocked. `/hang` never answers. */
async function target(): Promise<string> {
  const worker = new Worker(
    `const server = require('node:http').createServer((request, response) => request.url === '/hang' ? undefined : response.end('fine'));
     server.listen(0, '127.0.0.1', () => require('node:worker_threads').parentPort.postMessage(server.address().port));`,
    { eval: true },
  );
  cleanUps.push(() => worker.terminate());
  const [port] = (await once(worker, 'message')) as [number];
  return `http://127.0.0.1:${port}`;
}
function prober(providersConfig: Record<string, Json> = {}): { prober: Prober; seen: Observation[]; problems: Problem[] } {
  const seen: Observation[] = [];
  const problems: Problem[] = [];
  const started = startProber({
    registry,
    providersConfig,
    onObservations: (batch) => seen.push(...batch),
    onProblem: (problem) => problems.push(problem),
  });
  cleanUps.push(() => started.stop());
  return { prober: started, seen, problems };
}
const block = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

describe('a main thread that is blocked for longer than the timeout', () => {
  test('makes a probe on that thread report a healthy target as down (negative control)', async () => {
    const url = await target();
    const verdict = new Promise<string>((resolve) => {
      const request = http.get(url, { agent: false, signal: AbortSignal.timeout(100) }, (response) =>
        response.resume().on('end', () => resolve('up')),
      );
      request.on('error', () => resolve('down'));
    });
    block(200);
    expect(await verdict).toBe('down');
  });

  test('changes nothing for the prober: the healthy target stays up, the hanging one goes down', async () => {
    const url = await target();
    const { prober: p, seen } = prober();
    const timing = { uses: 'test.http', intervalMs: 40, timeoutMs: 100 };
    p.assign([
      { target: 'ehr/east/http', with: { url: `${url}/` }, ...timing },
      { target: 'ehr/west/http', with: { url: `${url}/hang` }, ...timing },
    ]);
    await until(
      'both targets were observed',
      () => seen.some((o) => o.target === 'ehr/east/http') && seen.some((o) => o.target === 'ehr/west/http'),
    );
    seen.length = 0;
    for (let n = 0; n < 5; n++) {
      block(200);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await until('the blocked second was handed over', () => seen.length > 20);
    const healthy = seen.filter((o) => o.target === 'ehr/east/http');
    expect(healthy.filter((o) => !o.ok)).toEqual([]);
    expect(healthy.length).toBeGreaterThan(10);
    expect(seen.filter((o) => o.target === 'ehr/west/http').every((o) => !o.ok && o.detail === 'no answer within 100 ms')).toBe(true);
    // They were made while the main thread slept: their times are spread, not bunched at the wake-ups.
    const gaps = healthy.slice(1).map((o, n) => o.at - healthy[n]!.at);
    expect(gaps.filter((gap) => gap < 150).length).toBeGreaterThan(gaps.length / 2);
  });
});

describe('the worker', () => {
  test('opens a provider with its own settings, and hands `measured` over', async () => {
    const { prober: p, seen } = prober({ test: { setting: 'as configured' } });
    p.assign([{ target: 'a', uses: 'test.fixed', with: {}, intervalMs: 20, timeoutMs: 100 }]);
    expect(await until('an observation', () => seen[0])).toMatchObject({
      target: 'a',
      ok: true,
      detail: 'as configured',
      measured: { lagMs: 7 },
    });
  });

  test('says what it cannot measure and measures the rest', async () => {
    const { prober: p, seen, problems } = prober();
    const timing = { with: {}, intervalMs: 20, timeoutMs: 100 };
    p.assign([
      { target: 'a', uses: 'no.such', ...timing },
      { target: 'b', uses: 'broken.any', ...timing },
      { target: 'c', uses: 'test.rejects', ...timing },
      { target: 'd', uses: 'test.fixed', ...timing },
    ]);
    await until('five good samples', () => seen.length >= 5);
    expect(new Set(seen.map((o) => o.target))).toEqual(new Set(['d']));
    expect(problems.map((problem) => problem.code).sort()).toEqual(['PROBE_BROKE', 'PROVIDER_UNUSABLE', 'UNKNOWN_PROBE']);
    expect(problems.find((problem) => problem.code === 'PROVIDER_UNUSABLE')?.message).toContain('providers.broken');
  });

  test('follows a change of assignment', async () => {
    const { prober: p, seen } = prober();
    const entry = (name: string) => ({ target: name, uses: 'test.fixed', with: {}, intervalMs: 20, timeoutMs: 100 });
    p.assign([entry('a'), entry('b')]);
    await until('both', () => new Set(seen.map((o) => o.target)).size === 2);
    p.assign([entry('b'), entry('c')]);
    await until('the new target', () => seen.some((o) => o.target === 'c'));
    seen.length = 0;
    await until('ten more', () => seen.length >= 10);
    expect(new Set(seen.map((o) => o.target))).toEqual(new Set(['b', 'c']));
  });

  test('starts again with its assignment when it dies', async () => {
    const { prober: p, seen, problems } = prober();
    const timing = { with: {}, timeoutMs: 100 };
    p.assign([
      { target: 'bad', uses: 'test.crashes', intervalMs: 60_000, ...timing },
      { target: 'good', uses: 'test.fixed', intervalMs: 20, ...timing },
    ]);
    p.assign([
      { target: 'bad', uses: 'test.crashes', intervalMs: 20, ...timing },
      { target: 'good', uses: 'test.fixed', intervalMs: 20, ...timing },
    ]);
    await until('the worker died', () => problems.some((problem) => problem.code === 'PROBER_RESTARTS'));
    p.assign([{ target: 'good', uses: 'test.fixed', intervalMs: 20, ...timing }]);
    seen.length = 0;
    await until('it probes again', () => seen.length > 0);
    expect(problems.map((problem) => problem.code).slice(0, 2)).toEqual(['PROBER_DIED', 'PROBER_RESTARTS']);
  });
});
