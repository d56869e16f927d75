// One PostgreSQL connection at a time, fresh, on a socket that we own: when the signal aborts the socket is destroyed, so
// that a server that accepts and then says nothing costs neither a socket nor the probe.
import { Socket } from 'node:net';
import { Client } from 'pg';
import { ownName } from '../../core/service-name.ts';
import { placeOf } from '../resolver.ts';
import { isSslmode, sslmodes, tlsOf, toldOfTls } from './tls.ts';

/** `env` is where `passwordEnv` is looked up; default: the environment of this process. */
export type PostgresConfig = { readonly env?: Readonly<Record<string, string | undefined>> } | undefined;
export type PostgresTools = { readonly env: Readonly<Record<string, string | undefined>> };
export type PostgresTarget = {
  /** `postgres://user@host:port/database?sslmode=disable|require|verify-full`; `disable` is the default. */
  readonly url: string;
  readonly passwordEnv?: string;
  readonly caFile?: string;
  readonly nameServers?: readonly string[];
};

export const openPostgres = (config: PostgresConfig): PostgresTools => ({ env: config?.env ?? process.env });

/** Runs `use` with a client that is closed afterwards, come what may. Rejects when the signal aborts. */
export async function withClient<T>(
  target: PostgresTarget,
  tools: PostgresTools,
  signal: AbortSignal,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const url = new URL(target.url);
  const sslmode = url.searchParams.get('sslmode') ?? 'disable';
  if (!isSslmode(sslmode)) throw new Error(`sslmode must be one of ${sslmodes.join(', ')}, not ${sslmode}`);
  const password = target.passwordEnv === undefined ? undefined : tools.env[target.passwordEnv];
  if (target.passwordEnv !== undefined && password === undefined) throw new Error(`the variable ${target.passwordEnv} is not set`);
  const port = url.port === '' ? 5432 : Number(url.port);
  const place = await placeOf(url.hostname, port, target.nameServers, signal);
  const ssl = await tlsOf(sslmode, ownName(url.hostname), target.caFile);
  signal.throwIfAborted();
  const socket = new Socket();
  const client = new Client({
    ...place,
    user: decodeURIComponent(url.username),
    database: decodeURIComponent(url.pathname.slice(1)),
    ...(password === undefined ? {} : { password }),
    ssl,
    stream: () => socket,
    application_name: 'resus',
    statement_timeout: 10_000, // A backend that waits on a lock must not outlive its probe for ever.
  });
  client.on('error', () => undefined); // The pending query rejects with the same error.
  let abort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => {
      socket.destroy();
      reject(new Error('no answer in time'));
    };
  });
  aborted.catch(() => undefined);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([connected(client, use), aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
    socket.destroySoon();
    client.end().catch(() => undefined);
    if (signal.aborted) socket.destroy();
  }
}

async function connected<T>(client: Client, use: (client: Client) => Promise<T>): Promise<T> {
  await client.connect().catch((error: unknown) => {
    throw toldOfTls(error);
  });
  return await use(client);
}
