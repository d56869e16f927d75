// The embedded journal: one SQLite file (WAL, synchronous=FULL), one writer in a worker thread, reads on this thread.
import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Hash } from '../core/values.ts';
import { JournalError } from '../journal/journal-error.ts';
import type { Journal } from '../ports.ts';
import { journalErrorFrom } from './sqlite-errors.ts';
import { type Database, openForReading } from './sqlite-schema.ts';
import type { Answer, Job, WriterData } from './sqlite-writer.ts';

export type SqliteOptions = {
  /** Kept free for closing entries when the disk is full. Default 4 MiB, about 10,000 entries; 0 keeps none. */
  readonly reserveBytes?: number;
  /** The journal refuses to grow past this, reserve included (`JOURNAL_FULL`). Default 0: as far as the disk goes. */
  readonly maxBytes?: number;
};
export interface SqliteJournal extends Journal {
  /** `spent`: the disk filled up and the reserve is gone. Finish what runs, start nothing, free space, start again. */
  headroom(): 'whole' | 'spent';
}

/**
 * Opens the journal, making file and folder (modes 0600 and 0700) where missing. Rejects with `JOURNAL_LOCKED` when another
 * process or handle has it open, `JOURNAL_CORRUPT`, `JOURNAL_UNWRITABLE`, `JOURNAL_FULL` or `UNKNOWN_VERSION`.
 * After `JOURNAL_UNWRITABLE` from `append` every later call fails the same way until the journal is opened again.
 */
export async function openSqlite(path: string, { reserveBytes = 4 << 20, maxBytes = 0 }: SqliteOptions = {}): Promise<SqliteJournal> {
  const file = resolve(path);
  try {
    makePrivate(file);
  } catch (error) {
    throw journalErrorFrom(error, file, 'open');
  }
  const writer = new WriterThread({ file, reserveBytes, maxBytes });
  await writer.opened;
  let reader: Database;
  try {
    reader = openForReading(file);
  } catch (error) {
    await writer.close();
    throw journalErrorFrom(error, file, 'open');
  }
  return new OpenJournal(file, writer, reader);
}

class OpenJournal implements SqliteJournal {
  readonly #file: string;
  readonly #writer: WriterThread;
  readonly #reader: Database;
  readonly #page;
  readonly #blob;
  readonly #checkpoint;

  constructor(file: string, writer: WriterThread, reader: Database) {
    this.#file = file;
    this.#writer = writer;
    this.#reader = reader;
    this.#page = reader.prepare('select line from entry where seq >= ? order by seq limit 256', { returnArrays: true });
    this.#blob = reader.prepare('select bytes from blob where hash = ?');
    this.#checkpoint = reader.prepare('select size, note from checkpoint order by id desc limit 1');
  }

  append(batch: Parameters<Journal['append']>[0]): Promise<void> {
    return this.#writer.send({ kind: 'append', batch });
  }
  saveCheckpoint(size: number, note: string): Promise<void> {
    return this.#writer.send({ kind: 'checkpoint', size, note });
  }
  size(): number {
    return this.#writer.size;
  }
  headroom(): 'whole' | 'spent' {
    return this.#writer.isReserveHeld ? 'whole' : 'spent';
  }
  /** A page at a time, so that a journal of any size can be read. Lines appended meanwhile are seen. */
  *read(fromSeq: number): Generator<string> {
    for (let next = fromSeq; ;) {
      const from = next;
      const rows = this.#reading(() => this.#page.all(from)) as readonly (readonly [string])[];
      if (rows.length === 0) return;
      for (const [line] of rows) yield line;
      next += rows.length;
    }
  }
  blob(hash: Hash): Uint8Array | undefined {
    const row = this.#reading(() => this.#blob.get(hash)) as { readonly bytes: Uint8Array } | undefined;
    return row === undefined ? undefined : new Uint8Array(row.bytes);
  }
  lastCheckpoint(): { readonly size: number; readonly note: string } | undefined {
    const row = this.#reading(() => this.#checkpoint.get()) as { readonly size: number; readonly note: string } | undefined;
    return row === undefined ? undefined : { size: row.size, note: row.note };
  }
  async close(): Promise<void> {
    if (this.#reader.isOpen) this.#reader.close();
    await this.#writer.close();
  }

  #reading<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw journalErrorFrom(error, this.#file, 'read');
    }
  }
}

type Waiting = { readonly resolve: () => void; readonly reject: (error: JournalError) => void };
type Order = { [K in Job['kind']]: Omit<Extract<Job, { readonly kind: K }>, 'id'> }[Job['kind']];

/** The other end of `sqlite-writer.ts`. Idle, it does not keep the process alive. */
class WriterThread {
  readonly opened: Promise<void>;
  size = 0;
  isReserveHeld = false;
  readonly #file: string;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  #lastId = 0;
  #gone: JournalError | undefined;

  constructor(data: WriterData) {
    this.#file = data.file;
    this.#worker = startWorker(data);
    this.#worker.on('message', (answer: Answer) => this.#settle(answer));
    this.#worker.on('error', (error) => this.#lose(journalErrorFrom(error, data.file, 'write')));
    this.#ended = new Promise((resolveEnded) => {
      this.#worker.once('exit', () => {
        this.#lose(new JournalError('JOURNAL_UNWRITABLE', `the journal ${data.file} is closed; open it again`));
        resolveEnded();
      });
    });
    this.opened = new Promise((resolveOpened, reject) => this.#waiting.set(0, { resolve: resolveOpened, reject }));
  }

  send(order: Order): Promise<void> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolveSent, reject) => {
      this.#waiting.set(id, { resolve: resolveSent, reject });
      this.#worker.ref();
      this.#worker.postMessage({ ...order, id });
    });
  }
  async close(): Promise<void> {
    if (this.#gone === undefined) {
      const closed = this.send({ kind: 'close' });
      this.#gone = new JournalError('JOURNAL_UNWRITABLE', `the journal ${this.#file} is closed; open it again`);
      await closed;
      this.#worker.ref();
    }
    await this.#ended;
  }

  #settle({ id, size, isReserveHeld, error }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    this.size = size;
    this.isReserveHeld = isReserveHeld;
    if (error === undefined) waiting?.resolve();
    else waiting?.reject(new JournalError(error.code, error.message));
    if (this.#waiting.size === 0) this.#worker.unref();
  }
  #lose(error: JournalError): void {
    this.#gone ??= error;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}

/** Built, the worker is JavaScript. From source it is TypeScript, which tsx must teach the new thread first. */
function startWorker(workerData: WriterData): Worker {
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./sqlite-writer.js', import.meta.url), { workerData });
  const tsx = new URL('esm/api/index.mjs', pathToFileURL(createRequire(import.meta.url).resolve('tsx'))).href;
  const entry = new URL('./sqlite-writer.ts', import.meta.url).href;
  return new Worker(`import('${tsx}').then(({ register }) => { register(); return import('${entry}'); });`, { workerData, eval: true });
}

/** Folder 0700, file 0600: also a file that came from elsewhere with wider modes. */
function makePrivate(file: string): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  const fd = openSync(folder, 'r');
  fsyncSync(fd);
  closeSync(fd);
}
