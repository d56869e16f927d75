// Names to addresses as a well-behaved client does it: each answer is kept for its TTL and not a moment longer, unless told to. What
// users reach after a switch of traffic depends on exactly this, so it is not left to the system's resolver.
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isService } from '../core/service-name.ts';

/** One record as the name server gave it; `address` is `address:port` where a service's name was asked for. */
export type AddressRecord = { readonly address: string; readonly ttl: number };
export type Resolution =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[]; readonly stale: boolean }
  | { readonly kind: 'failed'; readonly because: string };
export type CachingResolver = {
  /**
   * Never rejects. An address resolves to itself. Concurrent questions for one name are asked once. A service's name (`_http._tcp.ehr.example`,
   * RFC 2782) gives `address:port` of each instance, those of the first priority at the front.
   */
  resolve(name: string): Promise<Resolution>;
  close(): void;
};
export type ResolverOptions = {
  /** `ip:port` or `ip`, asked in turn; the system's own when empty. */
  readonly nameServers: readonly string[];
  /** For one answer of one server; each is asked twice. */
  readonly timeoutMs: number;
  /** Some clients go on with the expired answer while no server answers. Off: the users' path is broken then, and must be seen to be. */
  readonly serveStale?: boolean;
  /** Some clients keep an address for longer than its TTL. */
  readonly keptLongerMs?: number;
  /** Monotonic milliseconds. */
  readonly monotonicMs?: () => number;
  /** Asks the name servers; replaced in tests. */
  readonly query?: (name: string) => Promise<readonly AddressRecord[]>;
};

type Kept = { readonly addresses: readonly string[]; readonly expiresAt: number };
const longestTtlMs = 86_400_000;
const mostNames = 1000;

/** Throws an Error with code `NAME_SERVER_INVALID` when one of `nameServers` is no address. */
export function cachingResolver(options: ResolverOptions): CachingResolver {
  const monotonicMs = options.monotonicMs ?? ((): number => performance.now());
  const asker = options.query === undefined ? nameServerQuery(options) : { query: options.query, close: (): void => undefined };
  const kept = new Map<string, Kept>();
  const asked = new Map<string, Promise<Resolution>>();

  const ask = async (name: string): Promise<Resolution> => {
    try {
      const records = await asker.query(name);
      if (records.length === 0) return { kind: 'failed', because: `${name} has no address` };
      const ttlMs = Math.min(longestTtlMs, 1000 * Math.min(...records.map((record) => record.ttl)));
      const addresses = records.map((record) => record.address);
      if (kept.size >= mostNames) kept.clear();
      kept.set(name, { addresses, expiresAt: monotonicMs() + ttlMs + (options.keptLongerMs ?? 0) });
      return { kind: 'addresses', addresses, stale: false };
    } catch (error) {
      const old = kept.get(name);
      if (options.serveStale === true && old !== undefined) return { kind: 'addresses', addresses: old.addresses, stale: true };
      return {
        kind: 'failed',
        because: `${name} does not resolve: ${error instanceof Error && 'code' in error ? String(error.code) : String(error)}`,
      };
    } finally {
      asked.delete(name);
    }
  };
  return {
    async resolve(name) {
      const bare = name.replace(/^\[|\]$/g, '');
      if (isIP(bare) !== 0) return { kind: 'addresses', addresses: [bare], stale: false };
      const hit = kept.get(name);
      if (hit !== undefined && hit.expiresAt > monotonicMs()) return { kind: 'addresses', addresses: hit.addresses, stale: false };
      const underway = asked.get(name) ?? ask(name);
      asked.set(name, underway);
      return underway;
    },
    close: () => asker.close(),
  };
}

/** A records, and AAAA only for a name without any; SRV for a service, then its hosts. One channel, never the system's shared lookup threads. */
function nameServerQuery(options: ResolverOptions): { query(name: string): Promise<readonly AddressRecord[]>; close(): void } {
  const resolver = new Resolver({ timeout: options.timeoutMs, tries: 2 });
  try {
    if (options.nameServers.length > 0) resolver.setServers(options.nameServers);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw Object.assign(new Error(`NAME_SERVER_INVALID: ${why}; give name servers as address:port`), { code: 'NAME_SERVER_INVALID' });
  }
  const addresses = async (name: string): Promise<readonly AddressRecord[]> => {
    try {
      return await resolver.resolve4(name, { ttl: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENODATA')) throw error;
      return await resolver.resolve6(name, { ttl: true });
    }
  };
  // Node does not tell the TTL of an SRV record, so an instance is kept for as long as its host's address.
  const instances = async (name: string): Promise<readonly AddressRecord[]> => {
    const services = (await resolver.resolveSrv(name)).toSorted((a, b) => a.priority - b.priority || b.weight - a.weight);
    const asked = await Promise.allSettled(
      services.map(async ({ name: host, port }) =>
        (await addresses(host)).map(({ address, ttl }) => ({ address: `${isIP(address) === 6 ? `[${address}]` : address}:${port}`, ttl })),
      ),
    );
    const found = asked.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
    const failed = asked.find((each) => each.status === 'rejected');
    if (found.length === 0 && failed !== undefined) throw failed.reason;
    return found;
  };
  return {
    query: (name) => (isService(name) ? instances(name) : addresses(name)),
    close: () => resolver.cancel(),
  };
}
