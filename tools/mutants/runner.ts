// Runs schedules of the source that it is bundled with, one seed after the other, and tells of each what was violated.
import { parentPort, workerData } from 'node:worker_threads';
import { evaluate } from '../../src/declare/expression.ts';
import { checkers } from '../../src/simulation/checkers/index.ts';
import { runSchedule } from '../../src/simulation/schedule.ts';

export type Ran = { readonly seed: number; readonly found: Readonly<Record<string, string>> };

function run(seed: number): Ran {
  try {
    const found: Record<string, string> = {};
    for (const { checker, sentence } of runSchedule({ seed, evaluate, checkers }).violations) found[checker] ??= sentence;
    return { seed, found };
  } catch (error) {
    return { seed, found: { crash: error instanceof Error ? (error.stack ?? error.message) : String(error) } };
  }
}

const { seeds } = workerData as { readonly seeds: readonly number[] };
for (const seed of seeds) parentPort?.postMessage(run(seed));
parentPort?.on('message', (seed: number) => parentPort?.postMessage(run(seed)));
