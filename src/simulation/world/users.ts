// People and canaries of one population: they resolve the name, keep the answer for its TTL, connect to where it led, write and read
// back. Only what came back to them was acknowledged.
import { encodeLedger } from '../../core/objective/ledger.ts';
import type { CanarySample, LedgerLine } from '../../core/objective/measurement.ts';
import type { Workload } from '../../core/estate.ts';
import type { Input } from '../../core/kernel.ts';
import { later, type Instant, type RunId } from '../../core/values.ts';
import { sha256 } from '../../journal/hash.ts';
import type { Random } from '../random.ts';
import type { Database } from './database.ts';
import type { Ground } from './ground.ts';
import type { Replica } from './replica.ts';
import type { Workloads } from './workloads.ts';

/** Where reports go: whoever leads takes them. `orders`: which ledgers a leader wants of this population, and from when. */
export type Desk = {
  /** `toldAt`: by the clock of whoever reports. */
  report(from: number, input: Input, toldAt?: Instant): boolean;
  orders(from: number, workload: string, population: string): readonly { readonly run: RunId; readonly from: Instant }[];
};
type Options = {
  readonly ground: Ground;
  readonly workloads: Workloads;
  readonly database: Database;
  readonly workload: Workload;
  readonly population: string;
  readonly site: string;
  readonly random: Random;
  readonly desk: Desk;
  /** Drawn or usual where absent. */
  readonly habits?: { readonly ttlMs: number; readonly clientMs?: number; readonly keepsStale: boolean; readonly timeoutMs: number };
};
type Kept = { readonly replica: string; readonly until: number };
type Answer = { readonly replica: Replica; readonly number: number } | undefined;

const ttlMs = [5_000, 15_000, 30_000] as const;
/** A slow answer that comes after this is no answer to those who wait. */
const timeoutMs = 2_000;
const mostUnsent = 60;

export class Population {
  /** Its canary client's clock, against true time. */
  skewMs = 0;
  /** The canary client does not run. */
  silent = 0;
  /** When the name last led it somewhere else than before. */
  followedAt: Instant | undefined;
  readonly name: string;
  readonly node: number;
  readonly #at: Options;
  readonly #ttlMs: number;
  readonly #keepsStale: boolean;
  readonly #timeoutMs: number;
  readonly #everyMs: number;
  /** What their software keeps, and what the resolver does that it asks. */
  #cache: Kept | undefined;
  #resolved: Kept | undefined;
  readonly #samples: CanarySample[] = [];
  readonly #numbers = new Map<string, number>();
  #unsent: CanarySample[] = [];
  readonly #reading = new Set<string>();
  #lastAckedAt: Instant | undefined;

  constructor(options: Options) {
    this.#at = options;
    this.name = options.population;
    const { ground, workload, random } = options;
    this.node = ground.nodeOf(options.site);
    this.#ttlMs = options.habits?.ttlMs ?? random.pick(ttlMs);
    this.#keepsStale = options.habits?.keepsStale ?? random.chance(0.5);
    this.#timeoutMs = options.habits?.timeoutMs ?? timeoutMs;
    this.#everyMs = ground.estate.tiers[workload.tier]?.usersPath.intervalMs ?? 5_000;
    ground.clock.after(random.between(0, this.#everyMs), () => this.#canary());
    ground.clock.after(random.between(0, 5_000), () => this.#user());
  }
  get workload(): string {
    return this.#at.workload.id;
  }

  #clock(): Instant {
    return later(this.#at.ground.now, this.skewMs);
  }

  #resolve(): string | undefined {
    const { ground, database, workloads } = this.#at;
    if (this.#resolved === undefined || this.#resolved.until <= ground.now) {
      const route = workloads.routeOf(database.id);
      if (ground.network.canTalk(this.node, ground.nodeOf('routing')) && route !== undefined)
        this.#resolved = { replica: route, until: ground.now + this.#ttlMs };
      else if (!this.#keepsStale) this.#resolved = undefined;
    }
    return this.#resolved?.replica;
  }

  /** Resolve, connect, write. What the replica took may still not come back. */
  #write(): Answer {
    const { ground, database } = this.#at;
    if (this.#cache === undefined || this.#cache.until <= ground.now) {
      const replica = this.#resolve();
      if (this.#cache !== undefined && replica !== undefined && this.#cache.replica !== replica) this.followedAt = ground.now;
      this.#cache = replica === undefined ? undefined : { replica, until: ground.now + (this.#at.habits?.clientMs ?? 0) };
    }
    const replica = this.#cache === undefined ? undefined : database.replica(this.#cache.replica);
    if (replica === undefined || !ground.network.canSend(this.node, replica.node)) return undefined;
    const number = database.write(replica);
    if (number === undefined || !ground.network.canSend(replica.node, this.node)) return undefined;
    return replica.harm.slow > 0 ? undefined : { replica, number };
  }

  #user(): void {
    const { ground, database, population, random } = this.#at;
    const answer = this.#write();
    if (answer !== undefined) database.acknowledge(answer.number, answer.replica, population, false);
    ground.clock.after(random.around(4_000), () => this.#user());
  }

  #canary(): void {
    const { ground, database, population, random } = this.#at;
    ground.clock.after(this.#everyMs, () => this.#canary());
    if (this.silent > 0 || !ground.stands(this.#at.site)) return;
    const sentAt = this.#clock();
    const answer = this.#write();
    if (answer !== undefined) database.acknowledge(answer.number, answer.replica, population, true);
    const id = `${population}-${this.#samples.length}`;
    if (answer !== undefined) this.#numbers.set(id, answer.number);
    const tookMs = answer === undefined ? this.#timeoutMs : random.between(10, 80);
    const sample: CanarySample = {
      id,
      sentAt,
      ...(answer === undefined ? {} : { ackedAt: later(sentAt, tookMs), readAt: later(sentAt, tookMs + 5) }),
      timeline: answer?.replica.timeline ?? 0,
      address: answer?.replica.name ?? '',
      detail: answer === undefined ? 'no answer' : 'good',
    };
    ground.clock.after(tookMs + random.between(5, 60), () => this.#report(sample));
  }

  #report(sample: CanarySample): void {
    const { desk, workload, population } = this.#at;
    this.#samples.push(sample);
    this.#unsent.push(sample);
    if (this.#unsent.length > mostUnsent) this.#unsent.shift();
    const lastAckedAt = sample.ackedAt ?? this.#lastAckedAt;
    this.#lastAckedAt = lastAckedAt;
    const now = this.#clock();
    const told = lastAckedAt === undefined ? {} : { lastAckedAt: Math.min(lastAckedAt, now) as Instant };
    const input = { kind: 'sampled', workload: workload.id, population, samples: this.#unsent, ...told } as const;
    if (desk.report(this.node, input, now)) this.#unsent = [];
    for (const order of desk.orders(this.node, workload.id, population)) this.#readBack(order.run, order.from);
  }

  /** Every acknowledged canary is asked for where the name leads now. */
  #readBack(run: RunId, from: Instant): void {
    const { ground, database, desk, population, random } = this.#at;
    if (this.#reading.has(run)) return;
    const replica = database.replica(this.#cache?.replica ?? '');
    if (replica === undefined || !database.acceptsWrites(replica) || !ground.network.canTalk(this.node, replica.node)) return;
    this.#reading.add(run);
    ground.clock.after(random.between(100, 2_000), () => {
      this.#reading.delete(run);
      const samples = this.#samples.filter((sample) => sample.sentAt >= from);
      const canAsk = database.answers(replica) && ground.network.canTalk(this.node, replica.node);
      const ledger = samples
        .filter((sample) => sample.ackedAt !== undefined)
        .map(({ id }): LedgerLine => {
          const number = this.#numbers.get(id);
          const isThere = number !== undefined && database.has(replica, number);
          return { id, found: canAsk ? (isThere ? 'present' : 'absent') : 'unknown', versions: canAsk && isThere ? 1 : 0 };
        });
      desk.report(this.node, {
        kind: 'ledgered',
        run,
        population,
        samplesHash: sha256(encodeLedger({ samples, ledger })),
        samples,
        ledger,
      });
    });
  }
}
