// Replication links: each way once, both ends are replicas of the workload, and what measures the lag is a probe of the one that receives.
import type { Declaration, Resolving } from './kinds/kind.ts';
import { below } from './pointer.ts';
import { quoted } from './problem.ts';
import { didYouMean } from './suggest.ts';

type Spec = {
  readonly replicas: readonly { readonly name: string; readonly probes: readonly { readonly id: string }[] }[];
  readonly replication: readonly {
    readonly from: string;
    readonly to: string;
    readonly lagProbe: string;
    readonly measuredBy: 'heartbeat' | 'reported';
    readonly arrivalProbe?: string;
  }[];
};

export function checkReplication(of: Declaration<Spec>, resolving: Resolving): void {
  const replicas = new Map(of.spec.replicas.map((replica) => [replica.name, replica]));
  const earlier = new Set<string>();
  of.spec.replication.forEach((link, index) => {
    const at = below('/spec/replication', index);
    const way = JSON.stringify([link.from, link.to]);
    if (earlier.has(way))
      resolving.say(of, {
        pointer: at,
        code: 'NOT_UNIQUE',
        message: `${quoted(link.from)} is copied to ${quoted(link.to)} by an earlier link already`,
        remedy: 'keep one of them',
      });
    earlier.add(way);
    for (const end of ['from', 'to'] as const)
      if (!replicas.has(link[end]))
        resolving.say(of, {
          pointer: below(at, end),
          code: 'UNKNOWN_REPLICA',
          message: `there is no replica ${quoted(link[end])}`,
          remedy: didYouMean(link[end], replicas.keys(), 'name a replica of this workload'),
        });
    if (link.from === link.to)
      resolving.say(of, {
        pointer: below(at, 'to'),
        code: 'CYCLE',
        message: `${quoted(link.to)} is copied to itself`,
        remedy: 'name two replicas',
      });
    const probes = replicas.get(link.to)?.probes.map((probe) => probe.id);
    for (const key of ['lagProbe', 'arrivalProbe'] as const) {
      const named = link[key];
      if (named !== undefined && probes !== undefined && !probes.includes(named))
        resolving.say(of, {
          pointer: below(at, key),
          code: 'UNKNOWN_PROBE',
          message: `replica ${quoted(link.to)} has no probe ${quoted(named)}`,
          remedy: didYouMean(named, probes, 'add it to that replica'),
        });
    }
    if (link.arrivalProbe === link.lagProbe)
      resolving.say(of, {
        pointer: below(at, 'arrivalProbe'),
        code: 'ARRIVAL_BY_ITSELF',
        message: `${quoted(link.lagProbe)} measures the lag, and is to prove it as well`,
        remedy: 'name another probe of the replica, which looks another way',
      });
    else if (link.measuredBy === 'reported' && link.arrivalProbe === undefined && !of.holes.has(below(at, 'measuredBy')))
      resolving.say(of, {
        pointer: below(at, 'measuredBy'),
        code: 'LAG_UNPROVEN',
        message: `nothing says that data still arrives at ${quoted(link.to)}, so its lag is unknown and a person is asked before each failover`,
        remedy: 'add `arrivalProbe`, or measure by heartbeats',
      });
  });
}
