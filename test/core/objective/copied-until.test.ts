// Until when a standby has everything: by its heartbeats, or by its own word up to the last arrival of data. A standby that is cut off
// says that it is behind by nothing; that must never be taken for no loss.
import { expect, test } from 'vitest';
import type { Replication } from '../../../src/core/estate.ts';
import type { View } from '../../../src/core/kernel.ts';
import { newSight, seeProbe } from '../../../src/core/detection/sight.ts';
import { targetId } from '../../../src/core/detection/targets.ts';
import { copiedUntil } from '../../../src/core/objective/loss.ts';
import type { Instant, VantageId } from '../../../src/core/values.ts';
import { workload } from '../estate.ts';

type Sample = { readonly probe: string; readonly at: number; readonly by?: string; readonly measured: Record<string, number> };
const db = (measured: Record<string, number>, by = 'campus', at = 10_000): Sample => ({ probe: 'db', at, by, measured });
const feed = (measured: Record<string, number>, at = 10_000): Sample => ({ probe: 'feed', at, measured });

function until(link: Partial<Replication>, samples: readonly Sample[]): number | undefined {
  const seen = newSight();
  for (const { probe, at, by = 'campus', measured } of samples)
    seeProbe(
      seen,
      { target: targetId(workload.id, 'west', probe), vantage: by as VantageId, ok: true, at: at as Instant, detail: '', measured },
      at as Instant,
    );
  const linked = { ...workload, replication: [{ from: 'east', to: 'west', lagProbe: 'db', heartbeatMs: 1_000, ...link }] };
  const west = linked.replicas.find(({ name }) => name === 'west');
  if (west === undefined) throw new Error('no west');
  return copiedUntil({ now: 20_000 as Instant, seen } as unknown as View, linked, west);
}

const reported = { measuredBy: 'reported' } as const;
const proven = { measuredBy: 'reported', arrivalProbe: 'feed' } as const;
const both = { arrivalProbe: 'feed' } as const;

test.each<[string, Partial<Replication>, readonly Sample[], number | undefined]>([
  ['by its newest heartbeat, whoever saw it', {}, [db({ heartbeatAt: 8_000 }), db({ heartbeatAt: 9_000 }, 'west')], 9_000],
  ['a heartbeat needs no other proof, and its own word adds none', {}, [db({ heartbeatAt: 8_000, lagMs: 0 })], 8_000],
  ['nobody saw a heartbeat', {}, [db({ lagMs: 0 })], undefined],
  ['its own word alone is nothing, however good it sounds', reported, [db({ lagMs: 0 })], undefined],
  ['its own word alone is nothing, heartbeats or not', reported, [db({ lagMs: 0, heartbeatAt: 9_900 })], undefined],
  ['its own word, and data that came in after', proven, [db({ lagMs: 2_000 }), feed({ arrivedAt: 9_900 })], 8_000],
  ['cut off: behind by nothing, and nothing came in for long', proven, [db({ lagMs: 0 }), feed({ arrivedAt: 3_000 })], 3_000],
  ['a heartbeat row is an arrival, too', proven, [db({ lagMs: 0 }), feed({ heartbeatAt: 4_000 })], 4_000],
  ['nobody sees what arrives', proven, [db({ lagMs: 0 })], undefined],
  ['it does not say how far it is behind', proven, [feed({ arrivedAt: 9_900 })], undefined],
  ['it says that it is ahead', proven, [db({ lagMs: -5 }), feed({ arrivedAt: 9_900 })], undefined],
  ['heartbeats and arrivals: the older counts', both, [db({ heartbeatAt: 9_000 }), feed({ arrivedAt: 7_000 })], 7_000],
  ['heartbeats, and nobody sees the arrivals that were declared', both, [db({ heartbeatAt: 9_000 })], undefined],
])('%s', (_, link, samples, expected) => expect(until(link, samples)).toBe(expected));
