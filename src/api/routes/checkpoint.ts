// GET /checkpoint: the newest signed statement of what the log is, and where the log stands now. A mirror that keeps the
// notes can later show that nothing before them was changed.
import { Router } from 'express';
import { notReady } from '../api-error.ts';
import type { Gate } from '../auth.ts';
import type { Desk } from '../desk.ts';

export function checkpointRoutes({ controller }: Desk, { reads }: Gate): Router {
  return Router().get('/checkpoint', reads, (_request, response) => {
    const { checkpoints, journal, standing } = controller;
    if (checkpoints === undefined || journal === undefined) throw notReady(standing.because);
    const last = journal.lastCheckpoint();
    response.json({
      log: controller.options.log,
      entries: checkpoints.size,
      root: checkpoints.root,
      ...(last === undefined ? {} : { signed: last }),
    });
  });
}
