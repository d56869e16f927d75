// Many schedules on all cores: each thread takes the next few seeds when it is done with its own. What is added up does not depend on
// which thread ran which seed.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { sha256 } from '../journal/hash.ts';
import type { QuietRan } from './quiet.ts';
import type { ScheduleResult } from './schedule.ts';
import type { Violation } from './truth.ts';

/** A schedule's result as a thread hands it over. */
export type Ran = Pick<ScheduleResult, 'seed' | 'violations' | 'inputs' | 'digest' | 'counts'> & {
  readonly strikes: readonly (readonly [fault: string, count: number])[];
};
export type Found = Violation & { readonly seed: number };
export type Total = {
  readonly schedules: number;
  readonly violations: readonly Found[];
  readonly inputs: number;
  /** Schedules too short, too quiet or too small to count. */
  readonly uncounted: readonly number[];
  readonly faults: Readonly<Record<string, number>>;
  /** SHA-256 over the digests of all schedules, in the order of their seeds. */
  readonly digest: string;
};
export type ToWorker = { readonly seeds: readonly number[]; readonly quietHours?: number } | { readonly end: true };

export const toRan = (result: ScheduleResult): Ran => ({
  seed: result.seed,
  violations: result.violations,
  inputs: result.inputs,
  digest: result.digest,
  counts: result.counts,
  strikes: [...result.strikes],
});

type Work<T> = {
  readonly seeds: readonly number[];
  /** By default one a core. */
  readonly threads?: number | undefined;
  /** How many have run so far, and what the last of them gave: seeds come as they end, not in their order. */
  readonly progress: (done: number, last: readonly T[]) => void;
};

/** Resolves when all have run. Rejects when a thread breaks. */
export const runAll = async (work: Work<Ran>): Promise<Total> => totalOf(await onAllCores<Ran>(work, 8));
/** The same for shifts of so many quiet hours, one a seed, in the order of their seeds. */
export const runAllQuiet = async (work: Work<QuietRan>, hours: number): Promise<readonly QuietRan[]> =>
  [...(await onAllCores<QuietRan>(work, 1, hours))].sort((a, b) => a.seed - b.seed);

function onAllCores<T>({ seeds, threads, progress }: Work<T>, seedsAtOnce: number, quietHours?: number): Promise<readonly T[]> {
  const count = Math.max(1, Math.min(threads ?? availableParallelism(), Math.ceil(seeds.length / seedsAtOnce)));
  const ran: T[] = [];
  let next = 0;
  return new Promise((resolve, reject) => {
    let open = count;
    for (let i = 0; i < count; i += 1) {
      const worker = new Worker(new URL('./worker.js', import.meta.url));
      const give = (): void => {
        const some = seeds.slice(next, (next += seedsAtOnce));
        const more = quietHours === undefined ? {} : { quietHours };
        worker.postMessage((some.length === 0 ? { end: true } : { seeds: some, ...more }) satisfies ToWorker);
      };
      worker.on('message', (done: readonly T[]) => {
        ran.push(...done);
        progress(ran.length, done);
        give();
      });
      worker.on('error', reject);
      worker.on('exit', () => ((open -= 1) === 0 ? resolve(ran) : undefined));
      give();
    }
  });
}

export function totalOf(unsorted: readonly Ran[]): Total {
  const ran = [...unsorted].sort((a, b) => a.seed - b.seed);
  const faults: Record<string, number> = {};
  for (const { strikes } of ran) for (const [fault, count] of strikes) faults[fault] = (faults[fault] ?? 0) + count;
  return {
    schedules: ran.length,
    violations: ran.flatMap(({ seed, violations }) => violations.map((violation) => ({ ...violation, seed }))),
    inputs: ran.reduce((sum, { inputs }) => sum + inputs, 0),
    uncounted: ran.filter(({ counts }) => !counts).map(({ seed }) => seed),
    faults: Object.fromEntries(Object.entries(faults).sort(([a], [b]) => (a < b ? -1 : 1))),
    digest: sha256(ran.map(({ digest }) => digest).join('\n')),
  };
}
