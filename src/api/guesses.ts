// How often an address may present a wrong token: a burst, then one a second. Memory is bounded, another address is never
// affected, and those whose token was right from there lately go on, so that a stranger behind the same proxy cannot stop them.
import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';

export const guessLimits = {
  burst: 20,
  /** One more wrong token is allowed after this long. */
  refillMs: 1_000,
  /** For how long after its last right request a token still passes where others guess. */
  rememberMs: 3_600_000,
  /** Addresses kept, and right tokens kept; beyond it the one that was heard of longest ago is forgotten. */
  most: 10_000,
} as const;

export type Guesses = {
  /** How long a request with a token must wait before it is looked at; 0 when it need not. */
  waitMs(address: string): number;
  wrong(address: string): void;
  right(address: string, token: string): void;
  /** Whether this token was right from this address within `rememberMs`. */
  knows(address: string, token: string): boolean;
  /** Addresses and right tokens held now. */
  readonly held: { readonly addresses: number; readonly tokens: number };
};

/** `nowMs` never goes backwards. */
export function guessesOf(nowMs: () => number): Guesses {
  // The instant at which the address has its whole burst again: that it was ever heard of says one number.
  const fullAt = new Map<string, number>();
  const rightAt = new Map<string, number>();
  const keyOf = (address: string, token: string): string => `${address} ${token}`;
  return {
    waitMs: (address) => Math.max(0, Math.ceil((fullAt.get(address) ?? 0) - nowMs() - (guessLimits.burst - 1) * guessLimits.refillMs)),
    wrong: (address) => note(fullAt, address, Math.max(fullAt.get(address) ?? 0, nowMs()) + guessLimits.refillMs),
    right: (address, token) => note(rightAt, keyOf(address, token), nowMs()),
    knows: (address, token) => {
      const at = rightAt.get(keyOf(address, token));
      return at !== undefined && nowMs() - at <= guessLimits.rememberMs;
    },
    get held() {
      return { addresses: fullAt.size, tokens: rightAt.size };
    },
  };
}

/** Maps keep the order in which keys were set, so the first is the one that was heard of longest ago. */
function note(map: Map<string, number>, key: string, value: number): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.size > guessLimits.most ? map.keys().next().value : undefined;
  if (oldest !== undefined) map.delete(oldest);
}

/**
 * Who asks: the other end of the connection, or, where that is a proxy on this machine, the last address that the proxy added to
 * `X-Forwarded-For`. Of IPv6 the first 64 bits, since one customer has all the others.
 */
export function addressOf(request: IncomingMessage): string {
  const peer = request.socket.remoteAddress ?? '';
  const forwarded = request.headers['x-forwarded-for'];
  const via = (Array.isArray(forwarded) ? forwarded.join() : (forwarded ?? '')).split(',').at(-1)?.trim() ?? '';
  return (isLoopback(peer) ? networkOf(via) : undefined) ?? networkOf(peer) ?? 'unknown';
}
export const isLoopback = (address: string): boolean => /^(::ffff:)?127\.|^::1$/.test(address);

function networkOf(address: string): string | undefined {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIPv4(plain)) return plain;
  if (!isIPv6(plain)) return undefined;
  const [head = '', tail] = (plain.split('%')[0] ?? '').toLowerCase().split('::');
  const groups = (text: string): string[] =>
    text === '' ? [] : text.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : group));
  const before = groups(head);
  const after = groups(tail ?? '');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const all = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
