// Wrong tokens: how many, from where, for how long, and who is never stopped by them.
import type { IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressOf, guessesOf, guessLimits } from '../../src/api/guesses.ts';
import { openHouse, type House } from './house.ts';

const { burst, refillMs, rememberMs, most } = guessLimits;

describe('what an address may do, step by step', () => {
  type Step = readonly [act: 'wrong' | 'right' | 'later', of: string | number, times?: number];
  test.each<readonly [string, readonly Step[], address: string, waitMs: number]>([
    ['nothing yet', [], 'a', 0],
    ['one less than the burst', [['wrong', 'a', burst - 1]], 'a', 0],
    ['the whole burst', [['wrong', 'a', burst]], 'a', refillMs],
    ['another address is free', [['wrong', 'a', burst * 3]], 'b', 0],
    [
      'a right token gives nothing back',
      [
        ['wrong', 'a', burst],
        ['right', 'a'],
      ],
      'a',
      refillMs,
    ],
    [
      'one comes back',
      [
        ['wrong', 'a', burst],
        ['later', refillMs],
      ],
      'a',
      0,
    ],
    [
      'and only one',
      [
        ['wrong', 'a', burst],
        ['later', refillMs],
        ['wrong', 'a', 1],
      ],
      'a',
      refillMs,
    ],
    [
      'a part of one is not enough',
      [
        ['wrong', 'a', burst],
        ['later', refillMs / 4],
      ],
      'a',
      (refillMs * 3) / 4,
    ],
    [
      'long silence does not save up more than the burst',
      [
        ['wrong', 'a', burst],
        ['later', refillMs * burst * 100],
        ['wrong', 'a', burst],
      ],
      'a',
      refillMs,
    ],
  ])('%s', (_what, steps, address, waitMs) => {
    let now = 5_000;
    const guesses = guessesOf(() => now);
    for (const [act, of, times = 1] of steps)
      for (let n = 0; n < times; n += 1) {
        if (act === 'later') now += Number(of);
        else if (act === 'wrong') guesses.wrong(String(of));
        else guesses.right(String(of), 'olga');
      }
    expect(guesses.waitMs(address)).toBe(waitMs);
  });

  test('a right token is known where it came from, by its name, for an hour', () => {
    let now = 0;
    const guesses = guessesOf(() => now);
    guesses.right('a', 'olga');
    now = rememberMs;
    expect([guesses.knows('a', 'olga'), guesses.knows('b', 'olga'), guesses.knows('a', 'omar')]).toEqual([true, false, false]);
    now += 1;
    expect(guesses.knows('a', 'olga')).toBe(false);
  });

  test('however many addresses guess, what is held is bounded, and they push out no right token', () => {
    const guesses = guessesOf(() => 0);
    guesses.right('a', 'olga');
    for (let n = 0; n < most * 2; n += 1) guesses.wrong(`address ${n}`);
    expect(guesses.held).toEqual({ addresses: most, tokens: 1 });
    expect(guesses.knows('a', 'olga')).toBe(true);
  });
});

describe('whose request it is', () => {
  test.each<readonly [string, string, string | undefined, string]>([
    ['the peer', '198.51.100.7', undefined, '198.51.100.7'],
    ['IPv4 in IPv6', '::ffff:198.51.100.7', undefined, '198.51.100.7'],
    ['a network of IPv6', '2001:db8:1:2:aaaa::1', undefined, '2001:db8:1:2::/64'],
    ['its neighbour is the same', '2001:0db8:0001:0002:ffff:1:2:3', undefined, '2001:db8:1:2::/64'],
    ['short IPv6', '2001:db8::1', undefined, '2001:db8:0:0::/64'],
    ['loopback', '::1', undefined, '0:0:0:0::/64'],
    ['behind a proxy of this machine', '127.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['the last of several, which the proxy saw itself', '::1', '10.0.0.1, 203.0.113.9', '203.0.113.9'],
    ['what a stranger claims counts for nothing', '198.51.100.7', '203.0.113.9', '198.51.100.7'],
    ['nor does what is no address', '127.0.0.1', 'unknown', '127.0.0.1'],
    ['nor an empty one', '127.0.0.1', '203.0.113.9,', '127.0.0.1'],
  ])('%s', (_what, remoteAddress, forwarded, address) => {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    expect(addressOf({ socket: { remoteAddress }, headers } as unknown as IncomingMessage)).toBe(address);
  });
});

describe('over HTTP', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ openReads: false, nowMs: () => 0 });
  });
  afterAll(() => house.close());
  const from = (address: string, token?: string) =>
    house.get('/api/v1/runs', { 'x-forwarded-for': address, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) });
  const guess = async (address: string, times: number): Promise<readonly number[]> =>
    (await Promise.all(Array.from({ length: times }, (_, n) => from(address, `guess-${n}`)))).map((reply) => reply.status);

  test('after the burst a guesser is answered 429 with Retry-After, the code and what to do, and the right token nothing more', async () => {
    const statuses = await guess('203.0.113.1', burst * 3);
    expect([401, 429].map((status) => statuses.filter((each) => each === status).length)).toEqual([burst, burst * 2]);
    const refused = await from('203.0.113.1', 'operator-olga');
    expect(refused.status).toBe(429);
    expect(refused.body['code']).toBe('TOO_MANY_WRONG_TOKENS');
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('www-authenticate')).toBeNull();
  });
  test('the right token from another address, and no token, go on as before', async () => {
    await guess('203.0.113.2', burst * 2);
    expect((await from('203.0.113.3', 'operator-olga')).status).toBe(200);
    expect((await from('203.0.113.2')).status).toBe(401);
  });
  test('who was right from there before is not stopped by a neighbour who guesses', async () => {
    expect((await from('203.0.113.4', 'viewer-vera')).status).toBe(200);
    await guess('203.0.113.4', burst * 3);
    expect((await from('203.0.113.4', 'viewer-vera')).status).toBe(200);
    expect((await from('203.0.113.4', 'one-more-guess')).status).toBe(429);
  });
});
