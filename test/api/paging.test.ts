// Lists a page at a time: nothing twice, nothing missing, whatever comes meanwhile; and the command line reads all pages.
import type { Request } from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pageByAge, pageByName, pageLimits } from '../../src/api/page.ts';
import { clientFor } from '../../src/cli/client.ts';
import { everyOf } from '../../src/cli/pages.ts';
import { fast, openHouse, secrets, type House } from './house.ts';

const asking = (query: Record<string, string | string[]>): Request => ({ query }) as unknown as Request;
const self = (item: string): string => item;

describe('a page', () => {
  test.each<readonly [string, 'name' | 'age', readonly string[], Record<string, string>, readonly string[], string | undefined]>([
    ['everything fits', 'name', ['b', 'a'], {}, ['a', 'b'], undefined],
    ['exactly the limit', 'name', ['b', 'a'], { limit: '2' }, ['a', 'b'], undefined],
    ['more than the limit', 'name', ['c', 'a', 'b'], { limit: '2' }, ['a', 'b'], 'b'],
    ['the rest', 'name', ['c', 'a', 'b'], { limit: '2', cursor: 'b' }, ['c'], undefined],
    ['after a name that is gone', 'name', ['d', 'a', 'c'], { cursor: 'b' }, ['c', 'd'], undefined],
    ['after the last', 'name', ['a'], { cursor: 'z' }, [], undefined],
    ['nothing at all', 'name', [], {}, [], undefined],
    ['newest first', 'age', ['1', '2', '3'], { limit: '2' }, ['3', '2'], '2'],
    ['older ones', 'age', ['1', '2', '3'], { limit: '2', cursor: '2' }, ['1'], undefined],
    ['newer ones do not shift it', 'age', ['1', '2', '3', '4', '5'], { limit: '2', cursor: '2' }, ['1'], undefined],
    ['after the oldest', 'age', ['1'], { cursor: '1' }, [], undefined],
  ])('%s', (_what, order, all, query, items, next) => {
    const made = order === 'name' ? pageByName(asking(query), all, self) : pageByAge(asking(query), all, self);
    expect(made).toEqual({ items, more: next === undefined ? {} : { next } });
  });
  test.each<readonly [Record<string, string | string[]>, string]>([
    [{ limit: '0' }, 'BAD_REQUEST'],
    [{ limit: String(pageLimits.most + 1) }, 'BAD_REQUEST'],
    [{ limit: 'ten' }, 'BAD_REQUEST'],
    [{ limit: '-1' }, 'BAD_REQUEST'],
    [{ cursor: ['a', 'b'] }, 'BAD_REQUEST'],
    [{ cursor: 'what no page gave' }, 'BAD_CURSOR'],
  ])('with %j is refused with %s', (query, code) => {
    expect(() => pageByAge(asking(query), ['1'], self)).toThrow(expect.objectContaining({ status: 400, code }) as Error);
  });
});

describe('over HTTP', () => {
  const [gameday] = Object.values(fast.gamedays);
  const names = Array.from({ length: 2_001 }, (_, n) => `day-${n}`);
  let house: House;
  beforeAll(async () => {
    if (gameday === undefined) throw new Error('the estate has no game day');
    house = await openHouse({
      estate: { ...fast, gamedays: Object.fromEntries(names.map((id) => [id, { ...gameday, id: id as typeof gameday.id }])) },
    });
  });
  afterAll(() => house.close());
  const page = async (path: string, key: string): Promise<{ readonly keys: unknown[]; readonly next: unknown }> => {
    const { body, status } = await house.get(path);
    expect(status).toBe(200);
    const items = body[key] as Record<string, unknown>[];
    return { keys: items.map((item) => item['run'] ?? item['gameday'] ?? item['workload'] ?? item['seq']), next: body['next'] };
  };
  const openRun = async (): Promise<string> => {
    const { body } = await house.post('/api/v1/runs', { workload: 'ehr', mode: 'switchover', reason: 'r' }, house.as('olga'));
    await house.post(`/api/v1/runs/${String(body['run'])}/cancel`, { reason: 'r' }, house.as('olga'));
    return String(body['run']);
  };

  test('game days by name, all of them once', async () => {
    const first = await page('/api/v1/gamedays?limit=1500', 'gamedays');
    expect([first.keys.length, first.next]).toEqual([1_500, first.keys.at(-1)]);
    const second = await page(`/api/v1/gamedays?limit=1500&cursor=${String(first.next)}`, 'gamedays');
    expect(second.next).toBeUndefined();
    expect([...first.keys, ...second.keys]).toEqual(names.toSorted());
  });
  test('without a limit a page has a thousand; the command line asks for the others', async () => {
    expect((await page('/api/v1/gamedays', 'gamedays')).keys).toHaveLength(pageLimits.default);
    const client = clientFor({ url: house.url, token: secrets['vera'] });
    const all = await everyOf<{ readonly gameday: string }>(client, '/api/v1/gamedays', 'gamedays');
    expect(all.map((each) => each.gameday)).toEqual(names.toSorted());
  });
  test('runs newest first; one that opens between two pages shifts nothing', async () => {
    const opened = [await openRun(), await openRun(), await openRun()];
    const first = await page('/api/v1/runs?limit=2', 'runs');
    expect(first).toEqual({ keys: [opened[2], opened[1]], next: opened[1] });
    await openRun();
    expect(await page(`/api/v1/runs?limit=2&cursor=${String(first.next)}`, 'runs')).toEqual({ keys: [opened[0]], next: undefined });
  });
  test('workloads, drills and incidents are pages, too', async () => {
    expect(await page('/api/v1/workloads?limit=1', 'workloads')).toEqual({ keys: ['ehr'], next: undefined });
    expect(await page('/api/v1/drills?limit=1', 'drills')).toEqual({ keys: [], next: undefined });
    expect(await page('/api/v1/incidents?limit=1&open=true', 'incidents')).toEqual({ keys: [], next: undefined });
    expect(await house.get('/api/v1/drills?cursor=x')).toMatchObject({ status: 400, body: { code: 'BAD_CURSOR' } });
  });
  test('events as one object say `next`, as lines they say it in a header', async () => {
    const json = { accept: 'application/json' };
    const first = await house.get('/api/v1/events?limit=2', json);
    expect((first.body['events'] as { seq: number }[]).map((each) => each.seq)).toEqual([0, 1]);
    expect(first.body['next']).toBe('2');
    const second = await house.get('/api/v1/events?limit=1&cursor=2', json);
    expect((second.body['events'] as { seq: number }[]).map((each) => each.seq)).toEqual([2]);
    const lines = await house.get('/api/v1/events?limit=2&from=1');
    expect(lines.headers.get('link')).toBe('</api/v1/events?from=3&limit=2>; rel="next"');
    const rest = await house.get('/api/v1/events?limit=10000', json);
    expect((rest.body['events'] as unknown[]).length).toBe(house.journal.lines.length);
    expect([rest.body['next'], rest.headers.get('link')]).toEqual([undefined, null]);
  });
});
