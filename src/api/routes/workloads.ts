// GET /workloads, /workloads/:workload, /workloads/:workload/why: what is, and why.
import { Router } from 'express';
import { glance } from '../../core/views/fleet.ts';
import { why } from '../../core/views/why.ts';
import type { WorkloadId } from '../../core/values.ts';
import { refuse, type ApiError } from '../api-error.ts';
import type { Gate } from '../auth.ts';
import { param } from '../check.ts';
import type { Desk } from '../desk.ts';
import { pageByName } from '../page.ts';

export function workloadRoutes(desk: Desk, { reads }: Gate): Router {
  return Router()
    .get('/workloads', reads, (request, response) => {
      const view = desk.view();
      const { items, more } = pageByName(request, Object.keys(view.known.estate?.workloads ?? {}), (id) => id);
      response.json({ workloads: items.flatMap((id) => glance(view, id as WorkloadId) ?? []), ...more });
    })
    .get('/workloads/:workload', reads, (request, response) => {
      const id = param(request, 'workload');
      const found = glance(desk.view(), id as WorkloadId);
      if (found === undefined) throw unknownWorkload(id);
      response.json(found);
    })
    .get('/workloads/:workload/why', reads, (request, response) => {
      const id = param(request, 'workload');
      const found = why(desk.view(), id as WorkloadId);
      if (found === undefined) throw unknownWorkload(id);
      response.json(found);
    });
}

export const unknownWorkload = (id: string): ApiError =>
  refuse(404, 'WORKLOAD_UNKNOWN', `There is no workload ${id.slice(0, 100)}.`, 'See `resus status` for the declared ones.');
