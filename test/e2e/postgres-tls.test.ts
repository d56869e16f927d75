// The postgres probe speaks TLS to a real PostgreSQL that takes nothing else, and says in words whom it does not trust and why.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { preparePostgres, type PostgresBinaries } from '../../src/lab/processes/postgres-binaries.ts';
import type { Sample } from '../../src/ports.ts';
import { postgres } from '../../src/providers/postgres/probes/postgres.ts';
import { openPostgres, withClient } from '../../src/providers/postgres/tools.ts';
import { dnsServer, freePort } from '../providers/fixtures.ts';
import { authority, type Certificate } from './certificate.ts';

const ours = authority('Hospital CA');
/** The same name as ours, so that only its key tells it apart. */
const impostor = authority('Hospital CA');
const tools = openPostgres({ env: {} });
const good = { names: ['db.hospital.test'], addresses: ['127.0.0.1'] };

let dir: string;
let data: string;
let port: number;
let dns: Awaited<ReturnType<typeof dnsServer>>;
let binaries: PostgresBinaries;
let server: ChildProcess;

function own(path: string): void {
  if (binaries.runAs !== undefined) chownSync(path, binaries.runAs.uid, binaries.runAs.gid);
}
/** The server reads these when it starts and when it is told to read them again. */
function install({ certificate, key }: Certificate): void {
  for (const [name, text] of [
    ['server.crt', certificate],
    ['server.key', key],
  ] as const) {
    const path = join(data, name);
    writeFileSync(path, text);
    chmodSync(path, 0o600);
    own(path);
  }
}
const file = (name: string, text: string): string => {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
};
const url = (host: string, sslmode: string): string => `postgres://resus@${host}:${port}/postgres?sslmode=${sslmode}`;
const sample = (host: string, sslmode: string, caFile?: string): Promise<Sample> =>
  postgres.sample(
    { url: url(host, sslmode), nameServers: [dns.address], ...(caFile === undefined ? {} : { caFile }) },
    tools,
    AbortSignal.timeout(10_000),
  );
async function until(look: () => Promise<Sample>, holds: (seen: Sample) => boolean, withinMs = 60_000): Promise<Sample> {
  for (const end = Date.now() + withinMs; ;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > end)
      throw new Error(`not within ${withinMs} ms; last: ${seen.detail}; ${readFileSync(join(dir, 'log'), 'utf8').slice(-2_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'resus-tls-'));
  chmodSync(dir, 0o755);
  binaries = await preparePostgres(dir);
  data = join(dir, 'data');
  mkdirSync(data, { mode: 0o700 });
  own(data);
  const as = { env: { ...binaries.env }, ...binaries.runAs, cwd: data };
  const made = spawnSync(binaries.initdb, ['-D', data, '-U', 'resus', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C'], {
    ...as,
    encoding: 'utf8',
  });
  if (made.status !== 0) throw new Error(made.stderr);
  port = await freePort();
  dns = await dnsServer({ 'db.hospital.test': ['127.0.0.1'], 'other.hospital.test': ['127.0.0.1'] });
  appendFileSync(
    join(data, 'postgresql.conf'),
    `\nlisten_addresses = '127.0.0.1'\nport = ${port}\nunix_socket_directories = ''\nssl = on\nshared_buffers = 16MB\nmax_connections = 10\ndynamic_shared_memory_type = mmap\n`,
  );
  writeFileSync(join(data, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 trust\n');
  install(ours.sign(good));
  server = spawn(binaries.postgres, ['-D', data], { ...as, stdio: ['ignore', 'ignore', 'pipe'] });
  server.stderr?.on('data', (bytes: Buffer) => appendFileSync(join(dir, 'log'), bytes));
  appendFileSync(join(dir, 'log'), '');
  await until(
    () => sample('127.0.0.1', 'require'),
    (seen) => seen.ok,
  );
});
afterAll(async () => {
  if (server.exitCode === null) {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGQUIT');
    await ended;
  }
  dns.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('a server that takes TLS alone', () => {
  const untrusted = /its certificate is not from an authority that is trusted here; name the file of the right one with `caFile` \(\w+\)$/;
  test.each<readonly [string, host: string, sslmode: string, ca: string | undefined, ok: boolean, detail: RegExp]>([
    ['no TLS', 'db.hospital.test', 'disable', undefined, false, /no encryption/],
    ['TLS with anybody', 'db.hospital.test', 'require', undefined, true, /is a primary/],
    ['TLS with anybody, whatever the name', 'other.hospital.test', 'require', undefined, true, /is a primary/],
    ['its authority and its name', 'db.hospital.test', 'verify-full', 'ours', true, /is a primary/],
    ['its authority and its address', '127.0.0.1', 'verify-full', 'ours', true, /is a primary/],
    ['the authorities that Node knows', 'db.hospital.test', 'verify-full', undefined, false, untrusted],
    ['another authority of the same name', 'db.hospital.test', 'verify-full', 'impostor', false, untrusted],
    [
      'its authority and another name',
      'other.hospital.test',
      'verify-full',
      'ours',
      false,
      /for another name; .* \(ERR_TLS_CERT_ALTNAME_INVALID\)$/,
    ],
    ['a file that is not there', 'db.hospital.test', 'verify-full', 'missing', false, /the CA file \S+ cannot be read \(ENOENT\)/],
    ['a file without a certificate', 'db.hospital.test', 'verify-full', 'text', false, /holds no certificate; it must be PEM$/],
    ['a file with half of one', 'db.hospital.test', 'verify-full', 'half', false, /holds a certificate that cannot be read/],
  ])('%s', async (_what, host, sslmode, ca, ok, detail) => {
    const files: Readonly<Record<string, string>> = {
      ours: file('ours.pem', ours.certificate),
      impostor: file('impostor.pem', impostor.certificate),
      missing: join(dir, 'missing.pem'),
      text: file('text.pem', 'hello'),
      half: file('half.pem', `${ours.certificate.slice(0, 200)}\n-----END CERTIFICATE-----\n`),
    };
    const seen = await sample(host, sslmode, ca === undefined ? undefined : files[ca]);
    expect(seen, seen.detail).toMatchObject({ ok });
    expect(seen.detail).toMatch(detail);
    expect(seen.detail).toContain(host);
  });

  test('the server, too, says that it is TLS', async () => {
    const rows = await withClient(
      { url: url('127.0.0.1', 'verify-full'), caFile: file('ours.pem', ours.certificate) },
      tools,
      AbortSignal.timeout(10_000),
      (client) => client.query<{ ssl: boolean; version: string }>('select ssl, version from pg_stat_ssl where pid = pg_backend_pid()'),
    );
    expect(rows.rows).toEqual([{ ssl: true, version: expect.stringMatching(/^TLSv1\.[23]$/) as string }]);
  });

  test('a CA file that is exchanged counts from the next sample on', async () => {
    const path = file('exchanged.pem', impostor.certificate);
    expect(await sample('db.hospital.test', 'verify-full', path)).toMatchObject({ ok: false });
    // Of another length for certain, also where the clock of the disk is coarse.
    file('exchanged.pem', `${ours.certificate}\n\n`);
    expect(await sample('db.hospital.test', 'verify-full', path)).toMatchObject({ ok: true });
  });

  test('a certificate that has expired, and a server that has turned TLS off', async () => {
    const ca = file('ours.pem', ours.certificate);
    install(ours.sign({ ...good, until: new Date(Date.now() - 86_400_000) }));
    server.kill('SIGHUP');
    const expired = await until(
      () => sample('db.hospital.test', 'verify-full', ca),
      (seen) => !seen.ok,
    );
    expect(expired.detail).toMatch(/its certificate has expired; renew it on the server \(CERT_HAS_EXPIRED\)$/);
    appendFileSync(join(data, 'postgresql.conf'), 'ssl = off\n');
    server.kill('SIGHUP');
    const off = await until(
      () => sample('db.hospital.test', 'verify-full', ca),
      (seen) => !seen.detail.includes('expired'),
    );
    expect(off.detail).toMatch(/TLS: it offers no TLS; turn `ssl` on there, or ask for sslmode=disable/);
  });
});
