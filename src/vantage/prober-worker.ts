// The prober's own thread: opens the providers with the configuration it is handed, drives the sampler with one timer
// and hands observations over in small batches. It never waits for the main thread: when batches are not taken, only
// the newest observation of each target is kept.
import { parentPort, workerData } from 'node:worker_threads';
import type { Provider } from '../ports.ts';
import type { Json } from '../core/values.ts';
import type { Observation, Problem, ProbeAssignment } from './assignment.ts';
import { Sampler, type Ready } from './sampler.ts';

export type ProberWorkerData = { readonly providersConfig: Readonly<Record<string, Json>>; readonly registry?: string };
export type ToWorker = { readonly assign: readonly ProbeAssignment[] } | { readonly taken: true };
export type FromWorker = { readonly observations: readonly Observation[] } | { readonly problem: Problem };

const flushMs = 25;
const mostUntaken = 4;
const mostInBatch = 500;

if (parentPort !== null) await serve(parentPort, workerData as ProberWorkerData);

async function serve(port: NonNullable<typeof parentPort>, data: ProberWorkerData): Promise<void> {
  const post = (message: FromWorker): void => port.postMessage(message);
  const batches = batcher((observations) => post({ observations }));
  const loaded: { readonly providers: readonly Provider[] } =
    data.registry === undefined ? await import('../providers/index.ts') : await import(data.registry);
  const sampler = new Sampler({
    find: finder(loaded.providers, data.providersConfig),
    onObservation: (observation) => batches.add(observation),
    onProblem: (problem) => post({ problem }),
    wallMs: () => Date.now(),
    afterReads: (step) => void setImmediate(() => setImmediate(step)),
  });
  let timer: NodeJS.Timeout | undefined;
  const wake = (): void => {
    clearTimeout(timer);
    const at = sampler.nextAt();
    if (at === undefined) return;
    timer = setTimeout(
      () => {
        sampler.tick(performance.now());
        wake();
      },
      Math.ceil(Math.max(0, at - performance.now())),
    );
  };
  port.on('message', (message: ToWorker) => {
    if ('taken' in message) return batches.taken();
    sampler.assign(message.assign, performance.now());
    wake();
  });
}

/** Opens a provider when the first of its probes is asked for, once. One that cannot be opened is a problem, not a verdict on its targets. */
function finder(providers: readonly Provider[], config: ProberWorkerData['providersConfig']): (uses: string) => Ready | Problem {
  const opened = new Map<string, { readonly tools: unknown } | Problem>();
  const open = (provider: Provider): { readonly tools: unknown } | Problem => {
    try {
      return { tools: provider.open(config[provider.name] ?? {}) };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return {
        code: 'PROVIDER_UNUSABLE',
        message: `provider \`${provider.name}\` cannot be opened (${why}); correct \`providers.${provider.name}\` in resus.yaml`,
      };
    }
  };
  return (uses) => {
    for (const provider of providers) {
      const probe = provider.probes.find((candidate) => candidate.name === uses);
      if (probe === undefined) continue;
      const tools = opened.get(provider.name) ?? open(provider);
      opened.set(provider.name, tools);
      return 'code' in tools ? tools : { probe, tools: tools.tools };
    }
    return {
      code: 'UNKNOWN_PROBE',
      message: `probe \`${uses}\` is not known to this version; upgrade this vantage or correct the workload`,
    };
  };
}

/** At most `mostUntaken` batches are on their way; beyond that the newest observation of each target wins. */
function batcher(send: (observations: readonly Observation[]) => void): { add(observation: Observation): void; taken(): void } {
  let pending: Observation[] = [];
  let held: Map<string, Observation> | undefined;
  let untaken = 0;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (pending.length === 0) return;
    if (untaken >= mostUntaken) {
      held ??= new Map();
      for (const observation of pending) held.set(observation.target, observation);
    } else {
      untaken += 1;
      send(pending);
    }
    pending = [];
  };
  return {
    add(observation) {
      pending.push(observation);
      if (pending.length >= mostInBatch) flush();
      else timer ??= setTimeout(flush, flushMs);
    },
    taken() {
      untaken -= 1;
      if (held === undefined) return;
      pending = [...held.values(), ...pending];
      held = undefined;
      flush();
    },
  };
}
