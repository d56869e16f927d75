// A thread that rehearses the seeds that it is given. A root: it puts the real catalogue of actions and evaluator of expressions in.
import { parentPort } from 'node:worker_threads';
import { evaluate } from '../declare/expression.ts';
import type { Provider } from '../ports.ts';
import { catalogueOf, providers } from '../providers/index.ts';
import { rehearseOnce, type Rehearsed } from './rehearse-once.ts';
import type { FromWorker, ToWorker } from './rehearse.ts';
import type { Task } from './task.ts';

const catalogue = { actions: catalogueOf(providers as readonly unknown[] as readonly Provider[]), evaluate };
let task: Task | undefined;

parentPort?.on('message', (told: ToWorker) => {
  if ('end' in told) {
    parentPort?.close();
    return;
  }
  if ('task' in told) {
    task = told.task;
    return;
  }
  parentPort?.postMessage({ rehearsed: told.seeds.map(rehearse) } satisfies FromWorker);
});

function rehearse(seed: number): Rehearsed {
  if (task === undefined) throw new Error('no task was given');
  try {
    return rehearseOnce(task, catalogue, seed);
  } catch (error) {
    throw new Error(`--seed ${seed} broke the rehearsal`, { cause: error });
  }
}
