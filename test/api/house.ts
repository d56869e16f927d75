// A controller behind the API on a real port, with an estate whose clocks run fast, and a crowd that reports over HTTP as
// vantages and canary clients do. The world behind it is two flags.
import { hash } from 'node:crypto';
import { Type } from 'typebox';
import { createApi, type ApiOptions } from '../../src/api/api.ts';
import type { Role, Token } from '../../src/api/auth.ts';
import { listen, type Listening } from '../../src/api/listen.ts';
import type { Estate } from '../../src/core/estate.ts';
import { isWithin } from '../../src/core/detection/targets.ts';
import type { Instant } from '../../src/core/values.ts';
import type { Action, Clock, Fault } from '../../src/ports.ts';
import { Controller, type ControllerOptions } from '../../src/runtime/controller.ts';
import { estate as slow, regionLoss, tier } from '../core/estate.ts';
import { actions } from '../core/theatre.ts';
import { controllerOptions } from '../runtime/controller-options.ts';
import { MemoryJournal } from './memory-journal.ts';

export const fast: Estate = {
  ...slow,
  tiers: {
    'life-critical': {
      ...tier,
      // The time-outs are patience for a busy machine; nothing waits for them when all answers come.
      detection: { intervalMs: 60, timeoutMs: 1_000, failures: 2, successes: 1 },
      usersPath: { intervalMs: 50, timeoutMs: 1_000, failures: 2, good: 2, sustainedMs: 100 },
      cooldownMs: 10,
    },
  },
  gamedays: { 'region-loss': { ...regionLoss, steadyState: { forMs: 50 }, aborts: [] } },
};
export const secrets: Readonly<Record<string, string>> = {
  olga: 'operator-olga',
  omar: 'operator-omar',
  vera: 'viewer-vera',
  anyVantage: 'vantage-any',
  campus: 'vantage-campus',
  ward: 'canary-ward',
  anyCanary: 'canary-any',
};
const token = (name: string, role: Role, only?: string): Token => ({
  name,
  role,
  sha256: hash('sha256', secrets[name] ?? ''),
  ...(only === undefined ? {} : { for: only }),
});
export const tokens: readonly Token[] = [
  token('olga', 'operator'),
  token('omar', 'operator'),
  token('vera', 'viewer'),
  token('anyVantage', 'vantage'),
  token('campus', 'vantage', 'campus'),
  token('ward', 'canary', 'ehr/ward'),
  token('anyCanary', 'canary'),
];

export type House = {
  readonly url: string;
  readonly controller: Controller;
  readonly journal: MemoryJournal;
  readonly listening: Listening;
  /** Sites that answer nobody. */
  readonly dark: Set<string>;
  /** Actions that are refused, and actions that are taken and not done before they are let go. */
  readonly refuse: Set<string>;
  readonly hold: Set<string>;
  primary: string;
  as(name: string): Record<string, string>;
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** Vantages probe and canaries walk until the house closes. */
  crowd(): void;
  until(what: string, holds: () => boolean, withinMs?: number): Promise<void>;
  close(): Promise<void>;
};
export type Reply = { readonly status: number; readonly headers: Headers; readonly text: string; readonly body: Record<string, unknown> };

type HouseOptions = {
  readonly estate?: Estate;
  readonly clock?: Clock;
  readonly recorded?: ControllerOptions['recorded'];
  /** Actions that are real, over what the controller knows. */
  readonly more?: (controller: () => Controller) => ControllerOptions['registry']['actions'];
} & Partial<Omit<ApiOptions, 'controller'>>;
export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const {
    estate = fast,
    recorded,
    more,
    clock = { now: () => Date.now() as Instant, monotonicNs: () => process.hrtime.bigint() },
    ...api
  } = options;
  const journal = new MemoryJournal();
  const [dark, refuse, hold] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const closed = { additionalProperties: true };
  const action = (name: string): Action<unknown> => ({
    name,
    summary: name,
    with: Type.Object({}, closed),
    gives: Type.Object({}, closed),
    effect: 'nothing',
    settleMs: 10,
    priorMs: { p50: 10, p95: 20 },
    describe: () => name,
    needs: () => [],
    observe: () =>
      Promise.resolve(
        hold.has(name) ? { kind: 'underway', checkAt: (Date.now() + 20) as Instant } : { kind: 'holds', data: { writer: 'west' } },
      ),
    apply: () => {
      if (refuse.has(name)) return Promise.resolve({ kind: 'failed', code: 'AccessDenied', message: 'not allowed', retriable: false });
      if (hold.has(name)) return Promise.resolve({ kind: 'accepted', checkAt: Date.now() as Instant });
      if (name !== 'test.route' && name !== 'test.prepare') house.primary = house.primary === 'east' ? 'west' : 'east';
      return Promise.resolve({ kind: 'succeeded', data: { writer: house.primary } });
    },
  });
  const lose: Fault<unknown> = {
    name: 'test.lose',
    summary: 'loses a site',
    with: Type.Object({}, closed),
    describe: () => 'lose',
    named: (_, site) => `loss of ${site}`,
    inject: (call) => {
      dark.add((call.with as { readonly site: string }).site);
      return Promise.resolve({ kind: 'succeeded', data: null });
    },
    observe: (call) =>
      Promise.resolve(
        dark.has((call.with as { readonly site: string }).site) ? { kind: 'holds', data: null } : { kind: 'absent', because: 'gone' },
      ),
    revert: (call) => {
      dark.delete((call.with as { readonly site: string }).site);
      return Promise.resolve({ kind: 'succeeded', data: null });
    },
  };
  const bound = <T>(it: T) => ({ it, tools: undefined, problem: () => undefined });
  const controller = new Controller({
    ...controllerOptions(journal),
    clock,
    registry: {
      actions: new Map([...[...actions.keys()].map((name) => [name, bound(action(name))] as const), ...(more?.(() => controller) ?? [])]),
      faults: new Map([['test.lose', bound(lose)]]),
    },
    estate,
    ...(recorded === undefined ? {} : { recorded }),
  });
  await controller.start();
  const app = createApi({
    controller,
    tokens,
    version: '0.0.0-test',
    bundle: () => Promise.resolve(new Map([['journal/entries.jsonl', Buffer.from('{}\n')]])),
    ...api,
  });
  const listening = await listen(app, { host: '127.0.0.1', port: 0 });
  const stops: (() => void)[] = [];

  const ask = async (method: string, path: string, headers: Record<string, string>, body?: string): Promise<Reply> => {
    const response = await fetch(`${listening.url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    let parsed: Record<string, unknown> = {};
    try {
      parsed = JSON.parse(text) as Record<string, unknown>;
    } catch {
      // Not every answer is JSON; the text is there.
    }
    return { status: response.status, headers: response.headers, text, body: parsed };
  };
  const house: House = {
    url: listening.url,
    controller,
    journal,
    listening,
    dark,
    refuse,
    hold,
    primary: 'east',
    as: (name) => ({ authorization: `Bearer ${secrets[name] ?? ''}` }),
    get: (path, headers = {}) => ask('GET', path, headers),
    post: (path, body, headers = {}) =>
      ask('POST', path, { 'content-type': 'application/json', ...headers }, typeof body === 'string' ? body : JSON.stringify(body)),
    crowd: () => {
      const over = (ms: number, work: () => Promise<void>): void => {
        let isGoing = true;
        let timer: NodeJS.Timeout | undefined;
        // One at a time: on a busy machine they come later, never in heaps.
        const round = (): void =>
          void work()
            .catch(() => undefined)
            .finally(() => (timer = isGoing ? setTimeout(round, ms) : undefined));
        round();
        stops.push(() => {
          isGoing = false;
          clearTimeout(timer);
        });
      };
      over(60, () => probeAll(house, estate));
      over(50, () => walk(house));
    },
    until: async (what, holds, withinMs = 15_000) => {
      for (const end = Date.now() + withinMs; !holds();) {
        if (Date.now() > end)
          throw new Error(
            `not within ${withinMs} ms: ${what}\n${journal.lines
              .map((line) => line.slice(0, 60_000))
              .slice(-15)
              .join('\n')}`,
          );
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    close: async () => {
      for (const stop of stops) stop();
      await listening.close(200);
      await controller.stop();
    },
  };
  return house;
}

const isDark = (house: House, estate: Estate, site: string): boolean => [...house.dark].some((domain) => isWithin(estate, site, domain));

async function probeAll(house: House, estate: Estate): Promise<void> {
  for (const site of Object.values(estate.sites))
    for (const vantage of site.vantages) {
      if (isDark(house, estate, vantage.site)) continue;
      const path = `/api/v1/vantages/${vantage.id}`;
      const { body } = await house.get(`${path}/assignment`, house.as('anyVantage'));
      const at = Date.now();
      const observations = (body['probes'] as { target: string; uses: string }[]).map(({ target, uses }) => {
        const known = house.controller.known?.targets?.byId.get(target);
        const ok = known !== undefined && !isDark(house, estate, known.site);
        const role = known?.replica === house.primary ? 'primary' : 'standby';
        return {
          target,
          ok,
          at,
          detail: ok ? 'answered' : 'no answer',
          ...(uses === 'postgres' && ok ? { measured: { role, heartbeatAt: at - 5 } } : {}),
        };
      });
      await house.post(`${path}/observations`, { observations }, house.as('anyVantage'));
    }
}

let sent = 0;
const walked = new Map<
  House,
  { id: string; sentAt: number; ackedAt?: number; readAt?: number; timeline: number; address: string; detail: string }[]
>();
async function walk(house: House): Promise<void> {
  const good = !isDark(house, fast, house.primary === 'east' ? 'us-east-2' : 'us-west-2');
  const now = Date.now();
  const sample = {
    id: `c${(sent += 1)}`,
    sentAt: now - 2,
    ...(good ? { ackedAt: now - 1, readAt: now } : {}),
    timeline: 1,
    address: '10.0.0.1',
    detail: good ? 'good' : 'no answer',
  };
  const all = walked.get(house) ?? [];
  walked.set(house, all);
  all.push(sample);
  const path = '/api/v1/canaries/ehr/ward';
  const { body } = await house.post(`${path}/samples`, { samples: [sample] }, house.as('ward'));
  for (const { run, from } of (body['orders'] ?? []) as { run: string; from: number }[]) {
    const samples = all.filter((each) => each.sentAt >= from);
    const ledger = samples.filter((each) => each.ackedAt !== undefined).map((each) => ({ id: each.id, found: 'present', versions: 1 }));
    const text = (list: readonly unknown[]): string => list.map((each) => `${JSON.stringify(each)}\n`).join('');
    await house.post(`${path}/ledgers`, { run, samples: text(samples), ledger: text(ledger) }, house.as('ward'));
  }
}
