// Game days as declared, drills as they ran, and starting one.
import { Router } from 'express';
import { Type } from 'typebox';
import { drillView } from '../../core/views/runs.ts';
import type { DrillId } from '../../core/values.ts';
import { refuse } from '../api-error.ts';
import type { Gate } from '../auth.ts';
import { json, param, shape } from '../check.ts';
import type { Desk } from '../desk.ts';
import { pageByAge, pageByName } from '../page.ts';

const starting = shape(Type.Object({ gameday: Type.String({ minLength: 1, maxLength: 100 }) }, { additionalProperties: false }));

export function drillRoutes(desk: Desk, { reads, operates }: Gate): Router {
  return Router()
    .get('/gamedays', reads, (request, response) => {
      const { known } = desk.view();
      const drills = [...known.drills.values()].reverse();
      const { items, more } = pageByName(request, Object.values(known.estate?.gamedays ?? {}), (gameday) => gameday.id);
      const gamedays = items.map((gameday) => {
        const last = drills.find((drill) => drill.gameday === gameday.id && drill.closedAt !== undefined);
        return {
          gameday: gameday.id,
          summary: gameday.summary,
          workload: gameday.workload,
          practises: gameday.practises.kind,
          floors: gameday.floors,
          ...(gameday.schedule === undefined ? {} : { schedule: gameday.schedule }),
          ...(last === undefined ? {} : { last: { drill: last.id, verdict: last.verdict, closedAt: last.closedAt } }),
        };
      });
      response.json({ gamedays, missed: known.missed, ...more });
    })
    .get('/drills', reads, (request, response) => {
      const { items, more } = pageByAge(request, desk.view().known.drills.values(), (drill) => drill.id);
      response.json({ drills: items.map(drillView), ...more });
    })
    .get('/drills/:drill', reads, (request, response) => {
      const id = param(request, 'drill');
      const drill = desk.view().known.drills.get(id as DrillId);
      if (drill === undefined) throw refuse(404, 'DRILL_UNKNOWN', `There is no drill ${id.slice(0, 100)}.`, 'See /api/v1/drills.');
      response.json(drillView(drill));
    })
    .post('/drills', operates, json('64kb'), async (request, response) => {
      const { gameday } = starting(request.body);
      // A name from outside must not find what every object inherits, like `constructor`.
      const declared = desk.view().known.estate?.gamedays ?? {};
      if (!Object.hasOwn(declared, gameday))
        throw refuse(
          404,
          'GAMEDAY_UNKNOWN',
          `There is no game day ${gameday}.`,
          `Declared: ${Object.keys(declared).join(', ') || 'none'}.`,
        );
      const entries = await desk.ask({ kind: 'drill', gameday }, response);
      const opened = entries.find((entry) => entry.event.type === 'DrillOpened');
      if (opened?.event.type !== 'DrillOpened') throw refuse(500, 'NOTHING_OPENED', 'No drill opened.', 'See the log of the controller.');
      const { drill, workload } = opened.event.data;
      response
        .status(201)
        .location(`/api/v1/drills/${encodeURIComponent(drill)}`)
        .json({ drill, gameday, workload, seq: opened.seq });
    });
}
