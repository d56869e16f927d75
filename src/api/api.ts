// The API: one router a noun, and around them the rules that hold for all. Every answer that is not a success is
// `{code, message, remedy}`.
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Controller } from '../runtime/controller.ts';
import type { Looked } from '../runtime/readiness.ts';
import { ApiError, refuse } from './api-error.ts';
import { gate, type Token } from './auth.ts';
import { deskOf } from './desk.ts';
import { metricsOf, metricsRoutes } from './metrics.ts';
import { actingRoutes } from './routes/acting.ts';
import { canaryRoutes } from './routes/canaries.ts';
import { checkpointRoutes } from './routes/checkpoint.ts';
import { drillRoutes } from './routes/drills.ts';
import { eventRoutes } from './routes/events.ts';
import { healthRoutes } from './routes/health.ts';
import { incidentRoutes } from './routes/incidents.ts';
import { runControlRoutes } from './routes/run-controls.ts';
import { runRoutes, type BundleOf } from './routes/runs.ts';
import { vantageRoutes } from './routes/vantages.ts';
import { workloadRoutes } from './routes/workloads.ts';

export type ApiOptions = {
  readonly controller: Controller;
  readonly tokens: readonly Token[];
  readonly version: string;
  /** Makes the evidence of a closed run: paths inside the bundle and their bytes. */
  readonly bundle: BundleOf;
  /** What providers said when they were asked last whether they would take the declared runbooks; undefined before that. */
  readonly readiness?: () => Looked | undefined;
  /** Whether reading needs no token: `true` never, `false` always; left out, it needs none over loopback. */
  readonly openReads?: boolean;
  /** For the limit on wrong tokens: milliseconds that never go backwards. */
  readonly nowMs?: () => number;
  /** Told of what should not have happened; the client gets an INTERNAL without it. */
  readonly failed?: (error: unknown) => void;
};

/** Throws TOKEN_INVALID. Listens to nothing by itself: see `listen`. */
export function createApi({ controller, tokens, version, bundle, readiness, openReads, nowMs, failed }: ApiOptions): Express {
  const app = express();
  const desk = deskOf(controller);
  const may = gate(tokens, { openReads, nowMs: nowMs ?? (() => performance.now()) });
  const metrics = metricsOf(desk, version);
  const { counters } = metrics;
  app.disable('x-powered-by').set('etag', false).set('query parser', 'simple');
  app.use(metrics.counting, headers, healthRoutes(desk, version), metricsRoutes(metrics, may));
  app.use('/api/v1', [
    workloadRoutes(desk, may),
    runRoutes(desk, may, bundle, readiness ?? (() => undefined)),
    runControlRoutes(desk, may),
    drillRoutes(desk, may),
    actingRoutes(desk, may),
    incidentRoutes(desk, may),
    eventRoutes(desk, may, counters),
    checkpointRoutes(desk, may),
    vantageRoutes(desk, may, counters),
    canaryRoutes(desk, may, counters),
  ]);
  app.use((request) => {
    throw refuse(
      404,
      'NO_SUCH_ROUTE',
      `There is no ${request.method} ${request.path.slice(0, 200)}.`,
      'See docs/api.md for what there is.',
    );
  });
  app.use(errors(failed ?? (() => undefined)));
  return app;
}

const headers: RequestHandler = (_request, response, next) => {
  response.set({
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
  next();
};

/** What express and its body parser refuse by themselves, by the `type` or status that they give. */
const theirs: Readonly<Record<string, readonly [status: number, code: string, message: string, remedy: string]>> = {
  'entity.parse.failed': [400, 'BAD_JSON', 'The body is not JSON.', 'Send one JSON object.'],
  'entity.too.large': [413, 'TOO_LARGE', 'The body is larger than this endpoint takes.', 'Send it in smaller parts.'],
  'encoding.unsupported': [415, 'COMPRESSED', 'Compressed bodies are not taken.', 'Send it uncompressed.'],
  'request.aborted': [400, 'ABORTED', 'The request ended before its body did.', 'Send it again.'],
  'charset.unsupported': [415, 'NOT_UTF8', 'The body is not UTF-8.', 'Send UTF-8.'],
};
const errors =
  (failed: (error: unknown) => void): ErrorRequestHandler =>
  (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    const known = error instanceof ApiError ? error : translated(error);
    if (known.status >= 500 && known.status !== 503) failed(error);
    if (known.retryAfter !== undefined) response.set('retry-after', String(known.retryAfter));
    if (known.status === 401) response.set('www-authenticate', 'Bearer realm="resus"');
    response.status(known.status).json({ code: known.code, message: known.message, remedy: known.remedy });
  };
function translated(error: unknown): ApiError {
  const { type, status } = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly type?: unknown;
    readonly status?: unknown;
  };
  const row = typeof type === 'string' ? theirs[type] : undefined;
  if (row !== undefined) return refuse(...row);
  if (typeof status === 'number' && status >= 400 && status < 500)
    return refuse(status, 'BAD_REQUEST', 'The request cannot be read.', 'Check its path, its headers and its body.');
  return refuse(
    500,
    'INTERNAL',
    'Something failed inside the controller.',
    'See its log; the journal is not affected by a request that failed.',
  );
}
