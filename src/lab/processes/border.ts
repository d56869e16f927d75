// The network edge of one site as a process: a TCP relay through which everything comes in, and replication goes out. To
// stop this process is to silence the site; to kill it is to refuse. It ends with its standard input.
import { rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { BACKLOG, type BorderAnswer, type BorderOrder, type Door, type Inside } from './border-protocol.ts';

type Opened = { readonly server: Server; readonly sockets: Set<Socket>; to: Inside };
const doors = new Map<string, Opened>();

const answer = (line: BorderAnswer): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

function open(door: Door): void {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (outer) => enter(opened, outer, 'path' in door.at));
  const opened: Opened = { server, sockets, to: door.to };
  doors.set(door.id, opened);
  server.on('error', (error: NodeJS.ErrnoException) => answer({ id: door.id, error: error.message, code: error.code ?? 'UNKNOWN' }));
  server.on('listening', () => answer({ id: door.id }));
  // A predecessor that was killed left its socket.
  if ('path' in door.at) rmSync(door.at.path, { force: true });
  // Whoever may enter the folder may use the socket: PostgreSQL runs as another user when we are root.
  server.listen({ ...door.at, backlog: BACKLOG, readableAll: true, writableAll: true });
}

/** Every protocol here lets the client speak first, so the way inside is dialled at its first byte: whoever only knocks costs nothing inside. */
function enter(door: Opened, outer: Socket, isUnix: boolean): void {
  door.sockets.add(outer);
  outer.on('error', () => outer.destroy());
  outer.on('close', () => door.sockets.delete(outer));
  const { to } = door;
  if (to === null) {
    outer.destroySoon();
    return;
  }
  outer.once('end', () => outer.end());
  outer.once('data', (first: Buffer) => {
    outer.pause();
    const inner = connect({ ...to, allowHalfOpen: true, noDelay: true, autoSelectFamily: false });
    inner.on('error', () => {
      inner.destroy();
      // Whoever talks to a dead service gets a reset, as from a host whose process has gone.
      if (isUnix) outer.destroy();
      else outer.resetAndDestroy();
    });
    inner.on('close', () => outer.destroySoon());
    outer.on('close', () => inner.destroy());
    inner.write(first);
    outer.pipe(inner);
    inner.pipe(outer);
  });
}

function route(id: string, to: Inside): void {
  const door = doors.get(id);
  if (door === undefined) return;
  door.to = to;
  for (const socket of door.sockets) socket.destroy();
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const order = JSON.parse(line) as BorderOrder;
  if ('open' in order) open(order.open);
  else route(order.route, order.to);
});
lines.on('close', () => process.exit(0));
