// Tells the controller what the canaries saw and hands ledgers in when it orders them. The controller may be away for
// as long as it likes: the newest samples wait in memory, everything is in the ledger on disk, and a ledger that was
// ordered is posted until it is taken.
import type { CanarySample, LedgerLine } from '../core/objective/measurement.ts';
import type { Instant } from '../core/values.ts';
import { isRecord } from '../vantage/assignment.ts';
import { adviceFor, type ControllerClient, type Exchange } from '../vantage/controller-client.ts';
import { linkState, pause, type LinkState } from '../vantage/link-state.ts';

export type Order = { readonly run: string; readonly from: Instant };
export type LedgerText = { readonly samples: readonly CanarySample[]; readonly ledger: readonly LedgerLine[] };
export type ReporterOptions = {
  readonly client: ControllerClient;
  /** `/api/v1/canaries/WORKLOAD/POPULATION`. */
  readonly path: string;
  /** Who reports, for messages. */
  readonly who: string;
  readonly link: LinkState;
  readonly log: (line: string) => void;
  /** Reads everything back; may take its time. */
  readonly fulfil: (order: Order) => Promise<LedgerText>;
  readonly signal: AbortSignal;
  /** When an earlier process was acknowledged last, as the ledger on disk has it. */
  readonly lastAckedAt?: Instant | undefined;
  /** Samples kept while the controller is away; 10,000 when absent. */
  readonly mostWaiting?: number;
};
export type Reporter = {
  /** Never waits; the oldest sample gives way when too many wait. */
  add(sample: CanarySample): void;
  /** Runs until the signal aborts. */
  run(): Promise<void>;
  /** After `run`: posts what still waits, once. */
  last(): Promise<void>;
};

const mostInPost = 500;
/** Without samples the controller is still asked for orders this often. */
const idleMs = 2000;
/** An order that comes again so long after its ledger was taken is meant; sooner, it crossed the ledger on the way. */
const repeatMs = 10_000;
const whoWeAre: readonly number[] = [401, 403];

export function reporter(options: ReporterOptions): Reporter {
  const { client, path, signal, log } = options;
  const mostWaiting = options.mostWaiting ?? 10_000;
  let waiting: CanarySample[] = [];
  let { lastAckedAt } = options;
  let wake: () => void = () => undefined;
  const underway = new Set<string>();
  const takenAt = new Map<string, number>();

  const keepNewest = (): void => {
    if (waiting.length > mostWaiting) waiting = waiting.slice(-mostWaiting);
  };
  /** The last acknowledgement goes with each: a controller that has just begun never saw it, and predicts from it what would be lost. */
  const reportOf = (samples: readonly CanarySample[]): object => {
    const at = Date.now();
    // A clock that was ahead and has been set right must not tell of the future.
    return lastAckedAt === undefined ? { at, samples } : { at, samples, lastAckedAt: Math.min(lastAckedAt, at) };
  };
  const post = async (): Promise<number> => {
    const samples = waiting.splice(0, mostInPost);
    const answer = await client.post(`${path}/samples`, reportOf(samples));
    if (answer.kind !== 'answered') {
      if (answer.kind === 'away' || [...whoWeAre, 404].includes(answer.status)) waiting = [...samples, ...waiting];
      keepNewest();
      return options.link.trouble(...troubleWith(answer, options.who));
    }
    options.link.well();
    for (const order of readOrders(answer.body)) accept(order);
    return 0;
  };
  const accept = (order: Order): void => {
    const at = takenAt.get(order.run);
    if (underway.has(order.run) || (at !== undefined && performance.now() - at < repeatMs)) return;
    underway.add(order.run);
    log(`reads the ledger back for run ${order.run}`);
    void handIn(order).finally(() => underway.delete(order.run));
  };
  const handIn = async (order: Order): Promise<void> => {
    try {
      const { samples, ledger } = await options.fulfil(order);
      const body = { run: order.run, samples: ndjson(samples), ledger: ndjson(ledger) };
      const link = linkState(log, `the ledger of run ${order.run} can be handed in again`);
      while (!signal.aborted) {
        const answer = await client.post(`${path}/ledgers`, body);
        if (answer.kind === 'answered') {
          if (takenAt.size > 1000) takenAt.clear();
          takenAt.set(order.run, performance.now());
          return log(`handed the ledger of run ${order.run} in: ${samples.length} canaries, ${ledger.length} acknowledged`);
        }
        if (answer.kind === 'refused' && !whoWeAre.includes(answer.status)) {
          return log(
            `the controller refuses the ledger of run ${order.run} with status ${answer.status} (${answer.message}); it stays on disk, and is sent again if it is ordered again`,
          );
        }
        await pause(link.trouble(...troubleWith(answer, options.who)), signal);
      }
    } catch (error) {
      log(
        `the ledger of run ${order.run} could not be read (${error instanceof Error ? error.message : String(error)}); it is tried again with the next order`,
      );
    }
  };
  const something = (): Promise<void> =>
    new Promise((resolve) => {
      if (waiting.length > 0 || signal.aborted) return resolve();
      const timer = setTimeout(resolve, idleMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  return {
    add(sample) {
      if (sample.ackedAt !== undefined && sample.ackedAt > (lastAckedAt ?? 0)) lastAckedAt = sample.ackedAt;
      waiting.push(sample);
      keepNewest();
      wake();
    },
    async run() {
      const ended = (): void => wake();
      signal.addEventListener('abort', ended, { once: true });
      while (!signal.aborted) {
        const waitMs = await post();
        if (waitMs > 0) await pause(waitMs, signal);
        else await something();
      }
    },
    async last() {
      if (waiting.length > 0) await client.post(`${path}/samples`, reportOf(waiting.splice(0, mostInPost)));
    },
  };
}

/** What is wrong, as a key that stays the same while it lasts and a sentence for people. */
export function troubleWith(answer: Exclude<Exchange, { kind: 'answered' }>, who: string): [key: string, sentence: string] {
  if (answer.kind === 'away')
    return ['away', `the controller is away (${answer.message}); canaries go on, and the ledger is complete on disk`];
  const reason = answer.message === '' ? '' : ` (it says: ${answer.message})`;
  return [`status ${answer.status}`, `${adviceFor(answer.status, who)}${reason}`];
}

function readOrders(body: unknown): readonly Order[] {
  const orders: readonly unknown[] = isRecord(body) && Array.isArray(body['orders']) ? body['orders'] : [];
  return orders.flatMap((order) =>
    isRecord(order) && typeof order['run'] === 'string' && order['run'] !== '' && Number.isFinite(order['from'])
      ? [{ run: order['run'], from: order['from'] as Instant }]
      : [],
  );
}
const ndjson = (lines: readonly object[]): string => lines.map((line) => `${JSON.stringify(line)}\n`).join('');
