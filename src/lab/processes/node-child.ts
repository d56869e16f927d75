// Starts one of our own programs as a process of its own. It leads its own session, so that Ctrl-C reaches only the lab's
// parent, and ends when its standard input does, so that it does not outlive that parent unless it is stopped.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';

export type NodeChild = ChildProcessByStdio<Writable, Readable, null>;

/** `program` is the name of a file without its ending, relative to `from` (an `import.meta.url`). Standard error is ours. */
export function spawnNode(
  program: string,
  from: string,
  args: readonly string[],
  options: { cwd: string; env?: Record<string, string> },
): NodeChild {
  const isSource = from.endsWith('.ts');
  const file = fileURLToPath(new URL(`${program}${isSource ? '.ts' : '.js'}`, from));
  const child = spawn(process.execPath, [...(isSource ? loaderFor(from) : []), '--max-old-space-size=128', file, ...args], {
    cwd: options.cwd,
    env: { ...inherited(), ...options.env },
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  // A write to a child that has just died is not an accident; its exit is noticed elsewhere.
  child.stdin.on('error', () => undefined);
  return child;
}

// Tests run the sources as they are. The loader is named by its whole path because the child works in another folder.
function loaderFor(from: string): string[] {
  return ['--import', pathToFileURL(createRequire(from).resolve('tsx')).href];
}

const inherited = (): Record<string, string> =>
  Object.fromEntries(
    ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
