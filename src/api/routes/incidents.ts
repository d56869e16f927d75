// GET /incidents: what was diagnosed, newest first; `?open=true` for what is open now.
import { Router } from 'express';
import { incidentView } from '../../core/views/runs.ts';
import type { Gate } from '../auth.ts';
import { query } from '../check.ts';
import type { Desk } from '../desk.ts';

export function incidentRoutes(desk: Desk, { reads }: Gate): Router {
  return Router().get('/incidents', reads, (request, response) => {
    const { known } = desk.view();
    const all = [...known.incidents.values()].reverse();
    const wanted = query(request, 'open') === 'true' ? all.filter((incident) => known.openIncidents.has(incident.incident)) : all;
    response.json({ incidents: wanted.map(incidentView) });
  });
}
