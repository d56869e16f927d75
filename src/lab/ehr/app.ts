// A small EHR, FHIR R4 shaped: a capability statement that needs no database, Observations that do, and the switch by
// which the standby region asks for the traffic.
import express, { type NextFunction, type Request, type Response } from 'express';
import type { ObservationStore, Stored } from './observation-store.ts';
import { badRequest, operationOutcome, type Trouble } from './outcomes.ts';
import { trafficSwitch } from './traffic-switch.ts';

const FHIR = 'application/fhir+json';
const ID = /^[A-Za-z0-9.-]{1,64}$/;
const TIMELINE_SYSTEM = 'urn:resus:timeline';

const CAPABILITIES = {
  resourceType: 'CapabilityStatement',
  status: 'active',
  date: '2026-01-01',
  kind: 'instance',
  software: { name: 'Resus lab EHR' },
  implementation: { description: 'An EHR in a hospital that is there to be broken.' },
  fhirVersion: '4.0.1',
  format: ['json'],
  rest: [
    {
      mode: 'server',
      resource: [{ type: 'Observation', versioning: 'versioned', updateCreate: true, interaction: [{ code: 'read' }, { code: 'update' }] }],
    },
  ],
};

export function ehrApp(store: ObservationStore, switchFile: string): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);

  app.get('/metadata', (_request, response) => send(response, 200, CAPABILITIES));

  app.put('/Observation/:id', express.json({ type: () => true, limit: '64kb', strict: true }), async (request, response) => {
    const { id } = request.params;
    const complaint = complaintAbout(id, request.body);
    if (complaint !== undefined) return fail(response, badRequest(complaint));
    const answer = await store.put(id, request.body as Record<string, unknown>);
    if ('trouble' in answer) return fail(response, answer.trouble);
    sendStored(response, answer.value.version === 1 ? 201 : 200, id, answer.value);
  });

  app.get('/Observation/:id', async (request, response) => {
    const { id } = request.params;
    const answer = ID.test(id) ? await store.get(id) : { value: undefined };
    if ('trouble' in answer) return fail(response, answer.trouble);
    if (answer.value === undefined)
      return fail(response, { status: 404, code: 'not-found', text: `there is no Observation ${id.slice(0, 64)}` });
    sendStored(response, 200, id, answer.value);
  });

  app.use('/resus/switch', trafficSwitch(switchFile));

  app.use((request: Request, response: Response) =>
    fail(response, { status: 404, code: 'not-supported', text: `nothing answers ${request.method} ${request.path.slice(0, 100)}` }),
  );
  app.use((error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : 500;
    const text = error instanceof Error ? error.message : 'unknown';
    if (status === 413) fail(response, { status: 413, code: 'too-long', text });
    else fail(response, status === 500 ? { status: 500, code: 'exception', text: 'the EHR failed' } : badRequest(text));
  });
  return app;
}

function complaintAbout(id: string, body: unknown): string | undefined {
  if (!ID.test(id)) return 'an id has 1 to 64 letters, digits, dots and hyphens';
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'the body must be a JSON object';
  if (!('resourceType' in body) || body.resourceType !== 'Observation') return 'the resourceType must be Observation';
  if (!('id' in body) || body.id !== id) return 'the id in the body must be the id in the address';
  return undefined;
}

function sendStored(response: Response, status: number, id: string, { body, version, updatedAt, timeline }: Stored): void {
  response.set('ETag', `W/"${version}"`).set('Location', `/Observation/${id}/_history/${version}`);
  const tag = [{ system: TIMELINE_SYSTEM, code: String(timeline) }];
  send(response, status, { ...body, meta: { versionId: String(version), lastUpdated: updatedAt, tag } });
}
const fail = (response: Response, trouble: Trouble): void => send(response, trouble.status, operationOutcome(trouble));
const send = (response: Response, status: number, body: object): void => void response.status(status).type(FHIR).send(JSON.stringify(body));
