// Following the journal: pages, streams that go on, readers that come back, readers that take nothing.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clientFor, type Told } from '../../src/cli/client.ts';
import type { Estate } from '../../src/core/estate.ts';
import { fast, openHouse, secrets, type House } from './house.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const openRun = async (): Promise<string> => {
  const { body } = await house.post('/api/v1/runs', { workload: 'ehr', mode: 'switchover', reason: 'r' }, house.as('olga'));
  await house.post(`/api/v1/runs/${String(body['run'])}/cancel`, { reason: 'r' }, house.as('olga'));
  return String(body['run']);
};

describe('a page', () => {
  test('is lines of JSON from a place on, as many as asked for', async () => {
    await openRun();
    const { text, headers } = await house.get('/api/v1/events?from=1&limit=2');
    expect(headers.get('content-type')).toContain('application/x-ndjson');
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Told);
    expect(lines.map((each) => [each.seq, each.type])).toEqual([
      [1, 'EstateDeclared'],
      [2, 'RunOpened'],
    ]);
    expect(lines[1]).toMatchObject({
      actor: { kind: 'person', id: 'olga' },
      sentence: 'decided switchover ehr-1: r; waits for 1 approval',
    });
    expect((await house.get('/api/v1/events?from=999')).text).toBe('');
  });
});

describe('a stream', () => {
  test('gives what was and what comes, in order, once', async () => {
    await openRun();
    const told: Told[] = [];
    const following = clientFor({ url: house.url, token: secrets['vera'] }).follow(
      0,
      (each) => told.push(each) > 0 && told.filter(({ type }) => type === 'RunClosed').length === 2,
    );
    await openRun();
    await following;
    expect(told.map((each) => each.seq)).toEqual(told.map((_, i) => i));
    expect(told.map((each) => each.type)).toEqual([
      'EpochBegan',
      'EstateDeclared',
      'RunOpened',
      'PlanCompiled',
      'RunClosed',
      'RunOpened',
      'PlanCompiled',
      'RunClosed',
    ]);
  });
  test('goes on for a reader that comes back with its last id', async () => {
    await openRun();
    const raw = await rawStream(house, { 'last-event-id': '2' });
    await house.until('the rest came', () => raw.text().includes('id: 4'));
    expect(raw.text()).not.toContain('id: 2\n');
    expect(raw.text()).toContain('id: 3\n');
    raw.socket.destroy();
  });
  test('waits in the journal for a reader that takes nothing, while others go on', { timeout: 20_000 }, async () => {
    const wordy = await openHouse({ estate: wordyEstate });
    try {
      const slow = await rawStream(wordy, {}, false);
      for (let i = 0; i < 400; i += 1) await planAndCancel(wordy);
      const last = wordy.journal.lines.length - 1;
      const size = wordy.journal.lines.join('').length;
      expect(size).toBeGreaterThan(8_000_000);
      expect((await wordy.get('/metrics')).text).toContain('resus_event_streams 1');
      // What is waiting for the reader is bounded by the sockets' buffers, not by what was written meanwhile.
      expect(wordy.listening.waitingBytes()).toBeLessThan(1_000_000);
      slow.socket.resume();
      await wordy.until('it caught up', () => slow.text().includes(`id: ${last}\n`));
      slow.socket.destroy();
      await expect.poll(async () => (await wordy.get('/metrics')).text).toContain('resus_event_streams 0');
    } finally {
      await wordy.close();
    }
  });
  test('ends when the controller closes, and leaves no listener', async () => {
    const raw = await rawStream(house, {});
    await house.until('connected', () => raw.text().includes('retry: 1000'));
    const ended = new Promise((resolve) => raw.socket.once('close', resolve));
    await house.listening.close(5_000);
    await ended;
    expect(raw.text()).toContain('id: 1\n');
  });
  test('is refused to the 65th reader', async () => {
    const sockets = await Promise.all(Array.from({ length: 64 }, () => rawStream(house, {})));
    await Promise.all(sockets.map((each) => house.until('connected', () => each.text().includes('retry: 1000'))));
    expect(await house.get('/api/v1/events', { accept: 'text/event-stream' })).toMatchObject({
      status: 503,
      body: { code: 'TOO_MANY_STREAMS' },
    });
    for (const { socket } of sockets) socket.destroy();
  });
});

describe('a client', () => {
  test('goes on after the connection was cut, and misses nothing', async () => {
    const cuttable = await wireTo(house.listening.port);
    const told: number[] = [];
    const following = clientFor({ url: `http://127.0.0.1:${cuttable.port}`, token: secrets['vera'] }).follow(
      0,
      ({ seq, type }) => told.push(seq) > 0 && type === 'RunClosed',
    );
    await house.until('it began', () => told.length === 2);
    cuttable.cut();
    await openRun();
    await following;
    expect(told).toEqual([0, 1, 2, 3, 4]);
    expect(cuttable.connections()).toBeGreaterThan(1);
    cuttable.close();
  });
});

const wordyEstate: Estate = {
  ...fast,
  runbooks: {
    ...fast.runbooks,
    switchover: {
      ...fast.runbooks['switchover']!,
      steps: fast.runbooks['switchover']!.steps.map((step) => ({ ...step, with: { note: 'x'.repeat(20_000) } })),
    },
  },
};
const olga = { kind: 'person', id: 'olga' } as const;
async function planAndCancel(at: House): Promise<void> {
  const opened = await at.controller.submit(
    { kind: 'requested', by: olga, request: { kind: 'run', workload: 'ehr' as never, mode: 'switchover', reason: 'r' } },
    olga,
  );
  const run = opened.ok && opened.value[0]?.event.type === 'RunOpened' ? opened.value[0].event.data.run : undefined;
  if (run === undefined) throw new Error(JSON.stringify(opened));
  await at.controller.submit({ kind: 'requested', by: olga, request: { kind: 'cancel', run, reason: 'r' } }, olga);
}

/** A wire to the controller that can be cut. */
async function wireTo(port: number): Promise<{ readonly port: number; cut(): void; connections(): number; close(): void }> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((near) => {
    connections += 1;
    const far = connect({ host: '127.0.0.1', port });
    for (const each of [near, far]) sockets.add(each.on('error', () => undefined));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    connections: () => connections,
    close: () => {
      cut();
      server.close();
    },
  };
}

async function rawStream(at: House, headers: Record<string, string>, reads = true): Promise<{ readonly socket: Socket; text(): string }> {
  const socket = connect({ host: '127.0.0.1', port: at.listening.port });
  let text = '';
  socket.setEncoding('utf8').on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  socket.write(
    `GET /api/v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/event-stream\r\n${Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n`,
  );
  socket.on('data', (chunk: string) => (text += chunk));
  if (!reads) socket.pause();
  return { socket, text: () => text };
}
