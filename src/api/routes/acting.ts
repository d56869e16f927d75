// What people hold beyond one run: everything, by the stop lever; one workload, by its maintenance; and an incident that they have looked at.
import { Router } from 'express';
import { Type } from 'typebox';
import { acting } from '../../core/views/acting.ts';
import type { IncidentId, Instant, WorkloadId } from '../../core/values.ts';
import type { Sealed } from '../../engine/engine.ts';
import type { Gate } from '../auth.ts';
import { json, param, plain, shape } from '../check.ts';
import type { Desk } from '../desk.ts';

const closed = { additionalProperties: false } as const;
const Reason = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' });
const reasoned = shape(Type.Object({ reason: Reason }, closed));
const maybeReasoned = shape(Type.Object({ reason: Type.Optional(Reason) }, closed));
const maintaining = shape(Type.Object({ reason: Reason, until: Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 }) }, closed));
const acknowledging = shape(
  Type.Object({ reason: Reason, workload: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })) }, closed),
);
const because = (reason: string | undefined): { readonly reason?: string } => (reason === undefined ? {} : { reason: plain(reason, 500) });

/** Runs that waited for it and opened in the same moment. */
const openedIn = (entries: readonly Sealed[]): readonly string[] =>
  entries.flatMap(({ event }) => (event.type === 'RunOpened' ? [event.data.run] : []));

export function actingRoutes(desk: Desk, { reads, operates }: Gate): Router {
  const body = json('64kb');
  return Router()
    .get('/acting', reads, (_request, response) => void response.json(acting(desk.view())))
    .post('/acting/stop', operates, body, async (request, response) => {
      const entries = await desk.ask({ kind: 'stop', reason: plain(reasoned(request.body).reason, 500) }, response);
      response.status(201).json({ ...acting(desk.view()), seq: entries[0]?.seq });
    })
    .post('/acting/release', operates, body, async (request, response) => {
      const entries = await desk.ask({ kind: 'release', ...because(maybeReasoned(request.body).reason) }, response);
      response.status(201).json({ ...acting(desk.view()), runs: openedIn(entries), seq: entries[0]?.seq });
    })
    .post('/workloads/:workload/maintenance', operates, body, async (request, response) => {
      const { reason, until } = maintaining(request.body);
      const workload = param(request, 'workload') as WorkloadId;
      const entries = await desk.ask({ kind: 'maintain', workload, until: until as Instant, reason: plain(reason, 500) }, response);
      response.status(201).json({ workload, until, seq: entries[0]?.seq });
    })
    .post('/workloads/:workload/maintenance/end', operates, body, async (request, response) => {
      const workload = param(request, 'workload') as WorkloadId;
      const entries = await desk.ask({ kind: 'end-maintenance', workload, ...because(maybeReasoned(request.body).reason) }, response);
      response.status(201).json({ workload, runs: openedIn(entries), seq: entries[0]?.seq });
    })
    .post('/incidents/:incident/acknowledge', operates, body, async (request, response) => {
      const { reason, workload } = acknowledging(request.body);
      const incident = param(request, 'incident') as IncidentId;
      const only = workload === undefined ? {} : { workload: workload as WorkloadId };
      const entries = await desk.ask({ kind: 'acknowledge', incident, ...only, reason: plain(reason, 500) }, response);
      response.status(201).json({ incident, ...only, runs: openedIn(entries), seq: entries[0]?.seq });
    });
}
