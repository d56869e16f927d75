// The writer of an embedded journal, in a worker thread: while one group of batches syncs, the next gathers in the port, and a
// disk that stalls delays nobody's probes. Everything that waits is committed in one transaction; a batch is never split.
import { DatabaseSync } from '@photostructure/sqlite';
import { closeSync, openSync } from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { sha256 } from '../journal/hash.ts';
import { JournalError, type JournalErrorCode } from '../journal/journal-error.ts';
import type { Batch } from '../ports.ts';
import { holdReserve, type Reserve } from './reserve.ts';
import { journalErrorFrom } from './sqlite-errors.ts';
import { type Database, numberOf, openForWriting } from './sqlite-schema.ts';

export type WriterData = { readonly file: string; readonly reserveBytes: number; readonly maxBytes: number };
export type Job =
  | { readonly id: number; readonly kind: 'append'; readonly batch: Batch }
  | { readonly id: number; readonly kind: 'checkpoint'; readonly size: number; readonly note: string }
  | { readonly id: number; readonly kind: 'close' };
/** Id 0 answers the opening. */
export type Answer = {
  readonly id: number;
  readonly size: number;
  readonly isReserveHeld: boolean;
  readonly error?: { readonly code: JournalErrorCode; readonly message: string };
};
type Write = Exclude<Job, { readonly kind: 'close' }>;

/** More lines than this wait for the next transaction: an answer should not take seconds. */
const groupLines = 4096;

class Writer {
  readonly #file: string;
  readonly #maxBytes: number;
  readonly #reserveBytes: number;
  readonly #lock: Database;
  readonly #db: Database;
  readonly #reserve: Reserve;
  readonly #insertLine;
  readonly #insertBlob;
  readonly #insertCheckpoint;
  readonly #updateHead;
  #size: number;
  #epoch: number;
  #broken: JournalError | undefined;

  constructor({ file, reserveBytes, maxBytes }: WriterData) {
    this.#file = file;
    this.#maxBytes = maxBytes;
    this.#reserveBytes = reserveBytes;
    this.#lock = lockAgainstOthers(`${file}.lock`);
    closeSync(openSync(file, 'a', 0o600)); // SQLite gives its side files the mode that it finds on this one.
    this.#db = openForWriting(file);
    this.#reserve = holdReserve(`${file}.reserve`, reserveBytes);
    this.#limit();
    this.#insertLine = this.#db.prepare('insert into entry (seq, line) values (?, ?)');
    this.#insertBlob = this.#db.prepare('insert into blob (hash, bytes) values (?, ?) on conflict do nothing');
    this.#insertCheckpoint = this.#db.prepare('insert into checkpoint (size, note) values (?, ?)');
    this.#updateHead = this.#db.prepare('update head set epoch = ?, size = ?');
    this.#size = numberOf(this.#db, 'select size from head');
    this.#epoch = numberOf(this.#db, 'select epoch from head');
    const entries = numberOf(this.#db, 'select count(*) from entry');
    const past = numberOf(this.#db, 'select coalesce(max(seq) + 1, 0) from entry');
    if (entries !== this.#size || past !== this.#size) {
      throw new JournalError(
        'JOURNAL_CORRUPT',
        `the journal ${file} should hold ${this.#size} entries and holds ${entries}; keep the file, and restore the newest backup or bundle beside it`,
      );
    }
  }

  answer(id: number, error?: JournalError): Answer {
    const { code, message } = error ?? {};
    return {
      id,
      size: this.#size,
      isReserveHeld: this.#reserve.isHeld(),
      ...(code === undefined || message === undefined ? {} : { error: { code, message } }),
    };
  }

  /** One transaction for all of them. When that fails for want of space they are tried one by one, in order. */
  write(jobs: readonly Write[]): readonly Answer[] {
    if (this.#broken !== undefined) return jobs.map(({ id }) => this.answer(id, this.#broken));
    try {
      return this.#commit(jobs);
    } catch (cause) {
      const error = journalErrorFrom(cause, this.#file, 'write');
      if (error.code === 'JOURNAL_FULL' && this.#reserve.isHeld()) {
        this.#reserve.spend();
        this.#limit();
        return this.write(jobs);
      }
      if (error.code === 'JOURNAL_FULL' && jobs.length > 1) return jobs.flatMap((job) => this.write([job]));
      // After a failed sync nobody knows what the disk holds: only opening it again tells.
      if (error.code !== 'JOURNAL_FULL') this.#broken = error;
      return jobs.map(({ id }) => this.answer(id, error));
    }
  }

  close(): void {
    if (this.#db.isOpen) {
      try {
        this.#db.exec('pragma wal_checkpoint(truncate)');
      } catch {
        // Only tidies: on a full disk the log stays beside the file and is read at the next start.
      }
      this.#db.close();
    }
    if (this.#lock.isOpen) this.#lock.close();
  }

  #commit(jobs: readonly Write[]): readonly Answer[] {
    const before = { size: this.#size, epoch: this.#epoch };
    const refused = new Map<number, JournalError>();
    try {
      this.#db.exec('begin immediate');
      for (const job of jobs) {
        const refusal = this.#refusal(job);
        if (refusal !== undefined) refused.set(job.id, refusal);
        else if (job.kind === 'append') this.#append(job.batch);
        else this.#insertCheckpoint.run(job.size, job.note);
      }
      if (this.#size !== before.size || this.#epoch !== before.epoch) this.#updateHead.run(this.#epoch, this.#size);
      this.#db.exec('commit');
    } catch (error) {
      this.#size = before.size;
      this.#epoch = before.epoch;
      if (this.#db.isTransaction) this.#db.exec('rollback');
      throw error;
    }
    return jobs.map(({ id }) => this.answer(id, refused.get(id)));
  }

  #append({ epoch, lines, blobs }: Batch): void {
    for (const { hash, bytes } of blobs ?? []) this.#insertBlob.run(hash, bytes);
    for (const [i, line] of lines.entries()) this.#insertLine.run(this.#size + i, line);
    this.#size += lines.length;
    this.#epoch = epoch;
  }

  /** What is wrong with a job by itself; the rest of its group goes on. */
  #refusal(job: Write): JournalError | undefined {
    if (job.kind === 'checkpoint') {
      return job.size <= this.#size
        ? undefined
        : this.#conflict(`a checkpoint over ${job.size} entries came before they were durable (${this.#size} are)`);
    }
    const { epoch, lines, blobs } = job.batch;
    if (epoch < this.#epoch) {
      return new JournalError(
        'STALE_EPOCH',
        `the journal ${this.#file} is in epoch ${this.#epoch}, this batch in ${epoch}: another leader took over; stop this one`,
      );
    }
    const wrong = lines.findIndex((line, i) => seqOf(line) !== this.#size + i);
    if (wrong >= 0) return this.#conflict(`entry ${this.#size + wrong} should come next, not ${seqOf(lines[wrong] ?? '')}`);
    const unlike = blobs?.find(({ hash, bytes }) => sha256(bytes) !== hash);
    return unlike === undefined ? undefined : this.#conflict(`the blob ${unlike.hash} does not have that hash`);
  }
  #conflict(what: string): JournalError {
    return new JournalError(
      'JOURNAL_CONFLICT',
      `the journal ${this.#file} refuses the batch: ${what}; nothing of it was kept: stop and start again from what the journal holds`,
    );
  }

  /** A quota counts like a small disk: the reserve is part of it until spent. */
  #limit(): void {
    if (this.#maxBytes === 0) return;
    const bytes = this.#maxBytes - (this.#reserve.isHeld() ? this.#reserveBytes : 0);
    this.#db.exec(`pragma max_page_count = ${Math.max(1, Math.floor(bytes / numberOf(this.#db, 'pragma page_size')))}`);
  }
}

/** The envelope's own `seq`: the last one of a canonical line, since quotes inside its strings are escaped. */
function seqOf(line: string): number {
  const at = line.lastIndexOf('"seq":');
  return at < 0 ? Number.NaN : Number.parseInt(line.slice(at + 6, at + 22), 10);
}

/** An exclusive lock on a file beside the journal, held as long as this process lives; the system lets it go, however we end. */
function lockAgainstOthers(file: string): Database {
  closeSync(openSync(file, 'a', 0o600));
  const db = new DatabaseSync(file, { timeout: 0 });
  db.exec('begin exclusive');
  return db;
}

function serve(): void {
  if (parentPort === null) throw new Error('the journal writer runs as a worker thread only');
  const port = parentPort;
  const data = workerData as WriterData;
  let writer: Writer;
  try {
    writer = new Writer(data);
  } catch (cause) {
    const { code, message } = journalErrorFrom(cause, data.file, 'open');
    port.postMessage({ id: 0, size: 0, isReserveHeld: false, error: { code, message } } satisfies Answer);
    port.close();
    return;
  }
  port.postMessage(writer.answer(0));
  port.on('message', (first: Job) => {
    let next: Job | undefined = first;
    while (next !== undefined) {
      const group: Write[] = [];
      let lines = 0;
      while (next !== undefined && next.kind !== 'close' && lines < groupLines) {
        group.push(next);
        lines += next.kind === 'append' ? next.batch.lines.length : 1;
        next = (receiveMessageOnPort(port) as { readonly message: Job } | undefined)?.message;
      }
      for (const answer of group.length === 0 ? [] : writer.write(group)) port.postMessage(answer);
      if (next?.kind === 'close') {
        writer.close();
        port.postMessage(writer.answer(next.id));
        port.close();
        return;
      }
    }
  });
}
serve();
