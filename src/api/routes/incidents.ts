// GET /incidents: what was diagnosed, newest first; `?open=true` for what is open now.
import { Router } from 'express';
import { incidentView } from '../../core/views/runs.ts';
import type { Gate } from '../auth.ts';
import { query } from '../check.ts';
import type { Desk } from '../desk.ts';
import { pageByAge } from '../page.ts';

export function incidentRoutes(desk: Desk, { reads }: Gate): Router {
  return Router().get('/incidents', reads, (request, response) => {
    const { known } = desk.view();
    const all = [...known.incidents.values()];
    const wanted = query(request, 'open') === 'true' ? all.filter((incident) => known.openIncidents.has(incident.incident)) : all;
    const { items, more } = pageByAge(request, wanted, (incident) => incident.incident);
    response.json({ incidents: items.map(incidentView), ...more });
  });
}
