// Runs the prober in a worker thread of its own, so that a main thread that is busy (a commit, a report, a collection)
// can neither delay a probe nor make a healthy target look dead. Used by `resus vantage` and by the controller itself.
import { Worker } from 'node:worker_threads';
import type { Json } from '../core/values.ts';
import type { Observation, Problem, ProbeAssignment } from './assignment.ts';
import type { FromWorker, ProberWorkerData, ToWorker } from './prober-worker.ts';

export type ProberOptions = {
  /** By provider name: what `open` of that provider gets (`{}` when absent). Plain data, because it is copied to the worker. */
  readonly providersConfig: Readonly<Record<string, Json>>;
  /** Called with 1 to some hundred observations, in the order in which the samples ended, at most 25 ms after. */
  readonly onObservations: (observations: readonly Observation[]) => void;
  /** What keeps targets from being measured. They then have no observations at all: `unknown` is not `failed`. */
  readonly onProblem?: (problem: Problem) => void;
  /** URL of a module that exports `providers`; the program's own registry when absent. */
  readonly registry?: string;
};
export type Prober = {
  /** Replaces the whole assignment. Idempotent; targets that did not change keep their schedule. */
  assign(list: readonly ProbeAssignment[]): void;
  /** Ends the worker. No observation comes after it resolved. Idempotent. */
  stop(): Promise<void>;
};

const restartMs = 1000;

/** Starts at once and probes nothing until `assign`. A worker that dies is started again with the same assignment. */
export function startProber(options: ProberOptions): Prober {
  const problem = options.onProblem ?? (() => undefined);
  let assigned: readonly ProbeAssignment[] = [];
  let worker: Worker | undefined;
  let restart: NodeJS.Timeout | undefined;
  let stopped = false;

  const start = (): void => {
    const began = newWorker({
      providersConfig: options.providersConfig,
      ...(options.registry === undefined ? {} : { registry: options.registry }),
    });
    worker = began;
    began.on('message', (message: FromWorker) => {
      if (stopped) return;
      if ('problem' in message) return problem(message.problem);
      began.postMessage({ taken: true } satisfies ToWorker);
      options.onObservations(message.observations);
    });
    began.on('error', (error) => problem({ code: 'PROBER_DIED', message: `the prober thread failed: ${error.message}` }));
    began.on('exit', () => {
      if (stopped) return;
      problem({
        code: 'PROBER_RESTARTS',
        message: `the prober thread ended; it starts again in ${restartMs} ms, until then nothing is observed from here`,
      });
      restart = setTimeout(start, restartMs);
    });
    if (assigned.length > 0) began.postMessage({ assign: assigned } satisfies ToWorker);
  };
  start();

  return {
    assign(list) {
      assigned = list;
      if (!stopped) worker?.postMessage({ assign: list } satisfies ToWorker);
    },
    async stop() {
      stopped = true;
      clearTimeout(restart);
      await worker?.terminate();
    },
  };
}

/** The built program runs `prober-worker.js`. From sources (tests, benches) the thread first gets tsx, which `--import` does not give to a worker of Node 20. */
function newWorker(workerData: ProberWorkerData): Worker {
  const name = 'resus-prober';
  // Samples die young: a small nursery collects them in place of tens of megabytes that only wait to be collected.
  const resourceLimits = { maxYoungGenerationSizeMb: 4 };
  if (!import.meta.url.endsWith('.ts'))
    return new Worker(new URL('./prober-worker.js', import.meta.url), { workerData, name, resourceLimits });
  const tsx = import.meta.resolve('tsx/esm/api');
  const entry = new URL('./prober-worker.ts', import.meta.url).href;
  const code = `import('${tsx}').then((tsx) => { tsx.register(); return import('${entry}'); })`;
  return new Worker(code, { eval: true, workerData, name, resourceLimits, execArgv: [] });
}
