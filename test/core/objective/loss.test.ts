// What a promotion would lose, by what was last heard of the users and of the candidate.
import { expect, test } from 'vitest';
import type { View } from '../../../src/core/kernel.ts';
import { newSight, seeCanaries, seeProbe } from '../../../src/core/detection/sight.ts';
import { targetId } from '../../../src/core/detection/targets.ts';
import { predictedLossMs } from '../../../src/core/objective/loss.ts';
import type { Instant, VantageId } from '../../../src/core/values.ts';
import { tier, workload } from '../estate.ts';

const at = (ms: number): Instant => (1_000_000 + ms) as Instant;
type Case = {
  readonly heartbeatAt?: number;
  /** When canaries were sent, and which of them were acknowledged, 10 ms later. */
  readonly sent?: readonly number[];
  readonly acked?: readonly number[];
  readonly toldAt?: number;
};

/** Asked at 10 s. Canaries go every 200 ms, so that silence begins after one second, and a canary may take another. */
function lossOf({ heartbeatAt, sent = [], acked = [], toldAt }: Case): number | undefined {
  const sight = newSight();
  const samples = sent.map((sentAt) => ({
    id: String(sentAt),
    sentAt: at(sentAt),
    timeline: 1,
    address: '',
    detail: '',
    ...(acked.includes(sentAt) ? { ackedAt: at(sentAt + 10), readAt: at(sentAt + 20) } : {}),
  }));
  const told = toldAt === undefined ? {} : { lastAckedAt: at(toldAt) };
  if (samples.length > 0) seeCanaries(sight, { workload: workload.id, population: 'ward', samples, ...told }, at(10_000));
  const target = targetId(workload.id, 'west', 'db');
  if (heartbeatAt !== undefined)
    seeProbe(
      sight,
      {
        target,
        vantage: 'campus' as VantageId,
        ok: true,
        at: at(10_000),
        detail: '',
        measured: { heartbeatAt: at(heartbeatAt) },
      },
      at(10_000),
    );
  const view = {
    now: at(10_000),
    seen: sight,
  } as unknown as View;
  const [, west] = workload.replicas;
  return west === undefined ? undefined : predictedLossMs(view, workload, west, tier);
}

test.each<[string, Case, number | undefined]>([
  ['no heartbeat was seen', { sent: [9_800], acked: [9_800] }, undefined],
  [
    'from the last acknowledged canary and one interval to the heartbeat',
    { heartbeatAt: 7_000, sent: [8_000, 9_800], acked: [8_000] },
    1_210,
  ],
  ['it does not grow while the users are known to fail', { heartbeatAt: 7_000, sent: [8_000, 9_000, 9_400, 9_990], acked: [8_000] }, 1_210],
  ['a leader that never saw the last answer is told of it', { heartbeatAt: 7_000, sent: [9_800], toldAt: 8_000 }, 1_200],
  ['and of none but the last', { heartbeatAt: 7_000, sent: [8_000, 9_800], acked: [8_000], toldAt: 8_500 }, 1_700],
  ['the heartbeat is newer than the last answer', { heartbeatAt: 9_000, sent: [8_000, 9_800], acked: [8_000] }, 0],
  ['nobody was heard of: they may be acknowledged to this moment', { heartbeatAt: 7_000 }, 3_000],
  ['well when they were last heard of, a moment ago: the same', { heartbeatAt: 7_000, sent: [8_700], acked: [8_700] }, 3_000],
  ['known to fail a moment ago, and nothing heard since: the same', { heartbeatAt: 7_000, sent: [8_000, 8_500], acked: [8_000] }, 3_000],
  ['heard of long ago: the same', { heartbeatAt: 7_000, sent: [7_500], acked: [7_500] }, 3_000],
  ['known to fail long ago, and nothing heard since: the same', { heartbeatAt: 7_000, sent: [7_000], toldAt: 6_500 }, 3_000],
  ['heard of, and never answered since this leader began', { heartbeatAt: 7_000, sent: [9_800] }, 3_000],
])('%s', (_, given, loss) => {
  expect(lossOf(given)).toBe(loss);
});
