// One controller in virtual time: its own clocks, its life, a lease over the shared store, and while it leads the real engine in the
// loop of `runtime/loop.ts`: take what came, turn it, append, and only when that is durable act.
import { catalogueOfActions } from './actions.ts';
import type { Evaluate } from '../core/catalogue.ts';
import type { Estate } from '../core/estate.ts';
import type { Input, Request } from '../core/input.ts';
import type { Facts, Known } from '../core/state.ts';
import { later, type Actor, type Hash, type Instant, type Json, type RunId } from '../core/values.ts';
import { Engine } from '../engine/engine.ts';
import { Leadership, type LeaseRules } from '../engine/leadership.ts';
import { recover } from '../engine/recovery.ts';
import { canonical } from '../journal/canonical.ts';
import { sha256 } from '../journal/hash.ts';
import { Seal } from '../journal/seal.ts';
import { steadyClock, type SteadyClock } from '../runtime/steady-clock.ts';
import type { Random } from './random.ts';
import type { Arranged } from './clock.ts';
import { Leader } from './leader.ts';
import type { Store } from './store.ts';
import type { Ground } from './world/ground.ts';
import type { ControlPlanes } from './world/providers.ts';

export type ControllerOptions = {
  readonly name: string;
  readonly site: string;
  readonly ground: Ground;
  readonly store: Store;
  readonly providers: ControlPlanes;
  readonly random: Random;
  readonly rules: LeaseRules;
  readonly facts: Facts;
  /** What its files say now; read at each start and when they change. */
  readonly declared: () => Hash;
  /** Chances that it dies at a point that is worth dying at, or stands still before it acts; drawn per schedule. */
  readonly dies: { beforeAppend: number; afterAppend: number; betweenCommands: number; stands: number };
  readonly restartMs: () => number;
  /** An input was turned. */
  readonly counted: () => void;
  /** Something went wrong that no fault explains: a bug. */
  readonly broke: (sentence: string) => void;
  readonly struck: (fault: string) => void;
  /** Check after each so many turns that nothing was forgotten. */
  readonly scanEvery: number;
};
/** The API refuses a report from further in the future, as `api/check.ts` does. */
const mostAheadMs = 60_000;
const beginAgainMs = 5_000;
/** What a new leader asked of the store, or the answer, may be lost: after this it asks again. */
const recoverMs = 2_000;
const mostBacklog = 3_000;
export class SimulatedController {
  readonly name: string;
  readonly site: string;
  readonly node: number;
  /** The system's clock against true time; may jump. */
  skewMs = 0;
  /** Rate of the monotonic clock against true time, in parts per million. */
  readonly driftPpm: number;
  readonly #at: ControllerOptions;
  #life = 0;
  #isUp = false;
  #paused = 0;
  #backlog: (() => void)[] = [];
  #bootAt: Instant;
  #clock: SteadyClock;
  #leadership: Leadership;
  #leading: Leader | undefined;
  #recoversUntil = 0 as Instant;
  #isGone = false;
  #notBefore = 0;
  #poll: Arranged | undefined;
  /** When the credentials of its present term end: with the lease, counted from when the last good renewal was sent. */
  #credentialsUntil = 0 as Instant;

  constructor(options: ControllerOptions) {
    this.#at = options;
    this.name = options.name;
    this.site = options.site;
    this.node = options.ground.nodeOf(options.site);
    this.driftPpm = options.random.between(-200, 200);
    this.#bootAt = options.ground.now;
    this.#clock = this.#newClock();
    this.#leadership = this.#newLeadership();
  }

  get isUp(): boolean {
    return this.#isUp && this.#at.ground.stands(this.site);
  }
  get isPaused(): boolean {
    return this.#paused > 0;
  }
  /** Undefined while it does not lead. For people who read its pages: what they see there may be wrong. */
  get known(): Known | undefined {
    return this.#leading?.known;
  }

  start(): void {
    if (this.#isUp || !this.#at.ground.stands(this.site)) return;
    this.#life += 1;
    this.#isUp = true;
    this.#bootAt = this.#at.ground.now;
    this.#clock = this.#newClock();
    this.#leadership = this.#newLeadership();
    this.#say('started');
    this.#pollSoon();
  }
  /** Everything in its memory is gone; what it sent is on its way. */
  crash(restart = true): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#life += 1;
    this.#backlog = [];
    this.#stopLeading();
    this.#say('crashed');
    if (restart) this.#restartLater();
  }
  /** For the calm: down for good, or up again with all its faults over. */
  stayDown(): void {
    this.crash(false);
    this.#isGone = true;
  }
  #restartLater(): void {
    this.#at.ground.clock.after(this.#at.restartMs(), () => {
      if (this.#isUp || this.#isGone) return;
      if (this.#at.ground.stands(this.site)) this.start();
      else this.#restartLater();
    });
  }
  pause(): void {
    if ((this.#paused += 1) === 1) this.#say('paused');
  }
  resume(): void {
    if ((this.#paused -= 1) > 0) return;
    this.#say('resumed');
    const backlog = this.#backlog;
    this.#backlog = [];
    for (const run of backlog) run();
  }

  /** A message arrived, sent at `toldAt` by the clock of its sender. False when nobody here takes it. */
  receive(input: Input, toldAt?: Instant): boolean {
    if (!this.isUp || this.#leading === undefined) return false;
    if (this.#paused > 0) {
      if (this.#backlog.length < mostBacklog) this.#backlog.push(this.#ofThisLife(() => this.#leading?.post({ input })));
      return true;
    }
    if (!isSane(input, this.#wall(), toldAt)) return true;
    this.#leading.post({ input });
    return true;
  }
  /** A person asks. `settle` once the answer is durable; never when it dies before. */
  request(by: Actor, request: Request, settle: (accepted: boolean, code?: string) => void): boolean {
    if (!this.isUp || this.#leading === undefined || this.#paused > 0) return false;
    this.#leading.post({ input: { kind: 'requested', by, request }, actor: by, settle });
    return true;
  }
  orders(workload: string, population: string): readonly { readonly run: RunId; readonly from: Instant }[] {
    const known = this.#paused > 0 ? undefined : this.known;
    if (known === undefined || known.openRuns.size === 0 || !this.isUp) return [];
    return [...known.openRuns].flatMap((id) => {
      const run = known.runs.get(id);
      const from = run?.ledgersWanted.get(population);
      return run?.workload === workload && run.status === 'measuring' && !run.ledgers.has(population) && from !== undefined
        ? [{ run: id, from }]
        : [];
    });
  }
  declare(): void {
    this.receive({ kind: 'declared', estate: this.#at.declared() });
  }
  headroom(isSpent: boolean): void {
    this.receive({ kind: 'headroom', isSpent });
  }

  #wall(): Instant {
    return this.#clock.now();
  }
  #newClock(): SteadyClock {
    return steadyClock({
      wallMs: () => this.#at.ground.now + this.skewMs,
      monotonicNs: () => BigInt(Math.max(0, Math.round(this.#mono() * 1_000_000))),
    });
  }
  #mono(): number {
    return (this.#at.ground.now - this.#bootAt) * (1 + this.driftPpm / 1_000_000);
  }
  #say(what: 'started' | 'crashed' | 'paused' | 'resumed' | 'halted'): void {
    this.#at.ground.say({ kind: 'controller', controller: this.name, what });
  }
  #newLeadership(): Leadership {
    return new Leadership(`${this.name}/${this.#life}`, this.#at.rules);
  }
  /** Runs only in the life that arranged it, and not while it is paused: then when it resumes. */
  #ofThisLife(run: () => void): () => void {
    const life = this.#life;
    const later = (): void => {
      if (this.#life !== life) return;
      if (this.#paused > 0) this.#backlog.push(later);
      else run();
    };
    return later;
  }
  #after(ms: number, run: () => void): Arranged {
    return this.#at.ground.clock.after(ms, this.#ofThisLife(run));
  }
  /** Asks the store: `ask` runs there, `answer` here, each only if its message gets through. */
  #store<T>(ask: () => T, answer: (got: T) => void): void {
    const { ground, random } = this.#at;
    const store = ground.nodeOf('store');
    const isFrom = this.#life;
    ground.clock.after(random.between(1, 8), () => {
      if (!ground.network.canSend(this.node, store)) return;
      const got = ask();
      if (!ground.network.canSend(store, this.node)) return;
      if (this.#life === isFrom) this.#after(random.between(1, 8), () => answer(got));
    });
  }

  // The lease.
  #pollSoon(): void {
    const inMs = Math.max(20, (this.#leadership.wakeAt - this.#mono()) / (1 + this.driftPpm / 1_000_000));
    if (this.#poll !== undefined) this.#poll.off = true;
    this.#poll = this.#after(Number.isFinite(inMs) ? Math.ceil(inMs) : 20, () => this.#askForLease());
  }
  #askForLease(): void {
    if (!this.isUp) {
      // Its site is gone: it is dead, and comes back with it.
      this.crash();
      return;
    }
    const now = this.#at.ground.now;
    const ask = now < this.#notBefore ? undefined : this.#leadership.ask(this.#mono());
    if (ask !== undefined) {
      const leadership = this.#leadership;
      this.#store(
        () => this.#at.store.lease(this.name, ask),
        (answer) => {
          if (answer === undefined || leadership !== this.#leadership) return;
          leadership.answered(ask.id, answer, this.#mono());
          if (answer.kind === 'swapped' && leadership.epoch !== undefined)
            this.#credentialsUntil = (now + this.#at.rules.leaseMs) as Instant;
          this.#follow();
          this.#pollSoon();
        },
      );
    }
    this.#follow();
    this.#pollSoon();
  }
  /** Does what the lease says: begins to lead, or stops. */
  #follow(): void {
    const { epoch } = this.#leadership.mayAct(this.#mono()) ? this.#leadership : { epoch: undefined };
    if (this.#leading !== undefined && this.#leading.epoch !== epoch) this.#stopLeading();
    if (epoch !== undefined && this.#leading === undefined && this.#at.ground.now >= this.#recoversUntil) this.#recover(epoch);
  }
  #stopLeading(): void {
    this.#leading?.stop();
    this.#leading = undefined;
    this.#recoversUntil = 0 as Instant;
  }
  #halt(because: string): void {
    this.#stopLeading();
    this.#leadership.stepDown(because);
    this.#notBefore = this.#at.ground.now + beginAgainMs;
    this.#say('halted');
  }

  #recover(epoch: number): void {
    this.#recoversUntil = later(this.#at.ground.now, recoverMs);
    const { store, facts } = this.#at;
    this.#store(
      () => store.lines.length,
      (size) => {
        this.#recoversUntil = 0 as Instant;
        if (this.#leadership.epoch !== epoch || !this.#leadership.mayAct(this.#mono())) return;
        const { chain: at, state } = recover(store.lines.slice(0, size), facts);
        this.#clock.notBefore(store.lastEntryAt);
        const seal = new Seal({
          log: 'simulation/log',
          floor: 'simulation',
          controlDomain: 'central',
          boot: `${this.name}-${this.#life}`,
          continueFrom: at,
        });
        const engine = new Engine({ facts, state, seal, epoch, controller: this.name });
        const leader = this.#newLeader(engine, epoch, at.seq);
        this.#leading = leader;
        leader.post({ input: { kind: 'began', controller: this.name, version: 'simulation', lastSeq: at.seq - 1, lastHash: at.prev } });
        leader.post({ input: { kind: 'declared', estate: this.#at.declared() } });
        if (store.harm.spent > 0) this.headroom(true);
      },
    );
  }

  #newLeader(engine: Engine, epoch: number, sealed: number): Leader {
    const { ground, random, store, providers, dies, counted, broke, struck, scanEvery } = this.#at;
    return new Leader({
      name: this.name,
      node: this.node,
      engine,
      epoch,
      sealed,
      ground,
      random,
      store,
      providers,
      dies,
      scanEvery,
      counted,
      broke,
      now: () => ({ at: this.#clock.now(), ns: this.#clock.monotonicNs() }),
      after: (ms, run) => this.#after(ms, run),
      asks: (ask, answer) => this.#store(ask, answer),
      mayAct: () => this.#leadership.mayAct(this.#mono()),
      credentialsUntil: () => this.#credentialsUntil,
      lost: () => this.#stopLeading(),
      halt: (because) => this.#halt(because),
      die: () => {
        struck('controller-crash');
        this.crash();
      },
      stand: () => {
        struck('controller-stands');
        this.pause();
        ground.clock.after(this.#at.rules.leaseMs + random.between(0, 30_000), () => this.resume());
      },
    });
  }
}

const isSane = (input: Input, now: Instant, toldAt: Instant = now): boolean => {
  if (toldAt > now + mostAheadMs) return false;
  if (input.kind === 'probed') return input.at <= now + mostAheadMs;
  if (input.kind === 'sampled') return input.samples.every((sample) => (sample.readAt ?? sample.sentAt) <= now + mostAheadMs);
  return true;
};

/** What every controller of a schedule knows beside the journal: the actions, and the blobs of the estates. */
export function factsFor(estates: ReadonlyMap<Hash, Estate>, evaluate: Evaluate): Facts {
  return { floor: 'simulation', catalogue: { actions: catalogueOfActions, evaluate }, estates, digest };
}
export const digest = (value: Json): Hash => sha256(canonical(value));
