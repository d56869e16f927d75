// Streams that remember, for commands run as functions.
import type { Io } from '../../src/cli/io.ts';

export type Recorded = Io & { readonly printed: () => string; readonly complained: () => string };
export function recordedIo(more: Partial<Io> = {}): Recorded {
  const out: string[] = [];
  const err: string[] = [];
  return {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    isTty: false,
    columns: 120,
    color: false,
    env: {},
    now: () => Date.now(),
    ask: () => Promise.resolve(undefined),
    readFile: () => {
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    },
    signal: new AbortController().signal,
    exit: () => undefined,
    ...more,
    printed: () => out.join(''),
    complained: () => err.join(''),
  };
}
