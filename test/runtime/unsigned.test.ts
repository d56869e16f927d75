// A checkpoint that cannot be kept is a journal that cannot be written: the controller stops acting, says why, and begins again.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Controller } from '../../src/runtime/controller.ts';
import { MemoryJournal } from '../api/memory-journal.ts';
import { controllerOptions } from './controller-options.ts';

class Unsigning extends MemoryJournal {
  isRefusing = false;
  override saveCheckpoint(size: number, note: string): Promise<void> {
    return this.isRefusing ? Promise.reject(new Error('the disk is full; free space on it')) : super.saveCheckpoint(size, note);
  }
}
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));

test.each([
  ['at once, for an entry that auditors ask for', 0],
  ['by the clock, a minute after any other', 60_000],
])('%s', async (_name, afterMs) => {
  const journal = new Unsigning();
  const controller = new Controller(controllerOptions(journal));
  await controller.start();
  await turn();
  expect(controller.standing.ready).toBe(true);
  journal.isRefusing = true;
  if (afterMs === 0) {
    const asked = {
      kind: 'requested',
      by: { kind: 'person', id: 'olga' },
      request: { kind: 'run', workload: 'ehr', mode: 'switchover', reason: 'r' },
    };
    expect((await controller.submit(asked as never, { kind: 'person', id: 'olga' })).ok).toBe(true);
  } else {
    controller.post({ kind: 'schedule-missed', gameday: 'g', dueAt: 0 as never, because: 'late' });
    await turn();
    expect(controller.standing.ready).toBe(true);
    await vi.advanceTimersByTimeAsync(afterMs);
  }
  await turn();
  expect(controller.standing).toEqual({ ready: false, because: 'no checkpoint could be signed: the disk is full; free space on it' });
  expect(controller.known).toBeUndefined();

  journal.isRefusing = false;
  await vi.advanceTimersByTimeAsync(5_000);
  await turn();
  await turn();
  expect(controller.standing).toEqual({ ready: true, because: 'leading test/log in epoch 2' });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(journal.lastCheckpoint()?.size).toBe(journal.size());
  await controller.stop();
});
