// The ledger of what was acknowledged: ndjson segments, appended and synced in groups. An acknowledgement is on disk
// before its sample is handed to anybody, so neither `kill -9` of this process or of the controller nor the loss of
// power can make a write that a user was promised disappear from the account.
//
// Two kinds of line: {"acked": CanarySample} when the server answered, {"ended": CanarySample} when the canary is over
// (also one that failed). A canary with the first and not the second was cut short by the end of this process. The
// group commit runs beside the canaries, so a slow disk delays reports and never the measurement. A segment that a
// crash tore ends in a part of a line; readers leave that out and count it.
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CanarySample } from '../core/objective/measurement.ts';
import type { Instant } from '../core/values.ts';
import { isRecord, type Problem } from '../vantage/assignment.ts';

export type Ledger = {
  /** Durable when it resolves. Rejects with code LEDGER_FULL when too many wait for a disk that does not take them, LEDGER_CLOSED after `close`. */
  acknowledged(sample: CanarySample): Promise<void>;
  /** The same for a canary that is over. */
  ended(sample: CanarySample): Promise<void>;
  /** Every canary of this population that was sent in [from, until], of earlier processes too, in the order of sending; `damaged` counts unreadable lines. */
  read(from: Instant, until: Instant): Promise<{ readonly samples: readonly CanarySample[]; readonly damaged: number }>;
  /** Writes what waits, if the disk takes it. */
  close(): Promise<void>;
};
export type LedgerOptions = {
  /** One folder per population, made when missing. */
  readonly dir: string;
  readonly onProblem: (problem: Problem) => void;
  /** A new segment after this many bytes; 16 MiB when absent. */
  readonly segmentBytes?: number;
  /** Segments that were last written longer ago are deleted when a new one begins; 30 days when absent. */
  readonly keepMs?: number;
};

type Waiting = { readonly line: string; readonly done: () => void; readonly failed: (error: Error) => void };
const mostWaiting = 20_000;
const retryMs = 500;
const longestFlushMs = 2000;
const segmentName = /^[0-9]{15}-[0-9a-f]{8}\.ndjson$/;

/** Rejects with LEDGER_UNWRITABLE when `dir` cannot be written: better at the start than at the first acknowledgement. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const segmentBytes = options.segmentBytes ?? 16 * 1024 * 1024;
  let segment = await newSegment(options.dir, options.keepMs ?? 30 * 86_400_000);
  let waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;
  let closed = false;
  let unwritable = false;

  const writeGroup = async (group: readonly Waiting[]): Promise<void> => {
    // After a failure a part of a line may stand at the end: an empty line in front keeps it from spoiling the next.
    const text = `${unwritable ? '\n' : ''}${group.map((one) => one.line).join('')}`;
    await segment.file.appendFile(text);
    await segment.file.datasync();
    segment.bytes += Buffer.byteLength(text);
    if (segment.bytes < segmentBytes) return;
    const full = segment;
    segment = await newSegment(options.dir, options.keepMs ?? 30 * 86_400_000);
    await full.file.close();
  };
  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await writeGroup(group);
        if (unwritable)
          options.onProblem({ code: 'LEDGER_WRITABLE', message: 'the ledger takes lines again; the samples that waited are reported now' });
        unwritable = false;
        for (const one of group) one.done();
      } catch (error) {
        if (!unwritable) options.onProblem(cannotWrite(options.dir, error));
        unwritable = true;
        waiting = [...group, ...waiting];
        if (closed) break;
        await sleep(retryMs);
      }
    }
    for (const one of waiting) one.failed(failure('LEDGER_CLOSED', 'the ledger was closed before the disk took the line'));
    waiting = [];
    // In the same step as the last look at `waiting`: whoever appends after it starts the writer again.
    writing = undefined;
  };
  const append = (entry: object): Promise<void> =>
    new Promise((done, failed) => {
      if (closed) return failed(failure('LEDGER_CLOSED', 'the ledger is closed'));
      if (waiting.length >= mostWaiting) return failed(failure('LEDGER_FULL', `${mostWaiting} lines wait for the disk`));
      waiting.push({ line: `${JSON.stringify(entry)}\n`, done, failed });
      writing ??= writeAll();
    });

  return {
    acknowledged: (acked) => append({ acked }),
    ended: (ended) => append({ ended }),
    async read(from, until) {
      // What was acknowledged just now may still be on its way to the disk.
      await Promise.race([writing, sleep(longestFlushMs)]);
      return readLedger(options.dir, from, until);
    },
    async close() {
      closed = true;
      await writing;
      await segment.file.close();
    },
  };
}

async function newSegment(dir: string, keepMs: number): Promise<{ readonly file: FileHandle; bytes: number }> {
  try {
    await makeFolder(resolve(dir));
    for (const name of await segmentsOf(dir)) {
      const { mtimeMs } = await stat(join(dir, name));
      if (Date.now() - mtimeMs > keepMs) await rm(join(dir, name), { force: true });
    }
    const name = `${String(Date.now()).padStart(15, '0')}-${randomBytes(4).toString('hex')}.ndjson`;
    const file = await open(join(dir, name), 'ax', 0o600);
    await syncFolder(dir);
    return { file, bytes: 0 };
  } catch (error) {
    const { code, message } = cannotWrite(dir, error);
    throw failure(code, message);
  }
}

/** `mkdir` with `recursive` never ends in a file system that answers ENOENT to every name, as `/proc` does. */
async function makeFolder(path: string): Promise<void> {
  const make = async (): Promise<string | undefined> => {
    try {
      await mkdir(path, { mode: 0o700 });
      return undefined;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EEXIST') return undefined;
      if (code === 'ENOENT') return 'no parent';
      throw error;
    }
  };
  if ((await make()) === undefined) return;
  if (dirname(path) !== path) await makeFolder(dirname(path));
  if ((await make()) !== undefined) throw new Error(`${path} cannot be made`);
}

/** Without this a crash of the machine could lose the new file's name. Windows cannot open folders, and needs not. */
async function syncFolder(dir: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function segmentsOf(dir: string): Promise<readonly string[]> {
  return (await readdir(dir)).filter((name) => segmentName.test(name)).sort();
}

async function readLedger(
  dir: string,
  from: Instant,
  until: Instant,
): Promise<{ readonly samples: readonly CanarySample[]; readonly damaged: number }> {
  const found = new Map<string, CanarySample>();
  let damaged = 0;
  for (const name of await segmentsOf(dir)) {
    const path = join(dir, name);
    // A segment that was last written before `from` holds nothing that was sent since.
    if ((await stat(path)).mtimeMs < from - 1000) continue;
    for await (const line of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line === '') continue;
      const entry = readEntry(line);
      if (entry === undefined) damaged += 1;
      else if (entry.sample.sentAt >= from && entry.sample.sentAt <= until && (entry.over || !found.has(entry.sample.id)))
        found.set(entry.sample.id, entry.sample);
    }
  }
  return { samples: [...found.values()].sort((a, b) => a.sentAt - b.sentAt), damaged };
}

function readEntry(line: string): { readonly sample: CanarySample; readonly over: boolean } | undefined {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isRecord(entry)) return undefined;
  const sample = entry['ended'] ?? entry['acked'];
  if (!isRecord(sample) || typeof sample['id'] !== 'string' || typeof sample['sentAt'] !== 'number') return undefined;
  return { sample: sample as unknown as CanarySample, over: entry['ended'] !== undefined };
}

const failure = (code: string, message: string): Error => Object.assign(new Error(`${code}: ${message}`), { code });
function cannotWrite(dir: string, error: unknown): Problem {
  const why = error instanceof Error ? error.message : String(error);
  return {
    code: 'LEDGER_UNWRITABLE',
    message: `the ledger in ${dir} cannot be written (${why}); make room or give another --dir. Until then no acknowledgement is reported, because none could be proved`,
  };
}
