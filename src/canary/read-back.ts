// What became of every acknowledged canary: asked on the users' path after a promotion. `absent` is said only when the
// server said twice, some time apart, that it has no such record; whatever could not be settled in time is `unknown`.
import { setTimeout as sleep } from 'node:timers/promises';
import type { CanarySample, LedgerLine } from '../core/objective/measurement.ts';
import { canaryValue, readCanary } from './canary-observation.ts';
import type { UsersConnections } from './users-connections.ts';

export type ReadBackOptions = {
  readonly connections: UsersConnections;
  /** For one question. */
  readonly timeoutMs: number;
  /** For all together; what is open then is `unknown`. */
  readonly deadlineMs: number;
  /** Two `absent` answers must be this far apart, more than a standby that still answers reads may lag. 1,000 ms when absent. */
  readonly settleMs?: number;
  /** Questions at once; 8 when absent. */
  readonly concurrency?: number;
  readonly signal?: AbortSignal;
};
type Look = 'present' | 'absent' | 'nothing';
type Open = { readonly sample: CanarySample; firstAbsentAt: number | undefined };

const betweenRoundsMs = 200;

/** One line for each sample that has `ackedAt`, in the order given. Never rejects. */
export async function readBack(samples: readonly CanarySample[], options: ReadBackOptions): Promise<readonly LedgerLine[]> {
  const acknowledged = samples.filter((sample) => sample.ackedAt !== undefined);
  const settled = new Map<string, LedgerLine>();
  const endsAt = performance.now() + options.deadlineMs;
  const settleMs = options.settleMs ?? 1000;
  const over = (): boolean => performance.now() >= endsAt || options.signal?.aborted === true;

  const look = async (open: Open): Promise<void> => {
    const { id } = open.sample;
    const { found, versions } = await ask(open.sample, options, endsAt);
    const now = performance.now();
    if (found === 'present') settled.set(id, { id, found, versions });
    if (found !== 'absent') open.firstAbsentAt = undefined;
    else if (open.firstAbsentAt === undefined) open.firstAbsentAt = now;
    else if (now - open.firstAbsentAt >= settleMs) settled.set(id, { id, found, versions });
  };
  let open = acknowledged.map((sample): Open => ({ sample, firstAbsentAt: undefined }));
  while (open.length > 0 && !over()) {
    const round = open.values();
    const worker = async (): Promise<void> => {
      for (const one of round) if (!over()) await look(one);
    };
    await Promise.all(Array.from({ length: options.concurrency ?? 8 }, worker));
    open = open.filter((one) => !settled.has(one.sample.id));
    if (open.length > 0) await sleep(betweenRoundsMs, undefined, { signal: options.signal }).catch(() => undefined);
  }
  return acknowledged.map(({ id }) => settled.get(id) ?? { id, found: 'unknown', versions: 0 });
}

async function ask(
  sample: CanarySample,
  options: ReadBackOptions,
  endsAt: number,
): Promise<{ readonly found: Look; readonly versions: number }> {
  const timeoutMs = Math.max(1, Math.min(options.timeoutMs, endsAt - performance.now()));
  const reply = await options.connections.send({ method: 'GET', path: `/Observation/${sample.id}`, timeoutMs });
  if (reply.kind === 'failed') return { found: 'nothing', versions: 0 };
  if (reply.status === 404 || reply.status === 410) return { found: 'absent', versions: 0 };
  const answer = reply.status === 200 ? readCanary(sample.id, reply.text) : undefined;
  if (answer === undefined) {
    options.connections.blame(reply.address);
    return { found: 'nothing', versions: 0 };
  }
  // A record of that id with other content is not what the user was promised.
  return { found: answer.value === canaryValue(sample.id, sample.sentAt) ? 'present' : 'absent', versions: answer.versions };
}
