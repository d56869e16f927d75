// A base backup of a running primary by PostgreSQL's own low-level functions, file by file: the replacement for
// pg_basebackup, which the npm package does not ship.
import { chown, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyTree, type Owner } from './copy-tree.ts';
import type { PostgresServer } from './postgres-server.ts';

// As pg_basebackup leaves them out. The WAL is copied last, up to the end of the backup.
const LEFT_OUT =
  /^(postmaster\.(pid|opts)|standby\.signal|recovery\.signal|backup_label|tablespace_map|pg_wal\/.+|(pg_dynshmem|pg_notify|pg_replslot|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)\/.+)$/;

/** Replaces what is in `target` by a copy of `source` from which a standby can start. The folder itself stays. */
export async function copyLive(source: PostgresServer, target: string, owner: Owner | undefined): Promise<void> {
  const session = await source.session(10_000);
  try {
    await session.query("select pg_backup_start('resus', true)");
    // The folder stays because PostgreSQL finds shared memory that a killed predecessor left by the folder's identity.
    for (const name of await readdir(target)) await rm(join(target, name), { recursive: true, force: true });
    await copyTree(source.place.dataFolder, target, { owner, skip: (path) => LEFT_OUT.test(path) });
    const { rows } = await session.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    // With the WAL of the backup at hand the copy is consistent also when nothing can be streamed.
    await copyTree(join(source.place.dataFolder, 'pg_wal'), join(target, 'pg_wal'), { owner, skip: (path) => path.includes('/') });
    await give(join(target, 'backup_label'), rows[0]?.labelfile ?? '', owner);
    await markStandby(target, owner);
  } finally {
    await session.end().catch(() => undefined);
  }
}

/** The next start on this folder is as a standby. */
export const markStandby = (dataFolder: string, owner: Owner | undefined): Promise<void> =>
  give(join(dataFolder, 'standby.signal'), '', owner);

async function give(path: string, text: string, owner: Owner | undefined): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  if (owner !== undefined) await chown(path, owner.uid, owner.gid);
}
