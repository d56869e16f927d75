// What every probe promises: it always resolves, always connects afresh, always leaves nothing behind, and never tells a secret.
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { Probe, Sample } from '../../src/ports.ts';
import { freePort, silentServer, until } from '../providers/fixtures.ts';

export type ProbeSubject<Tools> = {
  readonly probe: Probe<Tools>;
  readonly tools: Tools;
  /** A healthy target, made once; `connections` counts what it saw, where it can. */
  readonly healthy: () => Promise<{ readonly with: Record<string, unknown>; connections?(): number }>;
  /** The same probe of a target at this port of 127.0.0.1. */
  readonly at: (port: number) => Record<string, unknown>;
  /** Over UDP nothing can refuse or be left behind. */
  readonly overUdp?: boolean;
};

const ajv = new Ajv2020({ allErrors: true, strict: true });

export function probeSuite<Tools>(subject: ProbeSubject<Tools>): void {
  const { probe, tools } = subject;
  const sample = (input: Record<string, unknown>, signal: AbortSignal = AbortSignal.timeout(5_000)): Promise<Sample> =>
    probe.sample(input, tools, signal);

  describe(`probe ${probe.name}`, () => {
    test('has a strict schema that takes its input and nothing more', () => {
      const valid = ajv.compile(probe.with);
      expect(valid(subject.at(1)), JSON.stringify(valid.errors)).toBe(true);
      expect(valid({ ...subject.at(1), surplus: 1 })).toBe(false);
      expect(valid({})).toBe(false);
      expect(probe.summary).toMatch(/^[A-Z].*\.$/);
    });

    test('is ok on a healthy target, with a fresh connection each time', { timeout: 15_000 }, async () => {
      const target = await subject.healthy();
      const before = target.connections?.() ?? 0;
      for (let round = 1; round <= 3; round += 1) {
        const seen = await sample(target.with);
        expect(seen, seen.detail).toMatchObject({ ok: true });
        judge(seen);
        if (target.connections !== undefined) expect(target.connections() - before).toBeGreaterThanOrEqual(round);
      }
    });

    test('is not ok where nobody listens', { timeout: 15_000 }, async () => {
      const seen = await sample(subject.at(await freePort()));
      expect(seen.ok).toBe(false);
      judge(seen);
    });

    test('resolves when the signal aborts, and leaves no socket', { timeout: 15_000 }, async () => {
      const server = await silentServer();
      const controller = new AbortController();
      const pending = sample(subject.at(server.port), controller.signal);
      if (subject.overUdp !== true && probe.name !== 'tcp') await until(() => server.sockets() > 0, 'that the probe connected');
      const began = Date.now();
      controller.abort();
      const seen = await pending;
      expect(Date.now() - began).toBeLessThan(500);
      if (probe.name !== 'tcp') expect(seen.ok).toBe(false);
      judge(seen);
      await until(() => server.sockets() === 0, 'that every socket is closed');
      await server.close();
    });

    test('resolves when the signal was aborted before', async () => {
      const seen = await sample(subject.at(await freePort()), AbortSignal.abort());
      expect(seen.ok).toBe(false);
      judge(seen);
    });
  });
}

function judge(seen: Sample): void {
  expect(seen.detail).toMatch(/^[^\n]{3,300}$/);
  expect(seen.detail).not.toMatch(/secret|undefined|\[object|at .*\.ts:/);
  for (const value of Object.values(seen.measured ?? {})) if (typeof value === 'number') expect(Number.isSafeInteger(value)).toBe(true);
}
