// One region's HTTP listener: reads a bounded request, finds the service by its credential scope, lets it answer, and now and
// then loses the answer to a mutation that was executed. Whatever comes in, it answers or closes; it never throws.

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Refusal } from '../refusal.ts';
import type { Sessions } from '../sessions.ts';
import type { Tally } from '../tally.ts';
import type { Tempo } from '../tempo.ts';
import { readScope } from './scope.ts';
import type { Call, Reply, Service } from './service.ts';

/** Far above anything that these operations need. */
const BODY_LIMIT_BYTES = 1_048_576;
const DROPPED_SHARE = 1 / 20;

export interface Front {
  readonly region: string;
  /** By signing name. */
  readonly services: Readonly<Record<string, Service>>;
  readonly sessions: Sessions;
  readonly tempo: Tempo;
  readonly tally: Tally;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Buffer)) continue;
    size += chunk.length;
    if (size > BODY_LIMIT_BYTES) {
      throw new Refusal('RequestEntityTooLarge', `The request is larger than ${String(BODY_LIMIT_BYTES)} bytes`, 413);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, reply: Reply, requestId: string): void {
  if (response.destroyed) return;
  response.writeHead(reply.status, {
    'content-type': reply.contentType,
    'content-length': Buffer.byteLength(reply.body),
    'x-amzn-requestid': requestId,
    'x-amz-request-id': requestId,
    ...(reply.status === 413 ? { connection: 'close' } : {}),
    ...reply.headers,
  });
  response.end(reply.body);
}

/** Whose protocol answers a request that cannot be admitted: the service that it names, else the one whose paths look like this. */
function guess(front: Front, request: IncomingMessage): Service | undefined {
  const url = (request.url ?? '/').replaceAll('%2F', '/');
  const named = /\/([a-z0-9-]{1,64})\/aws4_request/.exec(`${request.headers.authorization ?? ''} ${url}`)?.[1] ?? '';
  const byPath = url.startsWith('/2013-04-01') ? 'route53' : url === '/' || url.startsWith('/?') ? 'rds' : 'fis';
  return [named, byPath, 'rds'].flatMap((name) => (Object.hasOwn(front.services, name) ? (front.services[name] ?? []) : []))[0];
}

/** Where a request may go: its service exists here and its scope names this region. */
function admit(front: Front, region: string, name: string): Service {
  const service = Object.hasOwn(front.services, name) ? front.services[name] : undefined;
  if (service === undefined) {
    throw new Refusal('SignatureDoesNotMatch', `Credential should be scoped to a service that this endpoint has, not '${name}'.`, 403);
  }
  if (region !== front.region) {
    throw new Refusal('SignatureDoesNotMatch', `Credential should be scoped to a valid region, not '${region}'.`, 403);
  }
  return service;
}

function tokenOf({ headers }: IncomingMessage, { searchParams }: URL): string | undefined {
  const header = headers['x-amz-security-token'];
  return typeof header === 'string' ? header : (searchParams.get('X-Amz-Security-Token') ?? undefined);
}

async function answer(front: Front, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const requestId = randomUUID();
  let service: Service | undefined;
  let reply: Reply;
  try {
    service = guess(front, request);
    const url = new URL(request.url ?? '/', 'http://aws.invalid');
    const body = await readBody(request);
    const scope = readScope(request.headers, url.searchParams);
    service = admit(front, scope.region, scope.service);
    const call: Call = {
      region: front.region,
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      body,
      requestId,
    };
    const operation = service.find(call);
    front.sessions.allow(scope.accessKey, tokenOf(request, url), `${scope.service}:${operation.name}`);
    if (front.tally.takeThrottle(operation.name)) throw service.throttled();
    reply = operation.run();
    if (operation.mutates && front.tempo.unkind && front.tempo.dropLot() < DROPPED_SHARE) {
      request.socket.destroy();
      return;
    }
  } catch (fault) {
    const refusal = fault instanceof Refusal ? fault : new Refusal('InternalFailure', 'The request could not be processed', 500);
    if (service === undefined) {
      request.socket.destroy();
      return;
    }
    reply = service.refuse(refusal, requestId);
  }
  send(response, reply, requestId);
}

/** Listens on a UNIX socket path (it contains a `/`) or on `host:port`. */
export async function listenFront(front: Front, where: string): Promise<Server> {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000, maxHeaderSize: 32_768 }, (request, response) => {
    answer(front, request, response).catch(() => request.socket.destroy());
  });
  server.on('clientError', (_fault, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    else socket.destroy();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    const ready = (): void => {
      server.off('error', reject);
      resolve();
    };
    if (where.includes('/')) server.listen(where, ready);
    else {
      const colon = where.lastIndexOf(':');
      server.listen(Number(where.slice(colon + 1)), where.slice(0, colon), ready);
    }
  });
  return server;
}
