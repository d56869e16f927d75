// What each kind of call does to the world, when it is taken and when its work is done. One row a call; none of them decides whether it
// is wise.
import type { Instant } from '../../core/values.ts';
import type { Database, Shown } from './database.ts';
import type { Ground } from './ground.ts';
import type { Target } from './providers.ts';
import type { Workloads } from './workloads.ts';

export type Operation = {
  readonly uses: string;
  readonly token: string;
  readonly to: string;
  readonly startedAt: Instant;
  readonly endsAt: Instant;
  /** What the provider will say of the old writer, once it is done. */
  fencing: 'storage-fenced' | 'provider-asserted' | undefined;
};
export type At = {
  readonly target: Target;
  readonly database: Database;
  readonly ground: Ground;
  readonly workloads: Workloads;
  readonly operation: Operation;
  readonly token: string;
  /** Whether a fence that reaches the old storage proves itself this time. */
  readonly fences: () => boolean;
};
type Fenced = 'storage' | 'asserted' | 'failed' | undefined;
type Row = {
  readonly lastsMs: { readonly least: number; readonly most: number };
  /** One at a time for a workload. */
  readonly isExclusive: boolean;
  /** It is refused when it cannot be proven. */
  readonly isProof?: true;
  /** Why it is turned away, as a code. */
  obstacle(target: Target, database: Database, ground: Ground): string | undefined;
  begin(at: At): Fenced;
  finish(at: At): void;
};

const nothing = (): undefined => undefined;
const ready = (target: Target, database: Database): string | undefined => {
  const to = database.replica(target.to);
  return to === undefined ? 'NOT_FOUND' : database.answers(to) ? undefined : 'TARGET_NOT_AVAILABLE';
};
function promote({ target, database, ground, token }: At): void {
  const to = database.replica(target.to);
  if (to !== undefined && database.answers(to)) database.promote(to, 'provider', token);
  else ground.say({ kind: 'undone', workload: database.id, token });
}
/** Tells the old storage to refuse writes: only what can be reached can be told. */
function fence({ target, database, ground, fences }: At): Fenced {
  const from = database.replica(target.from);
  const to = database.replica(target.to);
  if (from === undefined || to === undefined || from === to) return undefined;
  const isReached = ground.stands(from.site) && ground.network.canTalk(to.node, from.node);
  if (!isReached) return 'asserted';
  if (!fences()) return 'failed';
  from.isFenced = true;
  database.refresh('provider');
  return 'storage';
}
/** It came to nothing: the old writer, if this stopped it, goes on. */
function undo({ target, database, ground, token }: At): void {
  ground.say({ kind: 'undone', workload: database.id, token });
  const from = database.replica(target.from);
  if (from === undefined || !from.isFenced || !from.isWriter) return;
  from.isFenced = false;
  database.refresh('provider');
}

export const operations: Readonly<Record<string, Row>> = {
  'sim.failover': {
    lastsMs: { least: 1_000, most: 8_000 },
    isExclusive: true,
    obstacle: ready,
    begin: (at) => {
      const fenced = fence(at);
      at.operation.fencing = fenced === 'storage' ? 'storage-fenced' : 'provider-asserted';
      return fenced;
    },
    finish: (at) => {
      const to = at.database.replica(at.target.to);
      if (to !== undefined && at.database.answers(to)) promote(at);
      else undo(at);
    },
  },
  'sim.promote': { lastsMs: { least: 1_000, most: 6_000 }, isExclusive: true, obstacle: ready, begin: nothing, finish: promote },
  'sim.switchover': {
    lastsMs: { least: 3_000, most: 8_000 },
    isExclusive: true,
    obstacle: (target, database) => {
      const from = database.replica(target.from);
      const to = database.replica(target.to);
      if (from === undefined || to === undefined) return 'NOT_FOUND';
      return database.writer === from && database.acceptsWrites(from) && to.isLinked ? undefined : 'NOT_IN_SYNC';
    },
    begin: ({ target, database, operation }) => {
      const from = database.replica(target.from);
      if (from === undefined) return undefined;
      from.isFenced = true;
      operation.fencing = 'storage-fenced';
      database.refresh('provider');
      return 'storage';
    },
    finish: (at) => {
      const { target, database, operation, ground } = at;
      const from = database.replica(target.from);
      const to = database.replica(target.to);
      if (from === undefined || to === undefined) return;
      // Everything that the old writer took is there, or it goes on writing.
      if (!database.answers(to) || database.appliedAt(to) < operation.startedAt) return undo(at);
      promote(at);
      ground.clock.after(1_000, () => database.rejoin(from, 'provider'));
    },
  },
  'sim.move': {
    lastsMs: { least: 1_000, most: 5_000 },
    isExclusive: true,
    obstacle: (target, database, ground) => {
      const to = database.replica(target.to);
      const zone = to?.zones.findIndex((each) => each !== target.leave) ?? -1;
      const site = to?.zones[zone];
      if (to === undefined || site === undefined) return 'NOT_FOUND';
      return ground.stands(site) && (to.instanceDead[zone] ?? 0) === 0 ? undefined : 'TARGET_NOT_AVAILABLE';
    },
    begin: nothing,
    finish: ({ target, database }) => {
      const to = database.replica(target.to);
      const zone = to?.zones.findIndex((each) => each !== target.leave) ?? -1;
      if (to === undefined || zone < 0) return;
      to.zone = zone;
      database.refresh('provider');
    },
  },
  'sim.fence': {
    lastsMs: { least: 300, most: 2_000 },
    isExclusive: true,
    isProof: true,
    obstacle: nothing,
    // By a reservation at the storage's witness, which outlives the site: it holds also when the old writer comes back.
    begin: ({ target, database, operation }) => {
      const from = database.replica(target.from);
      if (from === undefined) return 'failed';
      from.isFenced = true;
      operation.fencing = 'storage-fenced';
      database.refresh('provider');
      return 'storage';
    },
    finish: () => undefined,
  },
  'sim.route': {
    lastsMs: { least: 300, most: 3_000 },
    isExclusive: false,
    obstacle: nothing,
    begin: ({ target, workloads, operation }) => {
      workloads.routing(target.workload, target.to, operation.endsAt);
      return undefined;
    },
    finish: ({ target, workloads }) => workloads.route(target.workload, target.to, 'provider'),
  },
};

/** Whether the goal of the call holds, as far as that is shown. */
export function goalShown(uses: string, target: Target, shown: Shown | undefined, route: string | undefined): boolean {
  switch (uses) {
    case 'sim.route':
      return route === target.to;
    case 'sim.fence':
      return shown !== undefined && (shown.fenced.includes(target.from) || shown.writer === target.to);
    case 'sim.move':
      // Of the replica alone: it may have come back as a writer of which the provider's newest line knows nothing.
      return shown !== undefined && shown.zones[target.to] !== target.leave;
    default:
      return shown?.writer === target.to;
  }
}
