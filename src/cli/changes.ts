// Looking again when files change. Folders are watched, not files: editors save by putting a new file in the place of the old one,
// and a watch of that would stay with the old.
import { readdirSync, realpathSync, statSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CliError } from './cli-error.ts';

export type Watching = {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** How long nothing more must change: an editor or a checkout changes many files one after the other. */
  readonly quietMs: number;
};

/** Looks at once, then after each change under the paths, never twice at a time. A change during a look is looked at after it. */
export async function onEachChange(paths: readonly string[], look: () => Promise<void>, { signal, quietMs }: Watching): Promise<void> {
  for (;;) {
    // Before the look, so that what changes while it goes on is not missed.
    const changed = nextChange(paths, { signal, quietMs });
    await look();
    if (!(await changed)) return;
  }
}

/** Whether something changed; false when it was ended. Folders that come later are found by the next call. */
function nextChange(paths: readonly string[], { signal, quietMs }: Watching): Promise<boolean> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const given = new Set(paths.map((path) => basename(path)));
    const watchers = [...foldersOf(paths)].map((folder) => watcherOf(folder, (name) => isOurs(name, given) && changed()));
    const end = (isChanged: boolean): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      for (const each of watchers) each.close();
      resolve(isChanged);
    };
    const stop = (): void => end(false);
    const changed = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => end(true), quietMs);
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });
}

/** A name without an extension may be a folder; of the others only YAML and what was named counts. */
const isOurs = (name: string | null, given: ReadonlySet<string>): boolean =>
  name === null || given.has(name) || (!name.startsWith('.') && (/\.ya?ml$/i.test(name) || !name.includes('.')));

function watcherOf(folder: string, changed: (name: string | null) => void): { close(): void } {
  try {
    const watcher = watch(folder, (_event, name) => changed(name));
    // A folder that is removed ends its watch with an error; the one above it tells of that.
    watcher.on('error', () => changed(null));
    return watcher;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { close: () => undefined };
    throw new CliError(
      1,
      'WATCH_FAILED',
      `${folder} cannot be watched (${code ?? 'unknown error'}).`,
      code === 'ENOSPC' || code === 'EMFILE'
        ? 'Raise the number of files that the system lets one watch (Linux: fs.inotify.max_user_watches), or name fewer folders.'
        : 'Give this user the right to read it.',
    );
  }
}

/** Every folder of the paths, all the way down, with links followed once; of a file the one that holds it; of nothing the nearest above. */
function foldersOf(paths: readonly string[]): ReadonlySet<string> {
  const folders = new Set<string>();
  const visit = (path: string): void => {
    let real: string;
    try {
      real = realpathSync(path);
    } catch {
      if (dirname(path) !== path) addNearest(dirname(path));
      return;
    }
    if (!isFolder(real)) return void folders.add(dirname(real));
    if (folders.has(real)) return;
    folders.add(real);
    for (const entry of entriesOf(real))
      if (!entry.name.startsWith('.') && (entry.isDirectory() || entry.isSymbolicLink()) && isFolder(join(real, entry.name)))
        visit(join(real, entry.name));
  };
  const addNearest = (path: string): void => {
    if (isFolder(path)) folders.add(path);
    else if (dirname(path) !== path) addNearest(dirname(path));
  };
  for (const path of paths) visit(path);
  return folders;
}
const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
