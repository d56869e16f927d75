// Who may do what. Tokens are kept as SHA-256 and compared in constant time; the actor in the journal is the token's name.
// Writing, evidence and reporting always need a token; reading needs one unless the request came over loopback.
import { hash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { Actor } from '../core/values.ts';
import { refuse, type ApiError } from './api-error.ts';
import { addressOf, guessesOf, isLoopback } from './guesses.ts';

export const roles = ['viewer', 'operator', 'vantage', 'canary'] as const;
export type Role = (typeof roles)[number];
export type Token = {
  /** Stands in the journal as who did it. Unique. */
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of the token, 64 lower-case hex digits. */
  readonly sha256: string;
  /** For agents: the one vantage (`campus`) or population (`ehr/ward`) that it may report as; any when absent. */
  readonly for?: string;
  /** Of a person: what an emergency rule of a tier may name, e.g. `incident-commander`. */
  readonly duties?: readonly string[];
};

export type Gate = {
  /** Viewers and operators; anybody over loopback, unless reads are closed. */
  readonly reads: RequestHandler;
  /** Viewers and operators, with a token in any case: evidence leaves the house under a name. */
  readonly names: RequestHandler;
  readonly operates: RequestHandler;
  /** The agent whose name this request's path gives. */
  readonly reports: (role: 'vantage' | 'canary', nameOf: (request: Request) => string) => RequestHandler;
};

export type GateOptions = {
  readonly openReads?: boolean | undefined;
  /** For the limit on wrong tokens; never goes backwards. */
  readonly nowMs: () => number;
};

/** Throws TOKEN_INVALID for an entry that could never match or is not unambiguous. */
export function gate(tokens: readonly Token[], { openReads, nowMs }: GateOptions): Gate {
  const guesses = guessesOf(nowMs);
  const known = tokens.map((token) => ({ ...token, digest: Buffer.from(checked(token, tokens).sha256, 'hex') }));

  /** Undefined without a token. Throws for a wrong one, also where none is needed: a typo must not pass unseen. */
  const bearer = (request: Request): Token | undefined => {
    const header = request.headers.authorization;
    if (header === undefined) return undefined;
    const presented = hash('sha256', /^Bearer +([\x21-\x7e]{1,4096})$/i.exec(header)?.[1] ?? '', 'buffer');
    let match: Token | undefined;
    for (const token of known) if (timingSafeEqual(token.digest, presented)) match = token;
    const address = addressOf(request);
    const waitMs = guesses.waitMs(address);
    // A right token is told apart only where it was right before: else guessing would go on as if there were no limit.
    if (waitMs > 0 && (match === undefined || !guesses.knows(address, match.name))) throw tooMany(waitMs);
    if (match === undefined) {
      guesses.wrong(address);
      throw unauthorized('The token is not one of this controller.');
    }
    guesses.right(address, match.name);
    return match;
  };
  const require = (allowed: readonly Role[], request: Request): Token => {
    const token = bearer(request);
    if (token === undefined) throw unauthorized(`This needs a token with the role ${allowed.join(' or ')}.`);
    if (!allowed.includes(token.role))
      throw refuse(
        403,
        'FORBIDDEN',
        `The token ${token.name} has the role ${token.role}; this needs ${allowed.join(' or ')}.`,
        'Use another token.',
      );
    return token;
  };
  const guard =
    (check: (request: Request) => Token | undefined): RequestHandler =>
    (request, response, next) => {
      const token = check(request);
      if (token !== undefined) [response.locals['actor'], response.locals['duties']] = [actorOf(token), token.duties ?? []];
      next();
    };
  return {
    reads: guard((request) => {
      const open = openReads ?? isLocal(request);
      return open && request.headers.authorization === undefined ? undefined : require(['viewer', 'operator'], request);
    }),
    names: guard((request) => require(['viewer', 'operator'], request)),
    operates: guard((request) => require(['operator'], request)),
    reports: (role, nameOf) =>
      guard((request) => {
        const token = require([role], request);
        const name = nameOf(request);
        if (token.for !== undefined && token.for !== name)
          throw refuse(
            403,
            'FORBIDDEN',
            `The token ${token.name} may report as ${token.for}, not as ${name}.`,
            `Use the token of ${name}.`,
          );
        return token;
      }),
  };
}

const actorOf = (token: Token): Actor => ({
  kind: token.role === 'operator' || token.role === 'viewer' ? 'person' : 'agent',
  id: token.name,
});
const tooMany = (waitMs: number): ApiError => {
  const seconds = Math.ceil(waitMs / 1_000);
  return refuse(
    429,
    'TOO_MANY_WRONG_TOKENS',
    'Too many wrong tokens came from this address.',
    `Ask again after ${seconds} s with the right token, or from another address; stop what sends the wrong ones.`,
    seconds,
  );
};
const unauthorized = (message: string): ApiError =>
  refuse(401, 'UNAUTHORIZED', message, 'Send `Authorization: Bearer TOKEN`; the command line takes it from RESUS_TOKEN or --token-file.');

/**
 * From this machine, by a name of this machine, through no proxy. The name matters: a web page that points its own name at
 * 127.0.0.1 must not read through somebody's browser.
 */
function isLocal(request: Request): boolean {
  const { forwarded, 'x-forwarded-for': via, host } = request.headers;
  const isOurs = isLoopback(request.socket.remoteAddress ?? '');
  return isOurs && forwarded === undefined && via === undefined && /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i.test(host ?? '');
}

function checked(token: Token, all: readonly Token[]): Token {
  const say = (problem: string): Error =>
    Object.assign(new Error(`TOKEN_INVALID: token "${token.name}": ${problem}`), { code: 'TOKEN_INVALID' });
  if (!/^[0-9a-f]{64}$/.test(token.sha256)) throw say('`sha256` must be 64 lower-case hex digits: `printf %s "$TOKEN" | sha256sum`');
  if (token.sha256 === hash('sha256', '')) throw say('this is the hash of an empty token');
  if (!(roles as readonly string[]).includes(token.role)) throw say(`the role must be one of ${roles.join(', ')}`);
  if (all.some((other) => other !== token && (other.name === token.name || other.sha256 === token.sha256)))
    throw say('another entry has the same name or the same token');
  return token;
}
