// JSON over keep-alive HTTP(S) to the controller, with a deadline for each exchange. It tells four kinds of answers
// apart, because a vantage or canary does something else for each; it never throws and never logs the token.
import { lookup as systemLookup } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { wholeText } from './whole-text.ts';

export type Exchange =
  | { readonly kind: 'answered'; readonly status: number; readonly body: unknown }
  /** The controller is there and says no; asking again changes nothing until a person acts. */
  | { readonly kind: 'refused'; readonly status: number; readonly message: string }
  /** Nobody answered, or it was too busy: ask again later. */
  | { readonly kind: 'away'; readonly message: string };
export type ControllerClient = {
  get(path: string): Promise<Exchange>;
  post(path: string, body: unknown): Promise<Exchange>;
  close(): void;
};

const longestAnswer = 32 * 1024 * 1024;

/** `url` is the controller's base URL. Throws CONTROLLER_URL when it is not an http or https one. */
export function controllerClient(options: { readonly url: string; readonly token: string; readonly timeoutMs: number }): ControllerClient {
  const base = parseBase(options.url);
  const tls = base.protocol === 'https:';
  const agent = new (tls ? https : http).Agent({ keepAlive: true, maxSockets: 4, lookup: oneLookupAtATime() });
  const exchange = (method: string, path: string, body?: unknown, again = true): Promise<Exchange> =>
    new Promise((resolve) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const headers = {
        authorization: `Bearer ${options.token}`,
        accept: 'application/json',
        ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      };
      const target = new URL(`${base.pathname.replace(/\/$/, '')}${path}`, base);
      const request = (tls ? https : http).request(target, { method, headers, agent });
      const deadline = setTimeout(() => request.destroy(new Error(`no answer within ${options.timeoutMs} ms`)), options.timeoutMs);
      const settle = (result: Exchange | Promise<Exchange>): void => {
        clearTimeout(deadline);
        resolve(result);
      };
      const fail = (error: NodeJS.ErrnoException): void => {
        // A connection that the controller closed while it was idle says nothing; every exchange with it may be repeated.
        if (again && request.reusedSocket && error.code === 'ECONNRESET') return settle(exchange(method, path, body, false));
        settle({ kind: 'away', message: error.message || String(error.code) });
      };
      request.on('error', fail);
      request.on('response', (response) => {
        wholeText(response, longestAnswer).then((text) => settle(judge(response.statusCode ?? 0, text)), fail);
      });
      request.end(text);
    });
  return {
    get: (path) => exchange('GET', path),
    post: (path, body) => exchange('POST', path, body),
    close: () => agent.destroy(),
  };
}

function parseBase(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw Object.assign(new Error(`CONTROLLER_URL: "${url}" is not the address of a controller; give one like http://127.0.0.1:8080`), {
      code: 'CONTROLLER_URL',
    });
  }
  return parsed;
}

function judge(status: number, text: string): Exchange {
  if (status >= 200 && status < 300) {
    if (text === '') return { kind: 'answered', status, body: undefined };
    try {
      return { kind: 'answered', status, body: JSON.parse(text) as unknown };
    } catch {
      return { kind: 'away', message: `status ${status} with something that is not JSON: is this address the controller's?` };
    }
  }
  const excerpt = wordsOf(text).replaceAll(/\s+/g, ' ').slice(0, 300);
  if (status === 408 || status === 429 || status >= 500) return { kind: 'away', message: `status ${status} ${excerpt}`.trimEnd() };
  return { kind: 'refused', status, message: excerpt };
}

/** The sentence and the remedy of the controller's own errors; of anything else the text itself. */
function wordsOf(text: string): string {
  try {
    const { message, remedy } = JSON.parse(text) as { readonly message?: unknown; readonly remedy?: unknown };
    if (typeof message === 'string') return typeof remedy === 'string' ? `${message} ${remedy}` : message;
  } catch {
    // Not the controller's: a proxy's page, or null.
  }
  return text;
}

/** The system's resolver has four threads that file writes need as well, so a dead name server must hold at most one of them. */
function oneLookupAtATime(): LookupFunction {
  type Waiter = Parameters<LookupFunction>[2];
  let waiting: Waiter[] | undefined;
  return (hostname, options, callback) => {
    if (waiting !== undefined) {
      waiting.push(callback);
      return;
    }
    const mine: Waiter[] = [callback];
    waiting = mine;
    systemLookup(hostname, options, (error, address, family) => {
      waiting = undefined;
      for (const waiter of mine) waiter(error, address as never, family);
    });
  };
}

/** What a person should do about a refusal. `what` names who was refused, e.g. `vantage "campus"`. */
export function adviceFor(status: number, what: string): string {
  if (status === 401 || status === 403)
    return `the controller refuses the token of ${what}: set the variable that --token-env names (RESUS_TOKEN by default) to a token that may act as it`;
  if (status === 404) return `the controller does not know ${what}: declare it under policies/, or correct the name`;
  if (status === 413) return `the controller finds the message of ${what} too long`;
  return `the controller refuses ${what} with status ${status}`;
}
