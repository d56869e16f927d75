// The history that `resus lint` is given: journals and bundles as `resus plan` takes them, and the recordings of `resus backtest`.
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { pastFacts, type PastFacts, type Recorded } from '../analysis/index.ts';
import type { Floor, Instant } from '../core/values.ts';
import { linesOf } from './backtest.ts';
import { misuse } from './cli-error.ts';
import type { Io } from './io.ts';
import { floorOf, pastIn, type JournalLines } from './past.ts';

export type PastOptions = { readonly history?: readonly string[]; readonly floor?: Floor };

/** Undefined where none was asked for. @throws CliError `HISTORY_UNREADABLE`, `FLOORS_MIXED`, `BAD_RECORDING` */
export async function pastFor(
  { history = [], floor: asked }: PastOptions,
  io: Pick<Io, 'now' | 'readFile'>,
  journalLines: JournalLines | undefined,
): Promise<PastFacts | undefined> {
  if (history.length === 0) return undefined;
  const recordings = history.filter(isRecording);
  const past = await pastIn(
    history.filter((path) => !recordings.includes(path)),
    journalLines ??
      (() => Promise.reject(misuse('HISTORY_UNREADABLE', 'An embedded journal cannot be read here.', 'Give an evidence bundle.'))),
  );
  const floor = floorOf(past, asked);
  const recorded = recordings.flatMap((path) =>
    linesOf(path, io).flatMap(({ probed }): readonly Recorded[] =>
      probed?.measured === undefined || !probed.ok ? [] : [{ target: probed.target, at: probed.at, measured: probed.measured }],
    ),
  );
  const { historyOf } = await import('../rehearsal/history.ts');
  const facts = pastFacts(past, { floor, now: io.now() as Instant, recorded });
  if (floor === undefined) return facts;
  // Each is folded from all entries, so only those that ever ran are, and once.
  const ran = new Set(past.flatMap((entry): readonly string[] => (entry.type === 'RunOpened' ? [entry.data.workload] : [])));
  const measured = new Map([...ran].map((workload) => [workload, historyOf(past, workload, floor)]));
  return { ...facts, measuredOf: (workload) => measured.get(workload) };
}

/** By its first bytes: it begins with what was declared. */
const head = Buffer.from('{"recording":');
function isRecording(path: string): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(head.length);
    readSync(file, bytes, 0, head.length, 0);
    return bytes.equals(head);
  } finally {
    closeSync(file);
  }
}
