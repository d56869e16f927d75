// A controller whose journal fails begins again every five seconds, and in one place only: also when it fails while it begins.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Controller } from '../../src/runtime/controller.ts';
import { MemoryJournal } from '../api/memory-journal.ts';
import { controllerOptions } from './controller-options.ts';

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
    ...controllerOptions(journal),
    open: () => {
      opened += 1;
      return Promise.resolve(journal);
    },
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
