// Names to addresses, asked of named servers over a channel of its own each time: nothing cached, nothing shared, and never
// `dns.lookup`, whose four threads are all blocked when DNS is the thing that died.
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isService } from '../core/service-name.ts';

/** SRV records are told as `priority weight port target`, those to be tried first at the front. */
export const recordTypes = ['A', 'AAAA', 'TXT', 'CNAME', 'SRV'] as const;
export type RecordType = (typeof recordTypes)[number];
/** `silent`: the server did not answer usefully (down, refused, malformed). A name that does not exist is an answer of no records. */
export type Answer =
  | { readonly kind: 'answered'; readonly server: string; readonly records: readonly string[] }
  | { readonly kind: 'silent'; readonly server: string; readonly because: string };

const QUERY_TIMEOUT_MS = 1_000;
const emptyAnswers = new Set(['ENOTFOUND', 'ENODATA']);

/** One question to one server (`ip:port` or `ip`), sent twice at most, 1 s each. Never rejects. An abort counts as silence. */
export async function ask(server: string, name: string, type: RecordType, signal: AbortSignal): Promise<Answer> {
  if (signal.aborted) return { kind: 'silent', server, because: 'aborted' };
  const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: 2 });
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    resolver.setServers([server]);
    return { kind: 'answered', server, records: await records(resolver, name, type) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (emptyAnswers.has(code)) return { kind: 'answered', server, records: [] };
    return { kind: 'silent', server, because: signal.aborted ? 'aborted' : code };
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** The same question to all servers at once; one answer each, in the order of the servers. */
export const askAll = (servers: readonly string[], name: string, type: RecordType, signal: AbortSignal): Promise<readonly Answer[]> =>
  Promise.all(servers.map((server) => ask(server, name, type, signal)));

export type Place = { readonly host: string; readonly port: number };

/**
 * Where to connect: an address of `host`, with `port`; for a service's name that of its first instance, with the port that DNS says.
 * @throws Error with one sentence when no server knows one.
 */
export async function placeOf(host: string, port: number, nameServers: readonly string[] | undefined, signal: AbortSignal): Promise<Place> {
  if (!isService(host)) return { host: await addressOf(host, nameServers, signal), port };
  const reasons: string[] = [];
  const instance = await firstRecord(nameServers ?? new Resolver().getServers(), host, 'SRV', signal, reasons);
  const [, , itsPort = '', target = ''] = instance?.split(' ') ?? [];
  if (target === '') throw notFound(host, reasons);
  return { host: await addressOf(target, nameServers, signal), port: Number(itsPort) };
}

const notFound = (name: string, reasons: readonly string[]): Error =>
  new Error(`${name} does not resolve (${[...new Set(reasons)].join('; ') || 'no name server'})`);

/**
 * An address of `host`: itself when it is one, else the first answer of any of `nameServers` (default: the system's), IPv4 first.
 * @throws Error with one sentence when no server knows an address.
 */
export async function addressOf(host: string, nameServers: readonly string[] | undefined, signal: AbortSignal): Promise<string> {
  const bare = host.replace(/^\[|\]$/g, '');
  if (isIP(bare) !== 0) return bare;
  if (bare === 'localhost') return '127.0.0.1';
  const servers = nameServers ?? new Resolver().getServers();
  const reasons: string[] = [];
  for (const type of ['A', 'AAAA'] as const) {
    const found = await firstRecord(servers, bare, type, signal, reasons);
    if (found !== undefined) return found;
  }
  throw notFound(bare, reasons);
}

/** Does not wait for slow servers once one has answered with a record. */
async function firstRecord(
  servers: readonly string[],
  name: string,
  type: RecordType,
  signal: AbortSignal,
  reasons: string[],
): Promise<string | undefined> {
  const others = new AbortController();
  const stop = (): void => others.abort();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const asked = servers.map(async (server) => {
    const answer = await ask(server, name, type, others.signal);
    const record = answer.kind === 'answered' ? answer.records[0] : undefined;
    if (record !== undefined) return record;
    reasons.push(`${server}: ${answer.kind === 'answered' ? 'no such record' : answer.because}`);
    throw new Error('no record');
  });
  const found = await Promise.any(asked).catch(() => undefined);
  signal.removeEventListener('abort', stop);
  stop();
  return found;
}

async function records(resolver: Resolver, name: string, type: RecordType): Promise<readonly string[]> {
  switch (type) {
    case 'A':
      return resolver.resolve4(name);
    case 'AAAA':
      return resolver.resolve6(name);
    case 'CNAME':
      return resolver.resolveCname(name);
    case 'TXT':
      return (await resolver.resolveTxt(name)).map((chunks) => chunks.join(''));
    case 'SRV':
      return (await resolver.resolveSrv(name))
        .toSorted((a, b) => a.priority - b.priority || b.weight - a.weight)
        .map((one) => `${one.priority} ${one.weight} ${one.port} ${one.name}`);
  }
}
