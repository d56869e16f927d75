// A thread that runs the seeds that it is given. A root: it puts the real evaluator of expressions into the simulated controllers.
import { parentPort } from 'node:worker_threads';
import { evaluate } from '../declare/expression.ts';
import { checkers } from './checkers/index.ts';
import { runQuiet } from './quiet.ts';
import { runSchedule } from './schedule.ts';
import { toRan, type Ran, type ToWorker } from './simulate.ts';

parentPort?.on('message', (told: ToWorker) => {
  if ('end' in told) {
    parentPort?.close();
    return;
  }
  const { seeds, quietHours } = told;
  parentPort?.postMessage(seeds.map((seed) => (quietHours === undefined ? run(seed) : runQuiet({ seed, hours: quietHours, evaluate }))));
});

function run(seed: number): Ran {
  try {
    return toRan(runSchedule({ seed, evaluate, checkers }));
  } catch (error) {
    throw new Error(`--seed ${seed} broke the simulator`, { cause: error });
  }
}
