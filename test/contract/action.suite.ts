// What every action promises, whatever it does. A ground is a world in which the goal does not hold yet and one in which nobody
// answers; the suite asks both.
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { TObject } from 'typebox';
import { describe, expect, test } from 'vitest';
import type { Observed, Outcome } from '../../src/core/outcome.ts';
import type { Instant } from '../../src/core/values.ts';
import type { Action, Call } from '../../src/ports.ts';
import { freePort, silentServer, until } from '../providers/fixtures.ts';

export type Ground<Tools> = {
  readonly with: Record<string, unknown>;
  readonly tools: Tools;
  /** How often the mutation was executed, by the ground's own count. */
  executions(): number;
};
export type ActionSubject<Tools> = {
  readonly action: Action<Tools>;
  /** A valid input, for the facts that need no world. */
  readonly example: Record<string, unknown>;
  /** A world in which the goal does not hold. Made once, before the tests that need it. */
  readonly ground: () => Promise<Ground<Tools>>;
  /** The same call when the endpoint is at this port of 127.0.0.1; absent for actions that reach nobody. */
  readonly at?: (port: number) => { readonly with: Record<string, unknown>; readonly tools: Tools };
  /** Makes the goal hold by other means, for actions whose goal no call of theirs can bring about (an approval). */
  readonly help?: () => void;
  /** What a second `apply` after success may add to the count; undefined where the action counts nothing. */
  readonly repeatExecutes?: 0 | 1;
};

/** What a step gives a call that must not need it. */
const AMPLE_MS = 12_000;
/** What a step gives a call to an endpoint that is silent. */
const DEADLINE_MS = 1_000;

const ajv = new Ajv2020({ allErrors: true, strict: true });
const compile = (schema: TObject) => ajv.compile(schema);

export function actionSuite<Tools>(subject: ActionSubject<Tools>): void {
  const { action } = subject;
  describe(`action ${action.name}`, () => {
    test('has strict schemas that take its example and nothing more', () => {
      const valid = compile(action.with);
      expect(valid(subject.example), JSON.stringify(valid.errors)).toBe(true);
      expect(valid({ ...subject.example, surplus: 1 })).toBe(false);
      expect(valid({})).toBe(false);
      compile(action.gives);
      expect(action.gives).toMatchObject({ additionalProperties: false });
    });

    test('is described by one sentence', () => {
      const sentence = action.describe(subject.example);
      expect(sentence).toMatch(/^[A-Z][^\n]{5,400}[.?!]$/);
      expect(sentence).not.toMatch(/undefined|\[object|NaN/);
      expect(action.summary).toMatch(/^[A-Z].*\.$/);
    });

    test('states facts that make sense', () => {
      expect(action.settleMs).toBeGreaterThanOrEqual(0);
      expect(action.priorMs.p50).toBeLessThanOrEqual(action.priorMs.p95);
      for (const plane of action.needs(subject.example))
        expect(plane).toEqual({ service: expect.any(String) as string, site: expect.any(String) as string });
      for (const statement of action.iam?.(subject.example) ?? []) {
        expect(statement.resources.length).toBeGreaterThan(0);
        for (const permission of statement.actions) expect(permission).toMatch(/^[a-z0-9-]+:[A-Z]\w+$/);
      }
    });

    test('observes that the goal does not hold, brings it about, observes that it holds', { timeout: 30_000 }, async () => {
      const ground = await subject.ground();
      const before = await action.observe(callOf(ground));
      expect(before.kind).not.toBe('holds');
      expect(ground.executions(), 'observe changes nothing').toBe(0);
      const outcome = await action.apply(callOf(ground));
      expect(['succeeded', 'accepted'], JSON.stringify(outcome)).toContain(outcome.kind);
      subject.help?.();
      const held = await untilHolds(action, ground);
      const valid = compile(action.gives);
      expect(valid(held.data), JSON.stringify(valid.errors)).toBe(true);
      const count = ground.executions();
      const again = await action.apply(callOf(ground));
      expect(again.kind).not.toBe('unknown');
      if (subject.repeatExecutes !== undefined) expect(ground.executions() - count).toBe(subject.repeatExecutes);
    });

    if (subject.at === undefined) return;
    const at = subject.at;

    test('says unknown, or that nothing was sent, when nobody listens', { timeout: AMPLE_MS + 3_000 }, async () => {
      const there = at(await freePort());
      expect((await action.observe(callOf(there))).kind).toBe('unknown');
      expect(await action.apply(callOf(there))).toMatchObject({ kind: 'failed', code: 'UNREACHABLE', retriable: true });
    });

    test('says at the deadline that it does not know, when an endpoint accepts and is silent', { timeout: AMPLE_MS }, async () => {
      const server = await silentServer();
      const there = at(server.port);
      const began = Date.now();
      const [seen, applied] = await Promise.all([action.observe(callOf(there, DEADLINE_MS)), action.apply(callOf(there, DEADLINE_MS))]);
      expect(Date.now() - began).toBeLessThan(DEADLINE_MS + 1_000);
      expect(seen.kind).toBe('unknown');
      judgeSilence(applied as Outcome);
      await until(() => server.sockets() === 0, 'that every socket is closed');
      await server.close();
    });

    test('ends at once and leaves no socket when the signal aborts', { timeout: 10_000 }, async () => {
      const server = await silentServer();
      const controller = new AbortController();
      const there = at(server.port);
      const pending = [action.observe(callOf(there, controller.signal)), action.apply(callOf(there, controller.signal))];
      await until(() => server.sockets() > 0, 'that a call reached the server');
      const began = Date.now();
      controller.abort();
      const [seen, applied] = await Promise.all(pending);
      expect(seen?.kind).toBe('unknown');
      judgeSilence(applied as Outcome);
      expect(Date.now() - began).toBeLessThan(1_000);
      await until(() => server.sockets() === 0, 'that every socket is closed');
      await server.close();
    });

    if (action.evaluate === undefined) return;
    test('finds something to report, and throws nothing, when nobody listens', { timeout: AMPLE_MS }, async () => {
      const findings = await action.evaluate?.(callOf(at(await freePort())));
      expect(findings?.length).toBeGreaterThan(0);
      for (const finding of findings ?? [])
        expect(finding).toMatchObject({
          code: expect.stringMatching(/^[A-Z_0-9]+$/) as string,
          remedy: expect.stringMatching(/\.$/) as string,
        });
    });
  });
}

function callOf<Tools>(
  at: { readonly with: Record<string, unknown>; readonly tools: Tools },
  limit: number | AbortSignal = AMPLE_MS,
): Call<never, Tools> {
  const signal = typeof limit === 'number' ? AbortSignal.timeout(limit) : limit;
  return { with: at.with as never, tools: at.tools, token: 'run-1/step-1', epoch: 1, now: Date.now() as Instant, signal };
}

/** Sent, and nothing known; or never sent, because the look that must come first got no answer. */
function judgeSilence(outcome: Outcome): void {
  if (outcome.kind === 'failed') expect(outcome).toMatchObject({ code: 'UNREACHABLE', retriable: true });
  else expect(outcome.kind).toBe('unknown');
}

async function untilHolds<Tools>(action: Action<Tools>, ground: Ground<Tools>): Promise<Extract<Observed, { kind: 'holds' }>> {
  let last: Observed | undefined;
  for (const end = Date.now() + 25_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 100))) {
    last = (await action.observe(callOf(ground))) as Observed;
    if (last.kind === 'holds') return last;
  }
  return expect.unreachable(`the goal did not come to hold: ${JSON.stringify(last)}`);
}
