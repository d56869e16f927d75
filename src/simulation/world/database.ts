// One workload's replicas, what was written, and where it is: who accepts writes now, what a standby has, what a promotion loses.
import type { Workload } from '../../core/estate.ts';
import type { Instant, WorkloadId } from '../../core/values.ts';
import type { Ground } from './ground.ts';
import { Replica } from './replica.ts';

type Write = { readonly number: number; readonly at: Instant; readonly timeline: number; isAcknowledged: boolean; wasLost: boolean };
/** A line of history that began when a standby was promoted: it has of its parent what had arrived by `cutAt`. */
type Line = { readonly parent: number; readonly cutAt: Instant };
export type Cause = 'provider' | 'inner-ha' | 'operator' | 'fault' | 'start';
/** What a provider's read-back tells of the workload, as of some instant. */
/** `zones`: where the instance of each replica that writes, or would, is. */
export type Shown = {
  readonly at: Instant;
  readonly writer: string;
  readonly zones: Readonly<Record<string, string>>;
  readonly fenced: readonly string[];
};

export class Database {
  readonly id: WorkloadId;
  readonly replicas: readonly Replica[];
  /** When people last moved the writer without asking Resus. */
  changedByHandAt = -Infinity;
  readonly #ground: Ground;
  readonly #byName: ReadonlyMap<string, Replica>;
  readonly #writes: Write[] = [];
  /** By the number of the line; line 1 has no parent. */
  readonly #lines = new Map<number, Line>();
  #newestLine = 1;
  readonly #shown: Shown[] = [];

  constructor(ground: Ground, workload: Workload) {
    this.#ground = ground;
    this.id = workload.id;
    this.replicas = workload.replicas.map((declared) => {
      const zones = Object.values(ground.estate.sites).filter((site) => site.parent === declared.site && site.level === 'zone');
      return new Replica(
        declared,
        zones.map(({ id }) => id),
        ground.nodeOf(declared.site),
        ground.now,
      );
    });
    this.#byName = new Map(this.replicas.map((replica) => [replica.name, replica]));
    this.refresh('start');
  }

  replica(name: string): Replica | undefined {
    return this.#byName.get(name);
  }
  get newestLine(): number {
    return this.#newestLine;
  }
  /** The writer of the newest line, whether or not it can write. */
  get writer(): Replica | undefined {
    return this.replicas.find((replica) => replica.isWriter && replica.timeline === this.#newestLine);
  }

  /** Its processes run: it answers those who reach it, if it is not frozen. */
  runs(replica: Replica): boolean {
    return replica.harm.databaseDead === 0 && this.#stands(replica);
  }
  /** What runs beside the database answers: whether or not the database does. */
  besideAnswers(replica: Replica): boolean {
    return replica.harm.frozen === 0 && this.#stands(replica);
  }
  #stands(replica: Replica): boolean {
    const zone = replica.zones[replica.zone];
    if (replica.harm.dead > 0 || !this.#ground.stands(replica.site)) return false;
    return zone === undefined || (this.#ground.stands(zone) && (replica.instanceDead[replica.zone] ?? 0) === 0);
  }
  answers(replica: Replica): boolean {
    return replica.harm.frozen === 0 && this.runs(replica);
  }
  acceptsWrites(replica: Replica): boolean {
    return replica.isWriter && !replica.isFenced && replica.harm.notWriting === 0 && this.answers(replica);
  }

  /** After anything that may change who writes or who follows whom: says so where it did. */
  refresh(by: Cause, told: { readonly token?: string; readonly missing?: Missing } = {}): void {
    const { now } = this.#ground;
    const { writer } = this;
    for (const replica of this.replicas) {
      const writes = this.acceptsWrites(replica);
      if (writes !== replica.saidWrites) {
        // The last heartbeat is as old as the last moment in which it wrote.
        if (replica.saidWrites) replica.beatAt = now;
        replica.saidWrites = writes;
        this.#ground.say({
          kind: 'writer',
          workload: this.id,
          replica: replica.name,
          writes,
          by,
          ...(writes && told.token !== undefined ? { token: told.token } : {}),
          ...(writes && told.missing !== undefined ? { missing: told.missing } : {}),
        });
      }
    }
    for (const replica of this.replicas) this.#relink(replica, writer, now);
    this.#show(writer, now);
  }
  #show(writer: Replica | undefined, now: Instant): void {
    const fenced = this.replicas.filter((replica) => replica.isFenced).map((replica) => replica.name);
    const last = this.#shown.at(-1);
    const isMoved = this.replicas.some((each) => last?.zones[each.name] !== (each.zones[each.zone] ?? ''));
    if (last?.writer === writer?.name && !isMoved && last?.fenced.join() === fenced.join()) return;
    const zones =
      isMoved || last === undefined
        ? Object.fromEntries(this.replicas.map((each) => [each.name, each.zones[each.zone] ?? '']))
        : last.zones;
    this.#shown.push({ at: now, writer: writer?.name ?? '', zones, fenced });
  }
  /** How things were at that instant, for a read-back that lags. */
  shownAt(at: number): Shown | undefined {
    return this.#shown.findLast((each) => each.at <= at) ?? this.#shown[0];
  }
  #relink(replica: Replica, writer: Replica | undefined, now: Instant): void {
    const isLinked =
      !replica.isWriter &&
      writer !== undefined &&
      replica.harm.stalled === 0 &&
      replica.timeline === writer.timeline &&
      this.answers(replica) &&
      this.answers(writer) &&
      this.#ground.network.canTalk(writer.node, replica.node);
    if (replica.isLinked && !isLinked) replica.appliedAt = Math.max(replica.appliedAt, now - replica.lagMs) as Instant;
    replica.isLinked = isLinked;
  }

  /** Everything committed until then on the line that it follows is on this standby. */
  appliedAt(replica: Replica): Instant {
    return replica.isLinked ? (Math.max(replica.appliedAt, this.#ground.now - replica.lagMs) as Instant) : replica.appliedAt;
  }
  /** The newest heartbeat row that it has. */
  heartbeatAt(replica: Replica, everyMs: number): Instant {
    const { now } = this.#ground;
    const writer = replica.isWriter ? replica : this.writer;
    const written = writer === undefined ? replica.beatAt : writer.saidWrites ? now : writer.beatAt;
    const here = replica.isWriter ? written : Math.min(written, this.appliedAt(replica));
    return (here - (here % everyMs)) as Instant;
  }

  /** What a standby tells of itself: one that is cut off has nothing left to apply, and is behind by nothing. */
  lagOf(replica: Replica): { readonly lagMs: number; readonly arrivedAt: Instant } {
    return { lagMs: replica.isLinked ? replica.lagMs : 0, arrivedAt: this.appliedAt(replica) };
  }

  /** Commits a write on this replica; the number to acknowledge it by, or undefined when it does not accept writes. */
  write(replica: Replica): number | undefined {
    if (!this.acceptsWrites(replica)) return undefined;
    const number = this.#writes.length + 1;
    this.#writes.push({ number, at: this.#ground.now, timeline: replica.timeline, isAcknowledged: false, wasLost: false });
    return number;
  }
  acknowledge(number: number, replica: Replica, population: string, isCanary: boolean): void {
    const write = this.#writes[number - 1];
    if (write === undefined) return;
    write.isAcknowledged = true;
    this.#ground.say({
      kind: 'acknowledged',
      workload: this.id,
      replica: replica.name,
      population,
      write: number,
      isCanary,
    });
  }
  /** Whether the write is there for readers of this replica. */
  has(replica: Replica, number: number): boolean {
    const write = this.#writes[number - 1];
    if (write === undefined) return false;
    return isOn(this.#lines, write, replica.timeline, replica.isWriter ? Infinity : this.appliedAt(replica));
  }

  /** A new line of history begins on this standby, with what it has. */
  promote(replica: Replica, by: Cause, token?: string): void {
    if (replica === this.writer) return;
    const cutAt = replica.isWriter ? this.#ground.now : this.appliedAt(replica);
    const parent = replica.timeline;
    // What was lost once, and came back with its replica, is nobody's new loss.
    const lost = this.#writes.filter(
      (write) =>
        write.isAcknowledged &&
        !write.wasLost &&
        isOn(this.#lines, write, this.#newestLine, Infinity) &&
        !isOn(this.#lines, write, parent, cutAt),
    );
    for (const write of lost) write.wasLost = true;
    const before = this.writer;
    this.#lines.set((this.#newestLine += 1), { parent, cutAt });
    replica.timeline = this.#newestLine;
    replica.isWriter = true;
    replica.isFenced = false;
    replica.isLinked = false;
    // A writer that was told to stop is a standby of the new line once it is rebuilt; one that was not goes on, on its own line.
    if (before !== undefined && before.isFenced) {
      before.isWriter = false;
      // It has what it wrote itself.
      before.appliedAt = Math.max(before.appliedAt, before.beatAt) as Instant;
    }
    this.refresh(by, { ...(token === undefined ? {} : { token }), missing: missingOf(lost) });
  }
  /** It becomes a standby of the present writer, rebuilt from it. */
  rejoin(replica: Replica, by: Cause): void {
    const { writer } = this;
    if (writer === undefined || writer === replica) return;
    replica.isWriter = false;
    replica.isFenced = false;
    replica.timeline = writer.timeline;
    replica.appliedAt = this.#ground.now;
    replica.isLinked = false;
    this.refresh(by);
  }
}

export type Missing = { readonly writes: number; readonly oldestAt: Instant; readonly newestAt: Instant };
function missingOf(lost: readonly Write[]): Missing {
  const at = lost.map((write) => write.at);
  const none = 0 as Instant;
  return {
    writes: lost.length,
    oldestAt: at.length === 0 ? none : (Math.min(...at) as Instant),
    newestAt: at.length === 0 ? none : (Math.max(...at) as Instant),
  };
}

/** Follows the line back to where the write was made, by what each line took from its parent. */
function isOn(lines: ReadonlyMap<number, Line>, write: Write, timeline: number, until: number): boolean {
  let at = timeline;
  let most = until;
  while (at > write.timeline) {
    const line = lines.get(at);
    if (line === undefined) return false;
    most = Math.min(most, line.cutAt);
    at = line.parent;
  }
  return at === write.timeline && write.at <= most;
}
