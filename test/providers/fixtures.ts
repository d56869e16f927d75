// Small real servers for provider tests: HTTP, a TCP server that accepts and says nothing, a name server, and an AWS endpoint
// that speaks as much of the wire formats as one test needs. Each counts what is connected to it.
import { createSocket } from 'node:dgram';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcp, type Server, type Socket } from 'node:net';
import { decode, encode, type Answer } from 'dns-packet';
import { expect } from 'vitest';
import type { Instant } from '../../src/core/values.ts';
import { AwsTools } from '../../src/providers/aws/tools.ts';

export type Running = { readonly port: number; sockets(): number; connections(): number; close(): Promise<void> };

async function running(server: Server): Promise<Running> {
  const open = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    connections += 1;
    socket.resume(); // Only a socket that is read notices that the other side has gone.
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    sockets: () => open.size,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

export type Exchanged = { readonly method: string; readonly path: string; readonly body: string; readonly request: IncomingMessage };
export async function httpServer(
  answer: (exchanged: Exchanged, response: ServerResponse) => void,
): Promise<Running & { readonly url: string }> {
  const server = await running(
    createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () =>
        answer({ method: request.method ?? '', path: request.url ?? '', body: Buffer.concat(chunks).toString(), request }, response),
      );
    }),
  );
  return { ...server, url: `http://127.0.0.1:${server.port}` };
}

/** Accepts connections and never says a word, as a stopped process does. */
export const silentServer = (): Promise<Running> => running(createTcp(() => undefined));

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = await silentServer();
  await server.close();
  return server.port;
}

/** Answers A questions, and SRV questions for texts of four words, from the table; a name that is not in it does not exist; `silent` gets no answer. */
export async function dnsServer(
  table: Readonly<Record<string, readonly string[] | 'silent'>>,
): Promise<{ address: string; asked(): number; close(): void }> {
  const socket = createSocket('udp4');
  let asked = 0;
  socket.on('message', (message, from) => {
    const query = decode(message);
    const question = query.questions?.[0];
    const found = table[question?.name ?? ''];
    asked += 1;
    if (question === undefined || found === 'silent') return;
    const { name, type } = question;
    const answers = (found ?? []).flatMap((data): Answer[] => {
      const [priority = '', weight, port, target] = data.split(' ');
      if (target === undefined) return type === 'A' ? [{ type, name, ttl: 1, data }] : [];
      const service = { priority: Number(priority), weight: Number(weight), port: Number(port), target };
      return type === 'SRV' ? [{ type, name, ttl: 1, data: service }] : [];
    });
    const flags = 1024 | (found === undefined ? 3 : 0);
    socket.send(
      encode({ type: 'response', ...(query.id === undefined ? {} : { id: query.id }), flags, questions: [question], answers }),
      from.port,
      from.address,
    );
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { address: `127.0.0.1:${socket.address().port}`, asked: () => asked, close: () => void socket.close() };
}

/** What one operation does on the wire: answers, refuses as AWS does, or executes and loses the reply. */
export type WireReply =
  | { readonly kind: 'answer'; readonly body: string }
  | { readonly kind: 'refuse'; readonly status: number; readonly code: string; readonly message?: string }
  | { readonly kind: 'drop' }
  | { readonly kind: 'silence' };
export const answer = (body: string): WireReply => ({ kind: 'answer', body });
export const refuse = (status: number, code: string, message = 'refused'): WireReply => ({ kind: 'refuse', status, code, message });

export type Wire = Running & { readonly tools: AwsTools; calls(operation: string): number; sent(operation: string): readonly string[] };
/** Operations by name for RDS, by `METHOD path` for Route 53 and FIS. Counts how often each was received, hence executed. */
export async function awsWire(operations: Readonly<Record<string, (body: string, call: number) => WireReply>>): Promise<Wire> {
  const bodies = new Map<string, string[]>();
  const server = await httpServer(({ method, path, body, request }, response) => {
    const scope = /Credential=[^/]+\/\d+\/[^/]+\/(\w+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const bare = (path.split('?')[0] ?? '').replace('/2013-04-01', '');
    const operation = scope === 'rds' ? (new URLSearchParams(body).get('Action') ?? '') : `${method} ${bare}`;
    const earlier = bodies.get(operation) ?? [];
    bodies.set(operation, [...earlier, body]);
    const reply = operations[operation]?.(body, earlier.length + 1) ?? refuse(400, 'InvalidAction', operation);
    if (reply.kind === 'silence') return;
    if (reply.kind === 'drop') return void request.socket.destroy();
    const json = scope === 'fis';
    if (reply.kind === 'refuse') {
      response.writeHead(reply.status, {
        'content-type': json ? 'application/json' : 'text/xml',
        ...(json ? { 'x-amzn-errortype': reply.code } : {}),
      });
      response.end(
        json
          ? JSON.stringify({ message: reply.message })
          : `<ErrorResponse><Error><Type>Sender</Type><Code>${reply.code}</Code><Message>${reply.message ?? ''}</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
      );
      return;
    }
    response.writeHead(200, { 'content-type': json ? 'application/json' : 'text/xml' });
    response.end(
      scope === 'rds' ? `<${operation}Response><${operation}Result>${reply.body}</${operation}Result></${operation}Response>` : reply.body,
    );
  });
  return {
    ...server,
    tools: awsToolsFor(server.url),
    calls: (operation) => bodies.get(operation)?.length ?? 0,
    sent: (operation) => bodies.get(operation) ?? [],
  };
}

export const labKeys = { accessKeyId: 'AKIDTEST', secretAccessKey: 'not-a-secret' };
export const awsToolsFor = (url: string): AwsTools =>
  new AwsTools({ endpoints: { 'us-east-2': url, 'us-west-2': url }, route53Endpoint: url, credentials: labKeys });

/** Everything of a call but its input and tools. */
export const call = (token = 'run-1/step', signal: AbortSignal = AbortSignal.timeout(9_000)) => ({
  token,
  epoch: 1,
  now: Date.now() as Instant,
  signal,
});

/** Waits, with a deadline, for what real sockets need time for. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 3_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 10))) if (holds()) return;
  expect.unreachable(`${what} did not come true within 3 s`);
}
