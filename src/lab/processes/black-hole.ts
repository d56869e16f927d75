// Makes a listener silent: when its process is stopped and its queue of unaccepted connections is full, the system drops
// further SYNs, so that whoever connects sees neither an acceptance nor a refusal. Needs no privilege.
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { BACKLOG } from './border-protocol.ts';
import { LabError } from './lab-error.ts';

/** Connections that fill the queue. They are kept open until the listener may answer again. */
export type Plug = { release(): void };

/** Resolves when connects stay pending. The listener's process must be stopped already. `settleMs`: silence that counts as pending. */
export async function plug(host: string, port: number, settleMs = 40): Promise<Plug> {
  const kept: Socket[] = [];
  for (let round = 0; round < 20; round++) {
    const fillers = Array.from({ length: BACKLOG + 4 }, () => dial(host, port));
    await sleep(settleMs);
    // A busy loop may run this before it has heard of connections that are there.
    await nextTurn();
    const through = fillers.filter((filler) => filler.state === 'connected');
    for (const filler of fillers) {
      if (filler.state === 'connected') kept.push(filler.socket);
      else filler.socket.destroy();
    }
    if (through.length === 0 && fillers.every((filler) => filler.state === 'pending')) {
      return { release: () => kept.splice(0).forEach((socket) => socket.destroy()) };
    }
  }
  for (const socket of kept) socket.destroy();
  throw new LabError(
    'LAB_TIMEOUT',
    `${host}:${port} does not fall silent`,
    'its process is not stopped, or this system does not bound the queue of a listener',
  );
}

type Filler = { readonly socket: Socket; state: 'pending' | 'connected' | 'failed' };
function dial(host: string, port: number): Filler {
  const socket = connect({ host, port, autoSelectFamily: false });
  const filler: Filler = { socket, state: 'pending' };
  socket.on('connect', () => (filler.state = 'connected'));
  socket.on('error', () => (filler.state = 'failed'));
  return filler;
}
