// A vantage and its controller over real HTTP: assignments, absence, refusals, and what waits meanwhile.
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Observation } from '../../src/vantage/assignment.ts';
import { readAssignment } from '../../src/vantage/assignment.ts';
import { controllerClient } from '../../src/vantage/controller-client.ts';
import { linkState } from '../../src/vantage/link-state.ts';
import { ObservationQueue } from '../../src/vantage/observation-queue.ts';
import { runVantage } from '../../src/vantage/vantage.ts';
import { fakeController, type Answer, type Asked } from './controller.ts';
import { until } from './until.ts';

vi.setConfig({ testTimeout: 30_000 });
const registry = new URL('./registry.ts', import.meta.url).href;
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanUps.splice(0).reverse()) await clean();
});

function vantage(controller: string): { readonly lines: string[]; stop(): Promise<void> } {
  const lines: string[] = [];
  const ended = new AbortController();
  const done = runVantage({
    controller,
    token: 'secret-token',
    name: 'campus',
    providersConfig: {},
    registry,
    signal: ended.signal,
    log: (line) => lines.push(line),
    timeoutMs: 500,
  });
  const stop = async (): Promise<void> => {
    ended.abort();
    await done;
  };
  cleanUps.push(stop);
  return { lines, stop };
}
const probes = (...targets: string[]) =>
  targets.map((target) => ({ target, uses: 'test.fixed', with: {}, intervalMs: 20, timeoutMs: 100 }));
const posted = (asked: readonly Asked[]): Observation[] =>
  asked.flatMap((one) => (one.method === 'POST' ? (one.body as { observations: Observation[] }).observations : []));

describe('with its controller', () => {
  test('it fetches, probes, posts with its token, and fetches again when the hash changes', async () => {
    let hash = 'h1';
    const controller = await fakeController((asked) =>
      asked.method === 'POST'
        ? { status: 200, body: { assignment: hash } }
        : { status: 200, body: { hash, probes: hash === 'h1' ? probes('a') : probes('b') } },
    );
    cleanUps.push(() => controller.close());
    vantage(controller.url);
    await until('observations of a', () => posted(controller.asked).some((o) => o.target === 'a' && o.ok));
    expect(controller.asked[0]).toMatchObject({ method: 'GET', path: '/api/v1/vantages/campus/assignment', token: 'secret-token' });
    hash = 'h2';
    await until('observations of b', () => posted(controller.asked).some((o) => o.target === 'b'));
    expect(controller.asked.filter((one) => one.method === 'GET')).toHaveLength(2);
  });

  test('at its end it posts what waits, and its promise resolves', async () => {
    const controller = await fakeController((asked) =>
      asked.method === 'POST' ? { status: 200, body: { assignment: 'h' } } : { status: 200, body: { hash: 'h', probes: probes('a') } },
    );
    cleanUps.push(() => controller.close());
    const v = vantage(controller.url);
    await until('a post', () => posted(controller.asked).length > 0);
    await v.stop();
    const count = controller.asked.length;
    await new Promise((resolve) => setImmediate(resolve));
    expect(controller.asked).toHaveLength(count);
  });
});

describe('without its controller', () => {
  test('it goes on probing, says so once, keeps the newest of each target, and delivers when it is back', async () => {
    const answer = (asked: Asked): Answer =>
      asked.method === 'POST' ? { status: 200, body: { assignment: 'h' } } : { status: 200, body: { hash: 'h', probes: probes('a', 'b') } };
    const first = await fakeController(answer);
    const v = vantage(first.url);
    await until('both targets are posted', () => new Set(posted(first.asked).map((o) => o.target)).size === 2);
    await first.close();
    const away = Date.now();
    await until('it says that the controller is away', () => v.lines.some((line) => line.includes('away')));
    await until('some samples later', () => Date.now() - away > 400);
    const second = await fakeController(answer, Number(new URL(first.url).port));
    cleanUps.push(() => second.close());
    const delivered = await until('the first post afterwards', () => second.asked.find((one) => one.method === 'POST'));
    const observations = posted([delivered]);
    expect(observations.filter((o) => o.target === 'a').length).toBe(1);
    expect(Math.max(...observations.map((o) => o.at))).toBeGreaterThan(away + 300);
    await until('it says that it is back', () => v.lines.includes('the controller answers again'));
    expect(v.lines.filter((line) => line.includes('away'))).toHaveLength(1);
  });

  test.each([
    [401, 'set the variable that --token-env names'],
    [403, 'set the variable that --token-env names'],
    [404, 'declare it under policies/'],
  ])('status %i says what to do, once, without the token, and it tries on', async (status, advice) => {
    const controller = await fakeController(() => ({ status, body: { message: 'no' } }));
    cleanUps.push(() => controller.close());
    const v = vantage(controller.url);
    await until('three tries', () => controller.asked.length >= 3);
    expect(v.lines).toHaveLength(1);
    expect(v.lines[0]).toContain(advice);
    expect(v.lines.join()).not.toContain('secret-token');
  });

  test.each<[string, Answer]>([
    ['nonsense', { status: 200, body: ['what'] }],
    ['silence', 'hang'],
    ['an error', { status: 500, body: {} }],
  ])('%s in place of an assignment is said once and tried again', async (_, answer) => {
    const controller = await fakeController(() => answer);
    cleanUps.push(() => controller.close());
    const v = vantage(controller.url);
    await until('three tries', () => controller.asked.length >= 3);
    expect(v.lines).toHaveLength(1);
  });

  test('observations that are refused for good are dropped, newer ones are posted', async () => {
    const controller = await fakeController((asked) =>
      asked.method === 'POST' ? { status: 400, body: {} } : { status: 200, body: { hash: 'h', probes: probes('a') } },
    );
    cleanUps.push(() => controller.close());
    vantage(controller.url);
    const posts = await until('three posts', () => {
      const all = controller.asked.filter((one) => one.method === 'POST');
      return all.length >= 3 && all;
    });
    const firstAt = posts.map((post) => posted([post])[0]!.at);
    expect(new Set(firstAt).size).toBe(firstAt.length);
  });
});

describe('readAssignment', () => {
  const good = { target: 'a', uses: 'tcp', with: { port: 1 }, intervalMs: 1000, timeoutMs: 500 };
  test.each<[string, unknown, number | undefined, number]>([
    ['a good one', { hash: 'h', probes: [good] }, 1, 0],
    ['an empty one', { hash: 'h', probes: [] }, 0, 0],
    ['null', null, undefined, 0],
    ['a text', 'hash', undefined, 0],
    ['no hash', { probes: [good] }, undefined, 0],
    ['no probes', { hash: 'h' }, undefined, 0],
    ['one bad entry among good ones', { hash: 'h', probes: [7, good] }, 1, 1],
    ['an interval of 0', { hash: 'h', probes: [{ ...good, intervalMs: 0 }] }, 0, 1],
    ['an interval that is no number', { hash: 'h', probes: [{ ...good, intervalMs: '1s' }] }, 0, 1],
    ['a timeout that never ends', { hash: 'h', probes: [{ ...good, timeoutMs: 1e12 }] }, 0, 1],
    ['an empty target', { hash: 'h', probes: [{ ...good, target: '' }] }, 0, 1],
    ['no probe name', { hash: 'h', probes: [{ ...good, uses: 1 }] }, 0, 1],
  ])('%s', (_, value, count, problems) => {
    const read = readAssignment(value);
    expect(read?.probes.length).toBe(count);
    expect(read?.problems.length ?? 0).toBe(problems);
  });
});

describe('ObservationQueue', () => {
  const of = (target: string, at: number): Observation => ({ target, ok: true, at, detail: '' });
  test('keeps all in order while there is room', () => {
    const queue = new ObservationQueue(10);
    queue.add([of('a', 1), of('b', 2), of('a', 3)]);
    expect(queue.take(10).map((o) => o.at)).toEqual([1, 2, 3]);
  });
  test('keeps the newest of each target when it is full', () => {
    const queue = new ObservationQueue(3);
    queue.add([of('a', 1), of('b', 2), of('a', 3), of('a', 4)]);
    expect(queue.take(10).map((o) => `${o.target}${o.at}`)).toEqual(['b2', 'a4']);
  });
  test('is bounded also by too many targets', () => {
    const queue = new ObservationQueue(100);
    for (let n = 0; n < 1000; n++) queue.add([of(`t${n}`, n)]);
    expect(queue.size).toBe(100);
  });
  test('what comes back yields to what is newer', () => {
    const queue = new ObservationQueue(10);
    queue.add([of('a', 1), of('b', 1)]);
    const taken = queue.take(10);
    queue.add([of('a', 2)]);
    queue.putBack(taken);
    queue.keepNewest();
    expect(
      queue
        .take(10)
        .map((o) => `${o.target}${o.at}`)
        .sort(),
    ).toEqual(['a2', 'b1']);
  });
});

describe('linkState', () => {
  test('says each change once, and waits longer each time up to a limit', () => {
    const lines: string[] = [];
    const link = linkState(
      (line) => lines.push(line),
      'back',
      () => 1,
    );
    const pauses = Array.from({ length: 8 }, () => link.trouble('away', 'gone'));
    link.trouble('status 401', 'token');
    link.well();
    link.well();
    expect(lines).toEqual(['gone', 'token', 'back']);
    expect(pauses).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
    expect(link.trouble('away', 'gone')).toBe(100);
  });
  test('the pause is jittered downwards by at most half', () => {
    expect(
      linkState(
        () => undefined,
        '',
        () => 0,
      ).trouble('x', 'x'),
    ).toBe(50);
  });
});

describe('controllerClient', () => {
  test('a URL that is none is refused with what to give instead', () => {
    expect(() => controllerClient({ url: 'controller:80', token: 't', timeoutMs: 1 })).toThrow(/CONTROLLER_URL.*http:/);
  });
});
