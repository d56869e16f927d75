// A place that probes: takes its assignment from the controller, samples in the prober's thread, posts what it saw.
// It goes on probing what it knows while the controller is away, and only the newest of each target waits for it.
import type { Json } from '../core/values.ts';
import { isRecord, readAssignment } from './assignment.ts';
import { adviceFor, controllerClient, type Exchange } from './controller-client.ts';
import { linkState, pause } from './link-state.ts';
import { ObservationQueue } from './observation-queue.ts';
import { startProber } from './prober.ts';

export type VantageOptions = {
  readonly controller: string;
  readonly token: string;
  readonly name: string;
  readonly providersConfig: Readonly<Record<string, Json>>;
  /** Ends the vantage: what waits is posted once more, then `runVantage` resolves. */
  readonly signal: AbortSignal;
  /** One line for people, each time something changes; stderr when absent. */
  readonly log?: (line: string) => void;
  /** See `ProberOptions.registry`. */
  readonly registry?: string;
  /** Deadline of one exchange with the controller, 5,000 ms when absent. */
  readonly timeoutMs?: number;
};

/** Without observations to post, the assignment is asked for this often. */
const idleMs = 5000;
/** So that a post stays under the controller's 1 MB whatever the probes say. */
const mostInPost = 1000;
const mostWaiting = 20_000;
const lastWordsMs = 1000;
const whoWeAre: readonly number[] = [401, 403, 404];
const neverAborted = new AbortController().signal;

/** Runs until `signal` aborts. Rejects only for a `controller` that is no URL (CONTROLLER_URL). */
export async function runVantage(options: VantageOptions): Promise<void> {
  const { name, signal } = options;
  const log = options.log ?? ((line: string): void => void process.stderr.write(`resus vantage ${name}: ${line}\n`));
  const client = controllerClient({ url: options.controller, token: options.token, timeoutMs: options.timeoutMs ?? 5000 });
  const path = `/api/v1/vantages/${encodeURIComponent(name)}`;
  const link = linkState(log, 'the controller answers again');
  const queue = new ObservationQueue(mostWaiting);
  let wake: () => void = () => undefined;
  const prober = startProber({
    providersConfig: options.providersConfig,
    onObservations(observations) {
      queue.add(observations);
      wake();
    },
    onProblem: (problem) => log(`${problem.code} ${problem.message}`),
    ...(options.registry === undefined ? {} : { registry: options.registry }),
  });
  let hash: string | undefined;
  let stale = true;
  let away = false;

  /** Both return how long to wait before the next exchange, in ms: 0 when it went well. */
  const refetch = async (): Promise<number> => {
    const answer = await client.get(`${path}/assignment`);
    if (answer.kind !== 'answered') return link.trouble(...sentenceFor(answer, name));
    const assignment = readAssignment(answer.body);
    if (assignment === undefined)
      return link.trouble('nonsense', 'the controller sent something that is no assignment; are both of one version?');
    link.well();
    stale = false;
    if (assignment.hash === hash) return 0;
    hash = assignment.hash;
    for (const problem of assignment.problems) log(`${problem.code} ${problem.message}`);
    prober.assign(assignment.probes);
    log(`probes ${assignment.probes.length} targets`);
    return 0;
  };
  const deliver = async (): Promise<number> => {
    if (away) queue.keepNewest();
    const observations = queue.take(mostInPost);
    const answer = await client.post(`${path}/observations`, { observations });
    away = answer.kind !== 'answered';
    if (answer.kind !== 'answered') {
      // A refusal of the observations themselves would repeat for ever; a refusal of who we are ends when somebody acts.
      if (answer.kind === 'away' || whoWeAre.includes(answer.status)) queue.putBack(observations);
      return link.trouble(...sentenceFor(answer, name));
    }
    link.well();
    const current = isRecord(answer.body) ? answer.body['assignment'] : undefined;
    stale = typeof current === 'string' && current !== hash;
    return 0;
  };
  /** True at the next observation; false after `idleMs` without one, or at the abort. */
  const somethingToPost = (): Promise<boolean> =>
    new Promise((resolve) => {
      if (queue.size > 0 || signal.aborted) return resolve(queue.size > 0);
      const timer = setTimeout(() => resolve(false), idleMs);
      wake = () => {
        clearTimeout(timer);
        resolve(queue.size > 0);
      };
    });
  const ended = (): void => {
    wake();
    // An exchange that hangs at the end is given up, so that the process ends soon.
    setTimeout(() => client.close(), lastWordsMs).unref();
  };

  signal.addEventListener('abort', ended, { once: true });
  try {
    while (!signal.aborted) {
      const waitMs = await (stale ? refetch() : deliver());
      if (waitMs > 0) await pause(waitMs, signal);
      else if (!stale) stale = !(await somethingToPost());
    }
  } finally {
    signal.removeEventListener('abort', ended);
    await prober.stop();
    const last = queue.take(mostInPost);
    if (last.length > 0)
      await Promise.race([client.post(`${path}/observations`, { observations: last }), pause(lastWordsMs, neverAborted)]);
    client.close();
  }
}

function sentenceFor(answer: Exclude<Exchange, { kind: 'answered' }>, name: string): [key: string, sentence: string] {
  if (answer.kind === 'away')
    return ['away', `the controller is away (${answer.message}); probing goes on, the newest observation of each target waits`];
  const reason = answer.message === '' ? '' : ` (it says: ${answer.message})`;
  return [`status ${answer.status}`, `${adviceFor(answer.status, `vantage "${name}"`)}${reason}`];
}
