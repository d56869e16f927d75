// Whether the process lives and whether it may act. Open to everybody: they say nothing that a probe should not know.
import { Router } from 'express';
import type { Desk } from '../desk.ts';

export function healthRoutes({ controller }: Desk, version: string): Router {
  return Router()
    .get('/healthz', (_request, response) => void response.json({ alive: true, version }))
    .get('/readyz', (_request, response) => {
      const { ready, because } = controller.standing;
      response.status(ready ? 200 : 503).json({ ready, because });
    });
}
