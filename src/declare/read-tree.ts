// From paths to texts: every `.yaml` and `.yml` file in the given files and folders, bounded before anything is read.
// What cannot be read is a problem with its path, never an exception.
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceFile } from './declare.ts';
import type { Code, Problem } from './problem.ts';
import { limits, tooLarge } from './read.ts';

export type Tree = { readonly files: readonly SourceFile[]; readonly problems: readonly Problem[] };
const most = { files: 50_000, depth: 32 } as const;

/** The texts in the order of their paths, each file once. Folders are searched all the way down; names that begin with a dot are left out. */
export async function readTree(paths: readonly string[]): Promise<Tree> {
  const wanted: { readonly path: string; readonly real: string }[] = [];
  const problems: Problem[] = [];
  const seen = new Set<string>();
  let full = false;
  /** Counts a file that is found twice, too: only a path that leads to none is a mistake. */
  let found = 0;
  const say = (file: string, code: Code, message: string, remedy: string): void => {
    problems.push({ file, line: 1, column: 1, code, severity: 'error', message, remedy });
  };

  const want = (path: string, real: string): void => {
    found++;
    if (seen.has(real)) return;
    seen.add(real);
    full ||= wanted.length >= most.files;
    if (full) say(path, 'TOO_MANY_FILES', `there are more than ${most.files} files`, 'name fewer folders');
    else wanted.push({ path, real });
  };
  /** `given`: named by a person, so that every extension is taken. `above`: the real folders that hold it. */
  const visit = async (path: string, given: boolean, above: readonly string[]): Promise<void> => {
    if (full) return;
    let real: string;
    let info;
    try {
      real = await realpath(path);
      info = await stat(real);
    } catch (error) {
      return unreadable(path, error, say);
    }
    if (info.isDirectory()) {
      if (above.includes(real)) return say(path, 'SYMLINK_LOOP', 'this link leads back to a folder that holds it', 'remove the link');
      if (above.length >= most.depth)
        return say(path, 'TREE_TOO_DEEP', `folders are nested more than ${most.depth} deep`, 'name the folder itself');
      if (seen.has(real)) return void found++;
      seen.add(real);
      let entries: Awaited<ReturnType<typeof entriesOf>>;
      try {
        entries = await entriesOf(real);
      } catch (error) {
        return unreadable(path, error, say);
      }
      const inOrder = entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
      for (const entry of inOrder) {
        const inside = join(path, entry.name);
        // A plain file is where it seems to be; asking once more would take longer than reading it.
        if (!entry.isFile()) await visit(inside, false, [...above, real]);
        else if (!full && isYaml(inside)) want(inside, join(real, entry.name));
      }
      return undefined;
    }
    if (!given && !isYaml(path)) return undefined;
    if (info.isFile()) return want(path, real);
    found++;
    return say(path, 'NOT_A_FILE', 'this is neither a file nor a folder', 'name a YAML file or a folder of them');
  };
  for (const path of paths) {
    const before = found + problems.length;
    await visit(path, true, []);
    if (found + problems.length === before)
      say(path, 'NOTHING_DECLARED', 'there is no .yaml or .yml file here', 'name files, or folders that hold some');
  }
  const files: SourceFile[] = [];
  for (let from = 0; from < wanted.length; from += atOnce) {
    const read = await Promise.all(
      wanted.slice(from, from + atOnce).map(async ({ path, real }) => {
        const said: Parameters<Say>[] = [];
        return { path, said, text: await textOf(path, real, (...problem) => void said.push(problem)) };
      }),
    );
    for (const { path, said, text } of read) {
      for (const problem of said) say(...problem);
      if (text !== undefined) files.push({ path, text });
    }
  }
  return { files, problems };
}

/** So many files are read at a time; what is found in them is said in the order of their paths. */
const atOnce = 64;
const entriesOf = (folder: string) => readdir(folder, { withFileTypes: true });
const isYaml = (path: string): boolean => /\.ya?ml$/i.test(path);

type Say = (file: string, code: Code, message: string, remedy: string) => void;

/** At most one byte over the limit is read, whatever the file has become since it was looked at. */
async function textOf(path: string, real: string, say: Say): Promise<string | undefined> {
  let file;
  try {
    file = await open(real, 'r');
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size, limits.bytes) + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    if (size > limits.bytes || length > limits.bytes) {
      const { code, message, remedy } = tooLarge(Math.max(size, length));
      say(path, code, message, remedy);
      return undefined;
    }
    return decoded(path, buffer.subarray(0, length), say);
  } catch (error) {
    unreadable(path, error, say);
    return undefined;
  } finally {
    await file?.close();
  }
}

function decoded(path: string, bytes: Uint8Array, say: Say): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    say(path, 'NOT_UTF8', 'this file is not UTF-8 text', 'save it as UTF-8');
    return undefined;
  }
}

function unreadable(path: string, error: unknown, say: Say): void {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown error';
  if (code === 'ENOENT' || code === 'ENOTDIR') return say(path, 'PATH_MISSING', 'there is no such file or folder', 'check the path');
  if (code === 'ELOOP') return say(path, 'SYMLINK_LOOP', 'this link leads to itself', 'remove the link');
  say(
    path,
    'PATH_UNREADABLE',
    `this cannot be read: ${code}`,
    code === 'EACCES' || code === 'EPERM' ? 'give this user the right to read it' : 'check the path and the disk',
  );
}
