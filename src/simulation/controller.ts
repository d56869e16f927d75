// One controller in virtual time: its own clocks, its life, a lease over the shared store, and while it leads the real engine in the
// loop of `runtime/loop.ts`: take what came, turn it, append, and only when that is durable act.
import { catalogueOfActions } from './actions.ts';
import type { Evaluate } from '../core/catalogue.ts';
import type { Estate } from '../core/estate.ts';
import type { Command, Input, Request } from '../core/input.ts';
import type { Facts, Known } from '../core/state.ts';
import type { Actor, Hash, Instant, Json, RunId } from '../core/values.ts';
import { Engine, type Turn } from '../engine/engine.ts';
import { Leadership, type LeaseRules } from '../engine/leadership.ts';
import { recover } from '../engine/recovery.ts';
import { canonical } from '../journal/canonical.ts';
import { sha256 } from '../journal/hash.ts';
import { Seal } from '../journal/seal.ts';
import type { Random } from './random.ts';
import type { Arranged } from './clock.ts';
import type { Entry, Store } from './store.ts';
import type { Ground } from './world/ground.ts';
import type { Providers } from './world/providers.ts';

export type ControllerOptions = {
  readonly name: string;
  readonly site: string;
  readonly ground: Ground;
  readonly store: Store;
  readonly providers: Providers;
  readonly random: Random;
  readonly rules: LeaseRules;
  readonly facts: Facts;
  /** What its files say now; read at each start and when they change. */
  readonly declared: () => Hash;
  /** Chances that it dies at a point that is worth dying at; drawn per schedule. */
  readonly dies: { beforeAppend: number; afterAppend: number; betweenCommands: number };
  readonly restartMs: () => number;
  /** An input was turned. */
  readonly counted: () => void;
  /** Something went wrong that no fault explains: a bug. */
  readonly broke: (sentence: string) => void;
  readonly struck: (fault: string) => void;
  /** Check after each so many turns that nothing was forgotten. */
  readonly scanEvery: number;
};
type Waiting = { readonly input: Input; readonly actor?: Actor; readonly settle?: (accepted: boolean, code?: string) => void };
type Leading = {
  readonly engine: Engine;
  readonly epoch: number;
  readonly queue: Waiting[];
  isBusy: boolean;
  /** Entries that are durable, or on their way. */
  sealed: number;
  turns: number;
  forgottenSince: Instant | undefined;
  wake: Arranged | undefined;
};

/** The API refuses a report from further in the future, as `api/check.ts` does. */
const mostAheadMs = 60_000;
const beginAgainMs = 5_000;
/** From the decision to act to the socket: what a pause in between makes late. */
const toTheWireMs = { least: 1, most: 20 };
const answerWithinMs = 1_500;
const mostBacklog = 3_000;
/** `due` looks again at open questions at least this often, so nothing may stay wanted for longer. */
const forgottenMs = 1_500;

export class SimulatedController {
  readonly name: string;
  readonly site: string;
  readonly node: number;
  /** Wall clock against true time; may jump. */
  skewMs = 0;
  /** Rate of the monotonic clock against true time, in parts per million. */
  readonly driftPpm: number;
  readonly #at: ControllerOptions;
  #life = 0;
  #isUp = false;
  #paused = 0;
  #backlog: (() => void)[] = [];
  #bootAt: Instant;
  #leadership: Leadership;
  #leading: Leading | undefined;
  #recovering = false;
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
    return this.#leading?.engine.known;
  }

  start(): void {
    if (this.#isUp || !this.#at.ground.stands(this.site)) return;
    this.#life += 1;
    this.#isUp = true;
    this.#bootAt = this.#at.ground.now;
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

  /** A message arrived. False when nobody here takes it. */
  receive(input: Input): boolean {
    if (!this.isUp || this.#leading === undefined) return false;
    if (this.#paused > 0) {
      if (this.#backlog.length < mostBacklog) this.#backlog.push(this.#ofThisLife(() => this.#post({ input })));
      return true;
    }
    if (!isSane(input, this.#wall())) return true;
    this.#post({ input });
    return true;
  }
  /** A person asks. `settle` once the answer is durable; never when it dies before. */
  request(by: Actor, request: Request, settle: (accepted: boolean, code?: string) => void): boolean {
    if (!this.isUp || this.#leading === undefined || this.#paused > 0) return false;
    this.#post({ input: { kind: 'requested', by, request }, actor: by, settle });
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
    return (this.#at.ground.now + this.skewMs) as Instant;
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
    if (epoch !== undefined && this.#leading === undefined && !this.#recovering) this.#recover(epoch);
  }
  #stopLeading(): void {
    if (this.#leading?.wake !== undefined) this.#leading.wake.off = true;
    this.#leading = undefined;
    this.#recovering = false;
  }
  #halt(because: string): void {
    this.#stopLeading();
    this.#leadership.stepDown(because);
    this.#notBefore = this.#at.ground.now + beginAgainMs;
    this.#say('halted');
  }

  #recover(epoch: number): void {
    this.#recovering = true;
    const { store, facts } = this.#at;
    this.#store(
      () => store.lines.length,
      (size) => {
        this.#recovering = false;
        if (this.#leadership.epoch !== epoch || !this.#leadership.mayAct(this.#mono())) return;
        const { chain: at, state } = recover(store.lines.slice(0, size), facts);
        const seal = new Seal({
          log: 'simulation/log',
          floor: 'simulation',
          controlDomain: 'central',
          boot: `${this.name}-${this.#life}`,
          continueFrom: at,
        });
        const engine = new Engine({ facts, state, seal, epoch, controller: this.name });
        this.#leading = { engine, epoch, queue: [], isBusy: false, sealed: at.seq, turns: 0, forgottenSince: undefined, wake: undefined };
        this.#post({ input: { kind: 'began', controller: this.name, version: 'simulation', lastSeq: at.seq - 1, lastHash: at.prev } });
        this.#post({ input: { kind: 'declared', estate: this.#at.declared() } });
        if (store.harm.spent > 0) this.headroom(true);
      },
    );
  }
  // The loop.
  #post(waiting: Waiting): void {
    const leading = this.#leading;
    if (leading === undefined) return;
    leading.queue.push(waiting);
    if (!leading.isBusy) this.#round(leading);
  }
  #round(leading: Leading): void {
    const batch = leading.queue.splice(0);
    const turns: Turn[] = [];
    const answers: (() => void)[] = [];
    for (const { input, actor, settle } of batch) {
      const turned = this.#turn(leading, input, actor);
      if (turned === undefined) return;
      if (turned.ok && turned.value.lines.length > 0) turns.push(turned.value);
      if (settle !== undefined) answers.push(() => (turned.ok ? settle(true) : settle(false, turned.error.code)));
    }
    if (turns.length === 0) {
      for (const answer of answers) answer();
      return;
    }
    this.#append(leading, turns, answers);
  }
  #turn(leading: Leading, input: Input, actor: Actor | undefined): ReturnType<Engine['turn']> | undefined {
    const now = { at: this.#wall(), ns: BigInt(Math.max(0, Math.round(this.#mono() * 1_000_000))) };
    this.#at.counted();
    try {
      const turned = leading.engine.turn(input, now, actor);
      if (turned.ok) this.#wakeAt(leading, turned.value.wakeAt);
      if (turned.ok && (leading.turns += 1) % this.#at.scanEvery === 0) this.#scan(leading, turned.value.wakeAt, now.at);
      return turned;
    } catch (error) {
      this.#at.broke(`${this.name} broke on ${input.kind}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      this.#halt('the engine broke');
      return undefined;
    }
  }
  /** What a full scan wants and nobody will look at soon was forgotten. */
  #scan(leading: Leading, wakeAt: number, now: Instant): void {
    const wanted = leading.engine.forgotten(now);
    if (wanted.length === 0) {
      leading.forgottenSince = undefined;
      return;
    }
    leading.forgottenSince ??= now;
    if (wakeAt - now <= forgottenMs && now - leading.forgottenSince <= forgottenMs) return;
    this.#at.broke(`forgotten for ${now - leading.forgottenSince} ms: ${wanted.map((event) => event.type).join(', ')}`);
    leading.forgottenSince = undefined;
  }
  #wakeAt(leading: Leading, wakeAt: number): void {
    if (leading.wake !== undefined) leading.wake.off = true;
    leading.wake = undefined;
    if (wakeAt === Infinity) return;
    const inMs = Math.min(60_000, Math.max(1, wakeAt - this.#wall()));
    leading.wake = this.#after(inMs, () => {
      if (this.#leading === leading) this.#post({ input: { kind: 'woke' } });
    });
  }

  #append(leading: Leading, turns: readonly Turn[], answers: readonly (() => void)[]): void {
    const { random, dies, store } = this.#at;
    if (random.chance(dies.beforeAppend)) return this.#die();
    const lines = turns.flatMap((turn) => turn.lines);
    const entries: readonly Entry[] = turns.flatMap((turn) => turn.entries);
    const from = leading.sealed;
    leading.sealed += lines.length;
    leading.isBusy = true;
    let isAnswered = false;
    this.#store(
      () => store.append(this.name, leading.epoch, from, lines, entries),
      (refused) => {
        if (isAnswered || this.#leading !== leading) return;
        isAnswered = true;
        if (refused !== undefined) return this.#halt(refused);
        this.#at.ground.say({ kind: 'append-acknowledged', controller: this.name, through: leading.sealed - 1 });
        if (random.chance(dies.afterAppend)) return this.#die();
        for (const turn of turns) for (const command of turn.act) if (!this.#act(leading, command)) return;
        for (const answer of answers) answer();
        leading.isBusy = false;
        if (leading.queue.length > 0) this.#round(leading);
      },
    );
    // An append that is not answered may or may not be durable: only the journal can say.
    this.#after(answerWithinMs, () => {
      if (!isAnswered && this.#leading === leading) this.#halt('the store does not answer');
    });
  }
  #die(): void {
    this.#at.struck('controller-crash');
    this.crash();
  }

  /** False when it died over it. */
  #act(leading: Leading, command: Command): boolean {
    const { random, dies, ground, providers } = this.#at;
    if (!this.#leadership.mayAct(this.#mono())) {
      this.#stopLeading();
      return false;
    }
    const decidedAt = ground.now;
    const credentialsUntil = this.#credentialsUntil;
    const wallDeadlineInMs = Math.max(0, command.deadline - this.#wall());
    this.#after(random.between(toTheWireMs.least, toTheWireMs.most), () => {
      providers.call(
        {
          controller: this.name,
          node: this.node,
          epoch: leading.epoch,
          credentialsUntil,
          decidedAt,
          answer: (input) => this.#after(0, () => (this.#leading === leading ? this.#post({ input }) : undefined)),
        },
        command,
        wallDeadlineInMs,
      );
    });
    if (!random.chance(dies.betweenCommands)) return true;
    this.#die();
    return false;
  }
}

const isSane = (input: Input, now: Instant): boolean => {
  if (input.kind === 'probed') return input.at <= now + mostAheadMs;
  if (input.kind === 'sampled') return input.samples.every((sample) => (sample.readAt ?? sample.sentAt) <= now + mostAheadMs);
  return true;
};

/** What every controller of a schedule knows beside the journal: the actions, and the blobs of the estates. */
export function factsFor(estates: ReadonlyMap<Hash, Estate>, evaluate: Evaluate): Facts {
  return { floor: 'simulation', catalogue: { actions: catalogueOfActions, evaluate }, estates, digest };
}
export const digest = (value: Json): Hash => sha256(canonical(value));
