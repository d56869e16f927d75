// The command line's side of the API: JSON questions with a deadline, and the event stream, which survives a controller that
// is started again. Every failure is a CliError that says what to do.
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Event } from '../core/event.ts';
import type { Instant } from '../core/values.ts';
import { wholeText } from '../vantage/whole-text.ts';
import { CliError, misuse } from './cli-error.ts';

/** One entry as GET /api/v1/events tells it. */
export type Told = {
  readonly seq: number;
  readonly at: Instant;
  readonly sentence: string | null;
  readonly actor: { readonly kind: string; readonly id: string };
} & Event;
export type Client = {
  readonly url: string;
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  /** Entries from `from` on, in order and none twice, until `each` answers true or `signal` aborts. Reconnects for up to `patienceMs`. */
  follow(
    from: number | 'end',
    each: (told: Told) => boolean,
    options?: { readonly signal?: AbortSignal; readonly patienceMs?: number },
  ): Promise<void>;
};
export type ClientOptions = { readonly url: string; readonly token?: string | undefined; readonly timeoutMs?: number };

const longestAnswer = 256 * 1024 * 1024;
/** The stream beats every 10 s; silence for much longer is a connection that died without a word. */
const silenceMs = 35_000;

export function clientFor({ url, token, timeoutMs = 15_000 }: ClientOptions): Client {
  const base = baseOf(url);
  const send = (method: string, path: string, headers: Readonly<Record<string, string>>, body?: string): http.ClientRequest => {
    const target = new URL(`${base.pathname.replace(/\/$/, '')}${path}`, base);
    const request = (base.protocol === 'https:' ? https : http).request(target, {
      method,
      agent: false,
      headers: {
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
        ...headers,
      },
    });
    request.end(body);
    return request;
  };
  const exchange = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const request = send(method, path, {}, body === undefined ? undefined : JSON.stringify(body));
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    try {
      const response = await responseTo(request);
      const text = await wholeText(response, longestAnswer);
      if ((response.statusCode ?? 0) >= 400) throw refused(response.statusCode ?? 0, text, url);
      return (text === '' ? undefined : parsed(text, url)) as T;
    } catch (error) {
      throw error instanceof CliError ? error : away(url, error as Error);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    url,
    get: (path) => exchange('GET', path),
    post: (path, body) => exchange('POST', path, body),
    follow: async (from, each, { signal, patienceMs = 120_000 } = {}) => {
      let next: number | 'end' = from;
      let lostAt: number | undefined;
      const isAborted = (): boolean => signal?.aborted === true;
      while (!isAborted()) {
        const request = send('GET', `/api/v1/events?from=${next}`, { accept: 'text/event-stream' });
        const stop = (): void => void request.destroy();
        signal?.addEventListener('abort', stop, { once: true });
        try {
          const response = await responseTo(request);
          if ((response.statusCode ?? 0) >= 400) throw refused(response.statusCode ?? 0, await wholeText(response, longestAnswer), url);
          response.setTimeout(silenceMs, stop);
          for await (const told of entriesIn(response)) {
            lostAt = undefined;
            if (next !== 'end' && told.seq < next) continue;
            next = told.seq + 1;
            if (each(told)) return;
          }
        } catch (error) {
          // A controller that is not ready yet may be so in a moment; any other refusal stays one.
          if (error instanceof CliError && error.exit !== 3) throw error;
          if (isAborted()) return;
          lostAt ??= Date.now();
          if (Date.now() - lostAt > patienceMs) throw error instanceof CliError ? error : away(url, error as Error);
        } finally {
          signal?.removeEventListener('abort', stop);
          request.destroy();
        }
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    },
  };
}

function baseOf(url: string): URL {
  const parsedUrl = URL.canParse(url) ? new URL(url) : undefined;
  if (parsedUrl === undefined || !/^https?:$/.test(parsedUrl.protocol))
    throw misuse(
      'CONTROLLER_URL',
      `"${url}" is not the address of a controller.`,
      'Give one like http://127.0.0.1:7400 with --controller or RESUS_URL.',
    );
  return parsedUrl;
}

const responseTo = (request: http.ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request.once('response', resolve);
    // Stays: a request that is destroyed late must not end the process.
    request.on('error', reject);
  });

async function* entriesIn(response: IncomingMessage): AsyncGenerator<Told> {
  let rest = '';
  response.setEncoding('utf8');
  for await (const chunk of response as AsyncIterable<string>) {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const line = block.split('\n').find((each) => each.startsWith('data: '));
      if (line !== undefined) yield JSON.parse(line.slice('data: '.length)) as Told;
    }
  }
}

function parsed(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CliError(3, 'NOT_A_CONTROLLER', `${url} answers, but not as a Resus controller.`, 'Check the address.');
  }
}
function refused(status: number, text: string, url: string): CliError {
  let body: Readonly<Record<string, unknown>> = {};
  try {
    body = JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    // Below it counts as something that is not a controller.
  }
  const { code, message, remedy } = body;
  if (typeof code !== 'string' || typeof message !== 'string')
    return new CliError(
      3,
      'NOT_A_CONTROLLER',
      `${url} answers with status ${status}, but not as a Resus controller.`,
      'Check the address.',
    );
  // Both say that it may answer in a moment; any other refusal stays one.
  return new CliError(status === 503 || status === 429 ? 3 : 1, code, message, typeof remedy === 'string' ? remedy : '');
}
const away = (url: string, error: NodeJS.ErrnoException): CliError =>
  new CliError(
    3,
    'CONTROLLER_AWAY',
    `No controller answers at ${url} (${error.code ?? error.message}).`,
    'Start one with `resus serve`, or name another with --controller or RESUS_URL.',
  );
