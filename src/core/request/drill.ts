// A game day, started by a person or by its schedule.
import { noStartBecause } from '../decision/calendar.ts';
import { maintenanceOf, saidMaintained } from '../decision/hold.ts';
import { refusal } from '../errors.ts';
import { declaredAs, saidPending } from '../estate.ts';
import type { DrillId } from '../values.ts';
import type { Ask } from './index.ts';

export const drill: Ask<'drill'> = (view, request, actor) => {
  const { known, facts } = view;
  const gameday = declaredAs(known.estate?.gamedays, request.gameday);
  if (gameday === undefined)
    return refusal(
      'GAMEDAY_UNKNOWN',
      `There is no game day ${request.gameday}.`,
      `Declared: ${Object.keys(known.estate?.gamedays ?? {}).join(', ') || 'none'}.`,
    );
  if (known.openDrill !== undefined)
    return refusal(
      'DRILL_OPEN',
      `Drill ${known.openDrill} is running.`,
      'Wait for it to end: `resus events --follow`; `resus stop --reason TEXT`, then `resus release`, ends it and undoes its faults.',
    );
  const maintenance = maintenanceOf(view, gameday.workload);
  if (maintenance !== undefined)
    return refusal(
      'WORKLOAD_MAINTAINED',
      `${gameday.workload} is not practised on: ${saidMaintained(maintenance)}.`,
      `Wait until it is over, or end it: \`resus maintain ${gameday.workload} --end\`.`,
    );
  const pending = saidPending(view.tierOf(gameday.workload) ?? {});
  if (pending !== undefined && actor.kind === 'schedule')
    return refusal(
      'TARGETS_PENDING',
      `Nobody has decided the ${pending} of ${gameday.workload} yet (pending-bia), so no schedule starts game day ${gameday.id}.`,
      'Start it yourself, or decide the targets in its tier.',
    );
  const quiet = known.estate === undefined ? undefined : noStartBecause(known.estate, gameday, view.now);
  if (quiet !== undefined)
    return refusal(
      'CALENDAR_CLOSED',
      `Game day ${gameday.id} does not begin now: ${quiet}.`,
      'Wait for its time, or change the calendar, the schedule, or which calendar they name.',
    );
  if (!gameday.floors.includes(facts.floor))
    return refusal(
      'WRONG_FLOOR',
      `Game day ${gameday.id} may run on ${gameday.floors.join(', ')}; this is ${facts.floor}.`,
      'Add the floor to the game day if that is meant.',
    );
  const id = `${gameday.id}-${(known.counts.get('DrillOpened') ?? 0) + 1}` as DrillId;
  return { ok: true, value: [{ type: 'DrillOpened', data: { drill: id, gameday: gameday.id, workload: gameday.workload } }] };
};
