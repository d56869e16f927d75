// The hand of whoever breaks the lab: a small HTTP API on loopback, behind a token, that loses and restores sites, stops
// and kills databases, registers the processes that live in a site, and tells what AWS really executed.
import { timingSafeEqual } from 'node:crypto';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import type { AwsLab } from './aws/contract.ts';
import type { LossKind } from './hospital.ts';
import { LabError, messageOf, type LabErrorCode } from './processes/lab-error.ts';
import type { LabDatabase } from './processes/lab-database.ts';
import type { ProcessHospital } from './processes/process-hospital.ts';

const KINDS: readonly LossKind[] = ['silent', 'cut', 'killed'];
const STATUS: Partial<Readonly<Record<LabErrorCode, number>>> = {
  LAB_UNKNOWN_SITE: 404,
  LAB_UNKNOWN_DATABASE: 404,
  LAB_BAD_REQUEST: 400,
  LAB_CONFLICT: 409,
  LAB_SITE_LOST: 409,
  LAB_ALREADY_LOST: 409,
  LAB_TIMEOUT: 504,
  LAB_CLOSED: 503,
};

/** What can be done to a database by name. */
const DEEDS: Readonly<Record<string, (database: LabDatabase) => Promise<void> | void>> = {
  kill: (database) => database.kill(),
  freeze: (database) => database.freeze(),
  thaw: (database) => database.thaw(),
  start: (database) => database.start(),
  'pause-replication': (database) => database.pauseReplication(),
  'resume-replication': (database) => database.resumeReplication(),
};

export function controlApp(hospital: ProcessHospital, aws: Pick<AwsLab, 'executions' | 'throttle'>, token: string): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(bearer(token));
  app.use(express.json({ limit: '16kb' }));

  app.get('/faults', (_request, response) => {
    response.json({ faults: hospital.lost() });
  });
  // 204 when the outside sees the loss. The same loss again moves its end.
  app.post('/faults', async (request, response) => {
    const { site, kind, leaseMs } = fieldsOf(request);
    const wanted = KINDS.find((each) => each === kind);
    if (typeof site !== 'string' || wanted === undefined || typeof leaseMs !== 'number')
      throw bad('a fault needs {"site": text, "kind": "silent" | "cut" | "killed", "leaseMs": number}');
    await hospital.lose(site, wanted, leaseMs);
    response.status(204).end();
  });
  // 204 when the site runs again and what had to be rebuilt is. Also for one that is not lost.
  app.delete('/faults/:site', async (request, response) => {
    await hospital.restore(request.params.site);
    response.status(204).end();
  });

  app.get('/residents', (_request, response) => {
    response.json({ residents: hospital.residents.list() });
  });
  app.post('/residents', (request, response) => {
    const { site, pid } = fieldsOf(request);
    if (typeof site !== 'string' || typeof pid !== 'number') throw bad('a resident is {"site": text, "pid": number}');
    if (!hospital.knows(site))
      throw new LabError('LAB_UNKNOWN_SITE', `there is no site ${JSON.stringify(site)}`, 'name a region or a zone of the lab');
    hospital.residents.register(site, pid);
    response.status(204).end();
  });

  app.get('/executions', (_request, response) => {
    response.json(aws.executions());
  });
  app.post('/throttle', (request, response) => {
    const { operation, count } = fieldsOf(request);
    if (typeof operation !== 'string' || !Number.isSafeInteger(count) || Number(count) < 0)
      throw bad('throttling is {"operation": text, "count": number of calls}');
    aws.throttle(operation, Number(count));
    response.status(204).end();
  });

  app.get('/databases', async (_request, response) => {
    response.json({ databases: await Promise.all(hospital.databases.map(described)) });
  });
  app.post('/databases/:name/:deed', async (request, response) => {
    const { name, deed } = request.params;
    const database = hospital.databases.find((each) => each.name === name);
    if (database === undefined)
      throw new LabError(
        'LAB_UNKNOWN_DATABASE',
        `there is no database ${JSON.stringify(name)}`,
        `name one of ${hospital.databases.map((each) => each.name).join(', ')}`,
      );
    const act = Object.hasOwn(DEEDS, deed) ? DEEDS[deed] : undefined;
    if (act === undefined) throw bad(`${JSON.stringify(deed)} cannot be done to a database, only ${Object.keys(DEEDS).join(', ')}`);
    await act(database);
    response.status(204).end();
  });

  app.use((request: Request, response: Response) => {
    response.status(404).json({
      code: 'LAB_BAD_REQUEST',
      message: `nothing answers ${request.method} ${request.path.slice(0, 100)}`,
      remedy: 'see `resus lab up --help`',
    });
  });
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    if (error instanceof LabError) {
      response.status(STATUS[error.code] ?? 500).json({ code: error.code, message: error.message, remedy: error.remedy });
      return;
    }
    const isBadBody =
      typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number' && error.status < 500;
    response.status(isBadBody ? 400 : 500).json({
      code: isBadBody ? 'LAB_BAD_REQUEST' : 'LAB_CHILD_FAILED',
      message: messageOf(error),
      remedy: isBadBody ? 'send JSON' : 'look at standard error of the lab',
    });
  });
  return app;
}

async function described(database: LabDatabase): Promise<object> {
  const known = {
    name: database.name,
    region: database.region,
    zone: database.zone(),
    url: database.url(),
    isRunning: database.isRunning(),
  };
  if (!known.isRunning) return known;
  const [role, timeline] = await Promise.all([database.role(), database.timeline()]).catch(() => [undefined, undefined]);
  return { ...known, role, timeline };
}

function bearer(token: string): RequestHandler {
  const wanted = Buffer.from(`Bearer ${token}`);
  return (request, response, next) => {
    const given = Buffer.from(request.headers.authorization ?? '');
    if (given.length === wanted.length && timingSafeEqual(given, wanted)) return next();
    response.status(401).json({
      code: 'LAB_BAD_REQUEST',
      message: 'the token is missing or wrong',
      remedy: 'send `Authorization: Bearer TOKEN` with the controlToken that the lab printed, or set RESUS_LAB_TOKEN',
    });
  };
}

const fieldsOf = (request: Request): Readonly<Record<'site' | 'kind' | 'leaseMs' | 'pid' | 'operation' | 'count', unknown>> => {
  const body: unknown = request.body;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw bad('the body must be a JSON object');
  return { site: undefined, kind: undefined, leaseMs: undefined, pid: undefined, operation: undefined, count: undefined, ...body };
};
const bad = (message: string): LabError => new LabError('LAB_BAD_REQUEST', message, 'correct the request');
