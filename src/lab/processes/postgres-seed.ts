// Makes the one data folder from which all databases of the lab are copied cold: initdb once, the schema through
// PostgreSQL's single-user mode, no server started.
import { spawn } from 'node:child_process';
import { appendFile, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refuseClosed } from './kept-process.ts';
import { LabError } from './lab-error.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { DATABASE, USER } from './postgres-server.ts';
import type { ReaperLink } from './reaper-link.ts';

// Durable, small, and quick to notice that the other side is back or gone. Shared memory goes into the data folder,
// so that nothing of it stays behind. A retry interval of 5 s, the default, can delay a promotion by as much.
const SETTINGS = `
listen_addresses = ''
max_connections = 20
shared_buffers = 16MB
max_wal_senders = 4
max_replication_slots = 0
wal_level = replica
wal_keep_size = 64MB
min_wal_size = 8MB
max_wal_size = 256MB
fsync = on
full_page_writes = on
synchronous_commit = on
hot_standby = on
wal_retrieve_retry_interval = 100ms
wal_receiver_timeout = 5s
wal_receiver_status_interval = 1s
wal_sender_timeout = 5s
dynamic_shared_memory_type = mmap
io_method = sync
autovacuum = off
max_logical_replication_workers = 0
max_parallel_workers = 0
log_destination = stderr
logging_collector = off
log_line_prefix = '%m [%p] '
timezone = UTC
`;

const SCHEMA = [
  'create table observation (id text primary key, version int not null, body jsonb not null, updated_at timestamptz not null);',
  'create table dr_heartbeat (node text primary key, epoch int not null, seq bigint not null, ts timestamptz not null);',
];

/** Leaves a cleanly stopped cluster in `folder`, owned by whoever runs PostgreSQL. Takes about 1.5 s. */
export async function seedPostgres(binaries: PostgresBinaries, folder: string, reaper: ReaperLink): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  if (binaries.runAs !== undefined) await chown(folder, binaries.runAs.uid, binaries.runAs.gid);
  const run = (program: string, args: readonly string[], input: string): Promise<void> =>
    feed(binaries, reaper, folder, program, args, input);
  await run(
    binaries.initdb,
    ['-D', folder, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions', '--wal-segsize=1'],
    '',
  );
  await appendFile(join(folder, 'postgresql.conf'), SETTINGS);
  // The socket is below a folder that only this user may enter; `trust` is for those who are in.
  await writeFile(join(folder, 'pg_hba.conf'), 'local all all trust\nlocal replication all trust\n');
  await run(binaries.postgres, ['--single', '-D', folder, 'postgres'], `create database ${DATABASE};\n`);
  await run(binaries.postgres, ['--single', '-D', folder, DATABASE], `${SCHEMA.join('\n')}\n`);
}

async function feed(
  { env, runAs }: PostgresBinaries,
  reaper: ReaperLink,
  cwd: string,
  program: string,
  args: readonly string[],
  input: string,
): Promise<void> {
  // One that starts while the lab ends would make the folder again.
  refuseClosed(reaper);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...env }, ...runAs, cwd, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    reaper.watch(child.pid, 'child');
    let said = '';
    const hear = (data: Buffer): void => void (said = (said + data.toString('utf8')).slice(-4_000));
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const fail = (why: string): void =>
      reject(
        new LabError('LAB_POSTGRES_FAILED', `${program} ${args[0] ?? ''} failed (${why}): ${said.trim()}`, 'see the message of PostgreSQL'),
      );
    child.once('error', (error) => fail(error.message));
    // Single-user mode exits with 0 even when a statement failed.
    child.once('close', (code, name) => {
      reaper.forget(child.pid);
      if (code === 0 && !/\b(ERROR|FATAL|PANIC):/.test(said)) resolve();
      else fail(name ?? `exit ${code ?? '?'}`);
    });
  });
}
