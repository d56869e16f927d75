// Many rehearsals on all cores: each thread takes the next few seeds when it is done with its own. What comes out does not depend on which
// thread rehearsed which seed.
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Rehearsed } from './rehearse-once.ts';
import type { Task } from './task.ts';

export type ToWorker = { readonly task: Task } | { readonly seeds: readonly number[] } | { readonly end: true };
export type FromWorker = { readonly rehearsed: readonly Rehearsed[] };
/** Each run that is done; in the order in which they are. */
export type Progress = (rehearsed: Rehearsed) => void;

const seedsAtOnce = 4;

/** Resolves when all are done, in any order. Rejects when a thread breaks, and ends the others. */
export function rehearseAll(task: Task, seeds: readonly number[], progress: Progress): Promise<readonly Rehearsed[]> {
  const count = Math.max(1, Math.min(availableParallelism(), Math.ceil(seeds.length / seedsAtOnce)));
  const all: Rehearsed[] = [];
  let next = 0;
  return new Promise((resolve, reject) => {
    const workers = Array.from({ length: count }, () => new Worker(new URL('./worker.js', import.meta.url)));
    let open = count;
    for (const worker of workers) {
      const give = (): void => {
        const some = seeds.slice(next, (next += seedsAtOnce));
        worker.postMessage((some.length === 0 ? { end: true } : { seeds: some }) satisfies ToWorker);
      };
      worker.on('message', ({ rehearsed }: FromWorker) => {
        all.push(...rehearsed);
        for (const each of rehearsed) progress(each);
        give();
      });
      worker.on('error', (error) => {
        for (const each of workers) void each.terminate();
        reject(error);
      });
      worker.on('exit', () => ((open -= 1) === 0 ? resolve(all) : undefined));
      worker.postMessage({ task } satisfies ToWorker);
      give();
    }
  });
}
