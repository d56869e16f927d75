import { createTask } from 'node-cron';
import { expect, test } from 'vitest';
import { lastDueBetween } from '../../src/runtime/schedule.ts';
import type { Instant } from '../../src/core/values.ts';

const at = (text: string): Instant => Date.parse(text) as Instant;
test.each<[cron: string, zone: string, from: string, to: string, due: string | undefined]>([
  ['0 3 * * *', 'UTC', '2026-11-20T12:00:00Z', '2026-11-22T12:00:00Z', '2026-11-22T03:00:00Z'],
  ['0 3 * * *', 'America/New_York', '2026-11-20T12:00:00Z', '2026-11-22T12:00:00Z', '2026-11-22T08:00:00Z'],
  ['0 3 * * *', 'UTC', '2026-11-22T04:00:00Z', '2026-11-22T12:00:00Z', undefined],
  ['0 3 1 1 *', 'UTC', '2026-01-01T00:00:00Z', '2026-11-22T12:00:00Z', undefined],
  // The hour that does not exist in spring, and the one that comes twice in autumn.
  ['30 2 * * *', 'America/New_York', '2026-03-08T05:00:00Z', '2026-03-08T12:00:00Z', undefined],
  ['30 1 * * *', 'America/New_York', '2026-11-01T04:00:00Z', '2026-11-01T12:00:00Z', '2026-11-01T06:30:00Z'],
])('%s in %s between %s and %s was due at %s', (cron, timezone, from, to, due) => {
  const task = createTask(cron, () => undefined, { timezone });
  expect(lastDueBetween(task, at(from), at(to))).toBe(due === undefined ? undefined : at(due));
  void task.destroy();
});
