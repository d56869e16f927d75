// Connections as users' software keeps them: open ones are used as long as they answer well; a bad answer drops what
// is open to that address, and the next attempt asks the resolver's cache again and tries other addresses first.
// A request that may have reached a server is never sent a second time, so what we count as duplicated is not our doing.
import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { isService, ownName } from '../core/service-name.ts';
import { wholeText } from '../vantage/whole-text.ts';
import type { CachingResolver } from './resolver.ts';

export type UsersRequest = { readonly method: 'GET' | 'PUT'; readonly path: string; readonly body?: string; readonly timeoutMs: number };
export type UsersReply =
  | { readonly kind: 'replied'; readonly status: number; readonly text: string; readonly address: string }
  /** `address` is empty when none was found to connect to. */
  | { readonly kind: 'failed'; readonly because: string; readonly address: string };
export type UsersConnections = {
  /** Never rejects, and settles at the latest after `timeoutMs`. A reply counts as good until it is blamed. */
  send(request: UsersRequest): Promise<UsersReply>;
  /** Says that the answer of this address was bad, whatever its status. */
  blame(address: string): void;
  close(): void;
};

type Attempt = { readonly reply: UsersReply; readonly reached: boolean };
const longestReply = 1024 * 1024;
const idleMs = 4000;
/** How long a bad answer is held against an address while there are others. */
const grudgeMs = 30_000;

/** `url` is the base of the FHIR API, http or https. With a service's name its port is that of each instance, and the URL's is not used. */
export function usersConnections(url: URL, resolver: CachingResolver): UsersConnections {
  const secure = url.protocol === 'https:';
  const port = Number(url.port === '' ? (secure ? 443 : 80) : url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const agents = new Map<string, http.Agent>();
  const blamedAt = new Map<string, number>();
  let current: string | undefined;

  const agentFor = (address: string): http.Agent => {
    const known = agents.get(address);
    if (known !== undefined) return known;
    const agent = new (secure ? https : http).Agent({ keepAlive: true, timeout: idleMs, maxFreeSockets: 4, scheduling: 'lifo' });
    agents.set(address, agent);
    return agent;
  };
  const hasOpen = (address: string): boolean =>
    Object.values(agents.get(address)?.freeSockets ?? {}).some((sockets) => (sockets?.length ?? 0) > 0);
  const grudge = (address: string): number => {
    const at = blamedAt.get(address);
    return at === undefined || performance.now() - at > grudgeMs ? 0 : at;
  };
  const blame = (address: string): void => {
    if (current === address) current = undefined;
    if (blamedAt.size > 100) blamedAt.clear();
    blamedAt.set(address, performance.now());
    const agent = agents.get(address);
    agents.delete(address);
    // Requests that are still under way there keep their connection; only idle ones are closed.
    for (const sockets of Object.values(agent?.freeSockets ?? {})) for (const socket of sockets ?? []) socket.destroy();
  };
  /** The addresses worth trying now, best first. */
  const candidates = async (): Promise<readonly string[] | string> => {
    if (current !== undefined && hasOpen(current)) return [current];
    const resolution = await resolver.resolve(host);
    if (resolution.kind === 'failed') return resolution.because;
    const rank = (address: string): number => (address === current ? -1 : grudge(address));
    return resolution.addresses.toSorted((a, b) => rank(a) - rank(b));
  };

  const attempt = (address: string, request: UsersRequest, leftMs: number, connectMs: number): Promise<Attempt> =>
    new Promise((resolve) => {
      let reached = false;
      const outgoing = (secure ? https : http).request({
        ...placeOf(address, port),
        method: request.method,
        path: `${url.pathname.replace(/\/$/, '')}${request.path}`,
        agent: agentFor(address),
        headers: {
          host: isService(host) ? ownName(host) : url.host,
          accept: 'application/fhir+json',
          ...(request.body === undefined
            ? {}
            : {
                'content-type': 'application/fhir+json',
                'content-length': Buffer.byteLength(request.body),
                prefer: 'return=representation',
              }),
        },
        ...(secure && isIP(host) === 0 ? { servername: ownName(host) } : {}),
      });
      const settle = (reply: UsersReply): void => {
        clearTimeout(connecting);
        clearTimeout(deadline);
        resolve({ reply, reached });
      };
      const fail = (error: NodeJS.ErrnoException): void => {
        settle({
          kind: 'failed',
          because: error.code === undefined ? error.message : `${error.code} (${reached ? 'connected' : 'not connected'})`,
          address,
        });
      };
      const giveUp = (ms: number, what: string): NodeJS.Timeout =>
        setTimeout(() => outgoing.destroy(new Error(`${what} within ${Math.round(request.timeoutMs)} ms`)), ms);
      const deadline = giveUp(leftMs, 'no answer');
      const connecting = giveUp(connectMs, 'no connection');
      const connected = (): void => {
        reached = true;
        clearTimeout(connecting);
      };
      outgoing.on('error', fail);
      outgoing.on('socket', (socket) => {
        if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', connected);
        else connected();
      });
      outgoing.on('response', (response) => {
        wholeText(response, longestReply).then(
          (text) => settle({ kind: 'replied', status: response.statusCode ?? 0, text, address }),
          fail,
        );
      });
      outgoing.end(request.body);
    });

  return {
    async send(request) {
      const endsAt = performance.now() + request.timeoutMs;
      const tried = new Set<string>();
      let last: UsersReply = { kind: 'failed', because: `no address within ${Math.round(request.timeoutMs)} ms`, address: '' };
      for (;;) {
        const found = await within(endsAt - performance.now(), candidates());
        const leftMs = endsAt - performance.now();
        if (found === undefined || leftMs <= 0) return last;
        if (typeof found === 'string') return tried.size > 0 ? last : { kind: 'failed', because: found, address: '' };
        const untried = found.filter((address) => !tried.has(address));
        const address = untried[0];
        if (address === undefined) return last;
        tried.add(address);
        // With another address in hand, one that does not even accept a connection gets half of the time.
        const { reply, reached } = await attempt(address, request, leftMs, untried.length > 1 ? leftMs / 2 : leftMs);
        if (reply.kind === 'replied') {
          current = address;
          return reply;
        }
        blame(address);
        if (reached) return reply;
        last = reply;
      }
    },
    blame,
    close() {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

/** An instance of a service comes with a port of its own. */
function placeOf(address: string, port: number): { readonly host: string; readonly port: number } {
  if (isIP(address) !== 0) return { host: address, port };
  const { hostname, port: own } = new URL(`http://${address}`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: own === '' ? 80 : Number(own) };
}

/** The value, or undefined after `ms`. */
function within<T>(ms: number, value: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), Math.max(0, ms));
    value.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
