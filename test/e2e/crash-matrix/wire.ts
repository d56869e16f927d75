// Stands between the controller and everything that it speaks to over HTTP or DNS, one relay an endpoint. Before a call is passed on, and
// before its answer is handed back, it asks a hook, which may take its time or kill somebody: a moment on the wire made certain.
import { createSocket, type Socket } from 'node:dgram';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { decode } from 'dns-packet';

export type Phase = 'before' | 'after';
/** `name`: what is called, e.g. `us-east-2 DescribeGlobalClusters`. `nth`: of that name since the last reset, from 1. */
export type Passing = { readonly name: string; readonly nth: number; readonly phase: Phase; readonly answer?: Answer };
/** `false`: it goes no further, and the caller hears nothing. */
export type Hook = (passing: Passing) => Promise<boolean> | boolean;

export class Wire {
  hook: Hook = () => true;
  readonly #counts = new Map<string, number>();
  readonly #closing: (() => void)[] = [];

  reset(): void {
    this.#counts.clear();
  }
  close(): void {
    for (const close of this.#closing) close();
  }

  /** The base URL of a relay to `upstream`. */
  async http(relay: string, upstream: string): Promise<string> {
    const server = http.createServer((request, response) => {
      // The caller may die while it waits.
      response.on('error', () => undefined);
      this.#exchange(relay, new URL(upstream), request, response).catch(() => response.destroy());
    });
    // A caller may stand still for as long as a test wants.
    server.headersTimeout = server.requestTimeout = 0;
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    this.#closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** The `ip:port` of a relay to the name server `upstream`, over UDP. */
  async dns(relay: string, upstream: string): Promise<string> {
    const [address = '', port = ''] = upstream.split(':');
    const socket = createSocket('udp4');
    const asked = new Set<string>();
    socket.on('message', (query, from) => {
      // A resolver that waits asks again: that is the same call.
      const id = `${from.port} ${query.readUInt16BE(0)}`;
      if (asked.has(id)) return;
      asked.add(id);
      const { name = '', type = '' } = decode(query).questions?.[0] ?? {};
      const onward = createSocket('udp4');
      const pass = this.#passing(`${relay} ${type} ${name}`);
      onward.on('message', (answer) => {
        void pass('after').then((goes) => {
          onward.close();
          if (goes) socket.send(answer, from.port, from.address);
        });
      });
      void pass('before').then((goes) => (goes ? onward.send(query, Number(port), address) : onward.close()));
      this.#closing.push(() => closed(onward));
    });
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    this.#closing.push(() => closed(socket));
    return `127.0.0.1:${socket.address().port}`;
  }

  #passing(name: string): (phase: Phase, answer?: Answer) => Promise<boolean> {
    const nth = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, nth);
    return async (phase, answer) => this.hook({ name, nth, phase, ...(answer === undefined ? {} : { answer }) });
  }

  async #exchange(relay: string, upstream: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const pass = this.#passing(`${relay} ${operationOf(request, body)}`);
    if (!(await pass('before'))) return;
    const answer = await sent(new URL(request.url ?? '/', upstream), request, body);
    if (!(await pass('after', answer))) return;
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }
}

export type Answer = { readonly status: number; readonly headers: http.IncomingHttpHeaders; readonly body: Buffer };
function sent(to: URL, { method = 'GET', headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onward = http.request(to, { method, headers, agent: false }, (answer) => {
      buffer(answer).then((bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: bytes }), reject);
    });
    onward.on('error', reject);
    onward.end(body);
  });
}

/** RDS and STS name it in the form; Route 53 by method and path, where a list also says at which name it begins. */
function operationOf(request: IncomingMessage, body: Buffer): string {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://wire.invalid');
  const action = new URLSearchParams(body.toString('utf8')).get('Action');
  const from = searchParams.get('name');
  const path = pathname.replace(/^\/2013-04-01(\/hostedzone\/\w+)?/, '').replace(/^\/change\/.*/, '/change');
  return action ?? `${request.method ?? 'GET'} ${path}${from === null ? '' : ` ${from}`}`;
}

function closed(socket: Socket): void {
  try {
    socket.close();
  } catch {
    // It was closed when its answer came.
  }
}
