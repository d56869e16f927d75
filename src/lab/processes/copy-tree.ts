// Copies a folder that may change meanwhile: a file that vanished is skipped, as PostgreSQL's own base backup does.
import { chown, copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from './lab-error.ts';

export type Owner = { readonly uid: number; readonly gid: number };

/** `skip` sees the path relative to the root. Folders are made 0700, files keep their mode; both go to `owner` if given. Links are not copied. */
export async function copyTree(
  from: string,
  to: string,
  options: { owner?: Owner | undefined; skip?: (path: string) => boolean } = {},
): Promise<void> {
  const own = (path: string): Promise<void> =>
    options.owner === undefined ? Promise.resolve() : chown(path, options.owner.uid, options.owner.gid);
  const copyFolder = async (path: string): Promise<void> => {
    const target = join(to, path);
    await mkdir(target, { mode: 0o700 }).catch(unlessThere);
    await own(target);
    const entries = await readdir(join(from, path), { withFileTypes: true });
    await Promise.all(
      entries.map(async (entry) => {
        const inner = path === '' ? entry.name : `${path}/${entry.name}`;
        if (options.skip?.(inner) === true) return;
        if (entry.isDirectory()) return copyFolder(inner);
        if (!entry.isFile()) return;
        try {
          await copyFile(join(from, inner), join(to, inner));
        } catch (error) {
          if (systemCodeOf(error) === 'ENOENT') return;
          throw error;
        }
        await own(join(to, inner));
      }),
    );
  };
  await copyFolder('');
}

/** For `mkdir`, never recursive here: a late writer must not make a folder again that the end of the lab has removed. */
export function unlessThere(error: unknown): void {
  if (systemCodeOf(error) !== 'EEXIST') throw error;
}
