// A controller whose moments are in a test's hands: the program's own `serve` with its own journal on disk, and a hook around every append.
// Told of a point, it ends there as `kill -9` ends it. It stands alone as JavaScript once its types are gone: `node controller.js DIST CONFIG POINT [TEXT]`;
// with a text, the process stops itself (SIGSTOP) inside the write that would put it on the wire.
import { Socket } from 'node:net';
import { createHash, randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import type { Batch, Blob, Journal } from '../../../src/ports.ts';
import type { Hash } from '../../../src/core/values.ts';
import type { Phase } from './wire.ts';

/**
 * How a journal fails at an append. `full`: the store itself finds no space. `unwritable`: nothing of the batch is kept. `unsure`: all of it
 * is, and the writer does not hear of it.
 */
export type Failure = 'full' | 'unwritable' | 'unsure';
/** With a `failure` the journal fails there; without, the process dies. */
export type Point = { readonly name: string; readonly nth: number; readonly phase: Phase; readonly failure?: Failure };
export type FromController =
  | { readonly append: { readonly name: string; readonly nth: number } }
  /** The journal held that many entries, and was given so many more, when it failed. */
  | { readonly failed: { readonly size: number; readonly more: number } }
  | { readonly armed: true };
export type ToController = { readonly arm: Point | null };

/** What an append holds: the kinds of its entries and, where they speak of one, their steps. Verdicts count once however many they are. */
export function nameOf({ lines }: Batch): string {
  const names = lines.map((line) => {
    const { type, data } = JSON.parse(line) as { type: string; data: { step?: string } };
    return data.step === undefined ? type : `${type} ${data.step}`;
  });
  return `append ${[...new Set(names)].join(' + ')}`;
}

/** Writes of the journal that are under way: a process that is stopped in one would keep the file locked. */
let writing = 0;
async function counted(write: () => Promise<void>): Promise<void> {
  writing += 1;
  await write().finally(() => (writing -= 1));
}

type Passing = (name: string) => {
  readonly failure: Failure | undefined;
  readonly pass: (phase: Phase) => void;
  readonly failed: (more: number, size: number) => void;
};

class WatchedJournal implements Journal {
  readonly #journal: Journal;
  readonly #passing: Passing;
  constructor(journal: Journal, passing: Passing) {
    this.#journal = journal;
    this.#passing = passing;
  }
  async append(batch: Batch): Promise<void> {
    const { failure, pass, failed } = this.#passing(nameOf(batch));
    pass('before');
    const size = this.#journal.size();
    try {
      if (failure === 'full') await fill(this.#journal, batch.epoch);
      if (failure === 'unwritable') throw new Error('cannot write the journal: disk I/O error');
      await counted(() => this.#journal.append(batch));
      if (failure === 'unsure') throw new Error('cannot write the journal: disk I/O error');
    } catch (error) {
      failed(batch.lines.length, size);
      throw error;
    }
    pass('after');
  }
  read(fromSeq: number): Iterable<string> {
    return this.#journal.read(fromSeq);
  }
  headroom(): 'whole' | 'spent' {
    return this.#journal.headroom?.() ?? 'whole';
  }
  size(): number {
    return this.#journal.size();
  }
  blob(hash: Hash): Blob['bytes'] | undefined {
    return this.#journal.blob(hash);
  }
  saveCheckpoint(size: number, note: string): Promise<void> {
    return counted(() => this.#journal.saveCheckpoint(size, note));
  }
  lastCheckpoint(): ReturnType<Journal['lastCheckpoint']> {
    return this.#journal.lastCheckpoint();
  }
  close(): Promise<void> {
    return this.#journal.close();
  }
}

/** Until not even the smallest thing fits. */
async function fill(journal: Journal, epoch: number): Promise<void> {
  for (let bytes = 1 << 20; bytes >= 16;) {
    const filling = randomBytes(bytes);
    const blob = { hash: createHash('sha256').update(filling).digest('hex') as Hash, bytes: filling };
    try {
      await journal.append({ epoch, lines: [], blobs: [blob] });
    } catch {
      bytes /= 4;
    }
  }
}
/** Room for some runs; space is freed whenever the journal is opened again. */
const roomBytes = 3 << 20;
const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

async function main(dist: string, config: string, first: Point | null): Promise<void> {
  const at = (path: string): string => pathToFileURL(join(dist, path)).href;
  const { serve } = (await import(at('serve.js'))) as typeof import('../../../src/serve.ts');
  const { openSqlite } = (await import(at('stores/sqlite.js'))) as typeof import('../../../src/stores/sqlite.ts');
  const { stderrLog } = (await import(at('runtime/log.js'))) as typeof import('../../../src/runtime/log.ts');
  let armed = first;
  const counts = new Map<string, number>();
  const tell = (message: FromController): void => void process.send?.(message);
  process.on('message', ({ arm }: ToController) => {
    armed = arm;
    counts.clear();
    tell({ armed: true });
  });
  process.once('disconnect', () => process.exit(0));
  const passing: Passing = (name) => {
    const nth = (counts.get(name) ?? 0) + 1;
    counts.set(name, nth);
    tell({ append: { name, nth } });
    const here = armed?.name === name && armed.nth === nth ? armed : null;
    return {
      failure: here?.failure,
      pass: (phase) => {
        // The kernel ends us on the way back from this call: nothing of ours runs after it.
        if (here !== null && here.failure === undefined && here.phase === phase) process.kill(process.pid, 'SIGKILL');
      },
      failed: (more, size) => tell({ failed: { size, more } }),
    };
  };
  const { url } = await serve(config, '0.0.0-matrix', stderrLog('warn'), {
    openJournal: async (file) => {
      const maxBytes = sizeOf(file) + sizeOf(`${file}-wal`) + roomBytes;
      return new WatchedJournal(await openSqlite(file, { reserveBytes: 65_536, maxBytes }), passing);
    },
  });
  process.stdout.write(`${url}\n`);
}

type Data = string | Uint8Array | readonly { readonly chunk: string | Uint8Array }[];
type Written = (this: Socket, isMany: boolean, data: Data, encoding: string, done: () => void) => void;
const textOf = (data: Data): string =>
  typeof data === 'string'
    ? data
    : data instanceof Uint8Array
      ? Buffer.from(data).toString('latin1')
      : data.map(({ chunk }) => textOf(chunk)).join('');

/** Once: the connection stands, every check is behind it, and the next thing that happens is the system call. */
function stopBefore(text: string): void {
  const sockets = Socket.prototype as unknown as { _writeGeneric: Written };
  const write = Reflect.get(sockets, '_writeGeneric') as Written;
  let isPast = false;
  sockets._writeGeneric = function (...args): void {
    const go = (): void => write.apply(this, args);
    const stopThenGo = (): void => {
      if (writing > 0) return void setTimeout(stopThenGo, 2);
      process.kill(process.pid, 'SIGSTOP');
      go();
    };
    // Before it is connected, a socket comes here again when it is.
    if (isPast || this.connecting || !textOf(args[1]).includes(text)) return go();
    isPast = true;
    stopThenGo();
  };
}

const [, , dist = '', config = '', point = 'null', text] = process.argv;
if (text !== undefined) stopBefore(text);
await main(dist, config, JSON.parse(point) as Point | null);
