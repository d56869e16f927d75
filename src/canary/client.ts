// The users' path, gone as users go it: an open loop starts a canary every interval, whether or not earlier ones hang.
// Good means acknowledged and read back with the same content within the timeout; anything else is a bad sample.
import type { CanarySample } from '../core/objective/measurement.ts';
import type { Instant } from '../core/values.ts';
import { canaryObservation, canaryValue, complaintOf, readCanary } from './canary-observation.ts';
import type { UsersConnections, UsersReply } from './users-connections.ts';

export type CanaryClientOptions = {
  /** From `canaryPrefix`; the number of the canary is added. */
  readonly prefix: string;
  /** Number of the first canary. */
  readonly first: number;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly connections: UsersConnections;
  /** Of the identifiers of what is written; a system of our own when absent. */
  readonly system?: string;
  /** Called at the acknowledgement, before the read-back: makes it durable. */
  readonly onAcknowledged: (sample: CanarySample) => void;
  /** Called once for each canary, in the order in which they ended. */
  readonly onEnded: (sample: CanarySample) => void;
  /** Said when canaries are skipped because too many hang, which only a stalled client brings about. */
  readonly onSkipped?: (count: number) => void;
};
export type CanaryClient = {
  /** Resolves when every canary that is under way now has ended: within `timeoutMs`. */
  settled(): Promise<void>;
  /** Starts no more; resolves like `settled`, with the number of the next canary. */
  stop(): Promise<number>;
};

/** Starts at once. A process that was suspended skips the canaries that it missed, it does not make up for them. */
export function startCanaryClient(options: CanaryClientOptions): CanaryClient {
  const { intervalMs, timeoutMs } = options;
  const most = Math.ceil(timeoutMs / intervalMs) + 8;
  const underway = new Set<Promise<void>>();
  let next = options.first;
  let lastLateAt = Number.NEGATIVE_INFINITY;
  let dueAt = performance.now();
  let timer = setTimeout(tick, 0);

  function tick(): void {
    const now = performance.now();
    if (now - dueAt > intervalMs / 2) lastLateAt = now;
    if (underway.size < most) start();
    else options.onSkipped?.(1);
    dueAt += intervalMs * Math.max(1, Math.ceil((now - dueAt) / intervalMs));
    timer = setTimeout(tick, Math.max(0, dueAt - performance.now()));
  }
  function start(): void {
    const startedAt = performance.now();
    const id = `${options.prefix}-${next}`;
    next += 1;
    const canary = oneCanary(id, options).then((sample) => {
      underway.delete(canary);
      const stalled = sample.readAt === undefined && lastLateAt > startedAt;
      options.onEnded(stalled ? { ...sample, detail: `${sample.detail}; this client itself was late meanwhile` } : sample);
    });
    underway.add(canary);
  }
  const settled = async (): Promise<void> => void (await Promise.all(underway));
  return {
    settled,
    async stop() {
      clearTimeout(timer);
      await settled();
      return next;
    },
  };
}

async function oneCanary(id: string, options: CanaryClientOptions): Promise<CanarySample> {
  const { connections, timeoutMs } = options;
  const path = `/Observation/${id}`;
  const sentAt = nowMs();
  const endsAt = performance.now() + timeoutMs;
  const put = await connections.send({ method: 'PUT', path, body: canaryObservation(id, sentAt, options.system), timeoutMs });
  if (put.kind === 'failed' || (put.status !== 200 && put.status !== 201)) {
    if (put.kind === 'replied') connections.blame(put.address);
    return { id, sentAt, timeline: 0, address: put.address, detail: `write: ${whatHappened(put)}` };
  }
  const written = readCanary(id, put.text)?.timeline ?? 0;
  const acknowledged: CanarySample = { id, sentAt, ackedAt: nowMs(), timeline: written, address: put.address, detail: 'acknowledged' };
  options.onAcknowledged(acknowledged);

  const get = await connections.send({ method: 'GET', path, timeoutMs: Math.max(1, endsAt - performance.now()) });
  const read = get.kind === 'replied' && get.status === 200 ? readCanary(id, get.text) : undefined;
  if (read === undefined || read.value !== canaryValue(id, sentAt)) {
    if (get.kind === 'replied') connections.blame(get.address);
    const why = get.kind === 'replied' && get.status === 200 ? 'the content is not what was written' : whatHappened(get);
    return { ...acknowledged, detail: `read-back: ${why}` };
  }
  // A write under the old timeline that is read under the new one was not written there: the older of the two counts.
  const timeline = written > 0 && read.timeline > 0 ? Math.min(written, read.timeline) : Math.max(written, read.timeline);
  return { ...acknowledged, readAt: nowMs(), timeline, detail: 'good' };
}

function whatHappened(reply: UsersReply): string {
  if (reply.kind === 'failed') return reply.because;
  const complaint = complaintOf(reply.text);
  return complaint === '' ? `status ${reply.status}` : `status ${reply.status}: ${complaint}`;
}
const nowMs = (): Instant => Date.now() as Instant;
