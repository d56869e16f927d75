// Starts game days when they are due, in their own time zone. One that could not start, because nobody was running or because
// it was refused, is journalled: a drill that did not happen is evidence too.
import { createTask, type ScheduledTask } from 'node-cron';
import type { Estate, GameDay } from '../core/estate.ts';
import type { Instant } from '../core/values.ts';
import type { Clock } from '../ports.ts';
import type { Controller } from './controller.ts';

/** How far back to look for what was missed: further back, the drill's own freshness shows it. */
const lookBackMs = 7 * 24 * 3_600_000;
const minuteMs = 60_000;
type Scheduled = GameDay & { readonly schedule: NonNullable<GameDay['schedule']> };

export function startSchedule(controller: Controller, estate: Estate, clock: Clock, lastAliveAt: Instant | undefined): () => void {
  const gamedays = Object.values(estate.gamedays).filter(
    (each): each is Scheduled => each.schedule !== undefined && each.floors.includes(controller.facts.floor),
  );
  const tasks = gamedays.map((gameday) => {
    const task = createTask(gameday.schedule.cron, () => start(controller, gameday, clock.now()), {
      timezone: gameday.schedule.zone,
      name: gameday.id,
      suppressMissedWarning: true,
    });
    task.on('execution:missed', ({ date }) =>
      missed(controller, gameday.id, date.getTime() as Instant, 'the controller was busy or suspended when it was due'),
    );
    void task.start();
    const dueAt = lastAliveAt === undefined ? undefined : lastDueBetween(task, lastAliveAt, clock.now());
    if (dueAt !== undefined) missed(controller, gameday.id, dueAt, 'no controller was running when it was due');
    return task;
  });
  return () => {
    for (const task of tasks) void task.destroy();
  };
}

async function start(controller: Controller, gameday: Scheduled, now: Instant): Promise<void> {
  const opened = await controller.submit(
    { kind: 'requested', by: { kind: 'schedule', id: gameday.id }, request: { kind: 'drill', gameday: gameday.id } },
    { kind: 'schedule', id: gameday.id },
  );
  if (!opened.ok) missed(controller, gameday.id, now, `${opened.error.code}: ${opened.error.message}`);
}

function missed(controller: Controller, gameday: string, dueAt: Instant, because: string): void {
  controller.post({ kind: 'schedule-missed', gameday, dueAt, because });
}

/** The last minute in which the task was due, after `from` and before the minute of `to`. */
export function lastDueBetween(task: Pick<ScheduledTask, 'match'>, from: Instant, to: Instant): Instant | undefined {
  const oldest = Math.max(from, to - lookBackMs);
  for (let at = Math.floor(to / minuteMs) * minuteMs - minuteMs; at > oldest; at -= minuteMs)
    if (task.match(new Date(at))) return at as Instant;
  return undefined;
}
