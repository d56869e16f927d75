// One HTTP request over a connection of its own (no pool, no redirects), resolved by our own resolver. It tells apart what
// was never sent (`NotSent`) from what may have arrived: the first is a certain failure, the second is unknown.
import { request as plainRequest, type IncomingHttpHeaders } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIP } from 'node:net';
import { isService, ownName } from '../core/service-name.ts';
import { placeOf, type Place } from './resolver.ts';

export type Exchange = {
  /** `http:` or `https:`, without credentials. */
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** `ip:port` of the servers that resolve the host; default: the system's. */
  readonly nameServers?: readonly string[];
  readonly signal: AbortSignal;
};
/** `body` is cut at 256 KiB. */
export type Answered = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string };
/** Nothing of the request left this machine. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
}

const MAX_BODY_BYTES = 256 * 1024;

/** What may be shown of a URL: no credentials, no query. */
export function shown(url: string): string {
  // What is planned without an inventory has names in place of its values; anything else may be a secret in the wrong place.
  if (/^inventory\.\w{1,64}$/.test(url)) return url;
  if (!URL.canParse(url)) return 'an invalid URL';
  const parsed = new URL(url);
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}

/** @throws NotSent when no connection was made; another Error when the answer did not come, or not whole. */
export async function exchange(input: Exchange): Promise<Answered> {
  if (!URL.canParse(input.url)) throw new NotSent('the URL is not valid');
  const url = new URL(input.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new NotSent(`the URL must be http or https, not ${url.protocol}`);
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const place = await placeOf(url.hostname, port, input.nameServers, input.signal).catch((error: unknown) => {
    throw new NotSent(sentence(error));
  });
  if (input.signal.aborted) throw new NotSent('no time was left');
  return await send(url, place, input);
}

function send(url: URL, place: Place, input: Exchange): Promise<Answered> {
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    let connected = false;
    const request = (secure ? secureRequest : plainRequest)({
      ...place,
      path: `${url.pathname}${url.search}`,
      method: input.method ?? 'GET',
      headers: {
        host: isService(url.hostname) ? ownName(url.hostname) : url.host,
        ...(input.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(input.body)) }),
        ...input.headers,
      },
      agent: false,
      signal: input.signal,
      ...(secure && isIP(url.hostname) === 0 ? { servername: ownName(url.hostname) } : {}),
    });
    const fail = (error: Error): void => {
      const said = input.signal.aborted ? 'no answer in time' : sentence(error);
      reject(connected ? new Error(said) : new NotSent(said));
    };
    request.once('socket', (socket) => socket.once(secure ? 'secureConnect' : 'connect', () => (connected = true)));
    request.once('error', fail);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const done = (): void =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString('utf8'),
        });
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes <= MAX_BODY_BYTES) return;
        done();
        request.destroy();
      });
      response.once('end', done);
      response.once('aborted', () => fail(new Error('the answer broke off')));
      response.once('error', fail);
    });
    request.end(input.body);
  });
}

const plainWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'connection timed out',
  EPIPE: 'connection closed',
};
/** An error as a few words for people, without stack, address lists or secrets. */
export function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  return plainWords[code] ?? (error.message === '' ? code || error.name : error.message);
}
