// A controller for the agents' tests: real HTTP, answers that the test sets, and a record of all that was asked.
import http from 'node:http';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';

export type Asked = { readonly method: string; readonly path: string; readonly token: string | undefined; readonly body: unknown };
export type Answer = { readonly status: number; readonly body?: unknown } | 'hang';
export type FakeController = { readonly url: string; readonly asked: Asked[]; close(): Promise<void> };

/** `port` 0 takes a free one. */
export async function fakeController(answer: (asked: Asked) => Answer, port = 0): Promise<FakeController> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const one: Asked = {
        method: request.method ?? '',
        path: request.url ?? '',
        token: request.headers.authorization?.replace('Bearer ', ''),
        body: text === '' ? undefined : (JSON.parse(text) as unknown),
      };
      asked.push(one);
      const reply = answer(one);
      if (reply === 'hang') return;
      response.writeHead(reply.status, { 'content-type': 'application/json' });
      response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body));
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
