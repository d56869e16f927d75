// Opens the port. A port that cannot be had is told in words that say what to do; closing lets what runs finish, within a bound.
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Express } from 'express';

export type Listening = {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** Takes no more requests, ends the event streams, gives the rest `graceMs` (2,000 when absent), then cuts them. Idempotent. */
  close(graceMs?: number): Promise<void>;
  /** Bytes that were written and that no client has taken yet. */
  waitingBytes(): number;
};

const causes: Readonly<Record<string, readonly [code: string, what: string]>> = {
  EADDRINUSE: ['PORT_TAKEN', 'something else listens there: stop it, or set another `listen` in resus.yaml'],
  EACCES: ['PORT_FORBIDDEN', 'this user may not use that port: choose one above 1023'],
  EADDRNOTAVAIL: ['HOST_NOT_HERE', 'that address is not one of this machine: use 127.0.0.1, 0.0.0.0, or one of its own'],
  ENOTFOUND: ['HOST_NOT_HERE', 'that name cannot be resolved: use an address of this machine'],
};

/** Port 0 takes any free one. Rejects with PORT_TAKEN, PORT_FORBIDDEN or HOST_NOT_HERE. */
export function listen(app: Express, { host, port }: { readonly host: string; readonly port: number }): Promise<Listening> {
  const server = createServer({ keepAliveTimeout: 30_000, headersTimeout: 10_000, requestTimeout: 60_000, maxHeaderSize: 16_384 }, app);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const [code, what] = causes[error.code ?? ''] ?? ['CANNOT_LISTEN', error.message];
      reject(Object.assign(new Error(`${code}: cannot listen on ${host}:${port}: ${what}`), { code }));
    });
    server.listen(port, host, () => {
      const bound = (server.address() as AddressInfo).port;
      let closing: Promise<void> | undefined;
      resolve({
        host,
        port: bound,
        url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
        waitingBytes: () => [...sockets].reduce((sum, socket) => sum + socket.writableLength, 0),
        close: (graceMs = 2_000) =>
          (closing ??= new Promise((closed) => {
            const cut = setTimeout(() => server.closeAllConnections(), graceMs);
            server.close(() => {
              clearTimeout(cut);
              closed();
            });
            app.emit('closing');
            server.closeIdleConnections();
          })),
      });
    });
  });
}
