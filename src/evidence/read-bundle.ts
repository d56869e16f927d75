// The files of a bundle as they lie on the disk: regular files only, no links, no surprises in names, bounded in size.
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { EvidenceError } from './evidence-error.ts';

const maxFileBytes = 512 * 1024 * 1024;
const maxFiles = 100_000;

export type Found = { readonly files: ReadonlyMap<string, Uint8Array>; readonly strangers: readonly string[] };

/** `strangers`: what has no place in a bundle, with the reason. Throws `NO_BUNDLE` when there is nothing to check at all. */
export function readBundle(dir: string): Found {
  const files = new Map<string, Uint8Array>();
  const strangers: string[] = [];
  const walk = (folder: string): void => {
    const names = readdirSync(folder).sort();
    if (names.length === 0 && folder !== dir) strangers.push(`${nameOf(folder)} is an empty folder`);
    for (const name of names) {
      const path = join(folder, name);
      const stat = lstatSync(path);
      if (files.size + strangers.length > maxFiles)
        throw new EvidenceError('NO_BUNDLE', `${dir} holds more than ${maxFiles} files; this is no bundle`);
      if (stat.isDirectory()) walk(path);
      else if (!stat.isFile()) strangers.push(`${nameOf(path)} is ${stat.isSymbolicLink() ? 'a symbolic link' : 'no regular file'}`);
      else if (stat.size > maxFileBytes) strangers.push(`${nameOf(path)} is larger than ${maxFileBytes} bytes`);
      else files.set(nameOf(path), readFileSync(path));
    }
  };
  const nameOf = (path: string): string => relative(dir, path).split(sep).join('/');
  try {
    if (!lstatSync(dir).isDirectory()) throw new EvidenceError('NO_BUNDLE', `${dir} is no folder; name the folder that holds SHA256SUMS`);
    walk(dir);
  } catch (error) {
    if (error instanceof EvidenceError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new EvidenceError(
      'NO_BUNDLE',
      code === 'ENOENT' ? `there is no folder ${dir}; name the folder that holds SHA256SUMS` : `cannot read ${dir}: ${message}`,
      { cause: error },
    );
  }
  if (files.size === 0) throw new EvidenceError('NO_BUNDLE', `${dir} is empty; name the folder that holds SHA256SUMS`);
  return { files, strangers };
}
