// A controller whose journal fails begins again every five seconds, and in one place only: also when it fails while it begins.
import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { evaluate } from '../../src/declare/expression.ts';
import { signerFor } from '../../src/journal/checkpoint.ts';
import { Controller } from '../../src/runtime/controller.ts';
import { steadyClock } from '../../src/runtime/steady-clock.ts';
import { MemoryJournal } from '../api/memory-journal.ts';
import { estate } from '../core/estate.ts';
import { actions } from '../core/theatre.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());
async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  for (let turns = 0; turns < 10; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

test('one beginning at a time, and one leader', async () => {
  const journal = new MemoryJournal();
  let opened = 0;
  const controller = new Controller({
    name: 'c1',
    version: '0.0.0-test',
    log: 'test/log',
    floor: 'lab',
    controlDomain: 'central',
    boot: 'b',
    clock: steadyClock(),
    catalogue: { actions, evaluate },
    registry: { actions: new Map(), faults: new Map() },
    signer: signerFor('test/log', generateKeyPairSync('ed25519').privateKey),
    open: () => {
      opened += 1;
      return Promise.resolve(journal);
    },
    estate,
  });
  await controller.start();
  journal.broken = new Error('the disk is gone');
  controller.post({ kind: 'schedule-missed', gameday: 'g', dueAt: 0 as never, because: 'late' });
  await pass(0);
  expect(controller.standing).toEqual({ ready: false, because: 'the disk is gone' });
  for (let times = 1; times <= 4; times += 1) {
    await pass(5_000);
    expect(opened).toBe(1 + times);
    expect(controller.standing).toEqual({ ready: false, because: 'the disk is gone' });
  }
  journal.broken = undefined;
  await pass(5_000);
  expect(controller.standing.ready).toBe(true);
  await pass(60_000);
  expect(opened).toBe(6);
  const epochs = journal.lines.filter((line) => line.includes('"type":"EpochBegan"')).length;
  expect(epochs).toBe(2);
  await controller.stop();
});
