// The loop of `runtime/loop.ts` in virtual time, for one term of one controller: take what came, turn it, append, and only when that is
// durable act. What comes while an append is under way gathers for the next.
import type { Command, Input } from '../core/input.ts';
import { confirmationOf } from '../core/runbook/human.ts';
import type { Known } from '../core/state.ts';
import type { Actor, Instant, RunId } from '../core/values.ts';
import type { Engine, Now, Turn } from '../engine/engine.ts';
import type { Arranged } from './clock.ts';
import type { Random } from './random.ts';
import type { Entry, Store } from './store.ts';
import type { Ground } from './world/ground.ts';
import type { ControlPlanes } from './world/providers.ts';

export type LeaderOptions = {
  readonly name: string;
  readonly node: number;
  readonly engine: Engine;
  readonly epoch: number;
  /** Entries that are durable when the term begins. */
  readonly sealed: number;
  readonly ground: Ground;
  readonly random: Random;
  readonly store: Store;
  readonly providers: ControlPlanes;
  /** Chances that its controller dies, or stands still, at a point that is worth it. */
  readonly dies: { readonly beforeAppend: number; readonly afterAppend: number; readonly betweenCommands: number; readonly stands: number };
  /** Check after each so many turns that nothing was forgotten. */
  readonly scanEvery: number;
  /** An input was turned. */
  readonly counted: () => void;
  /** Something went wrong that no fault explains: a bug. */
  readonly broke: (sentence: string) => void;
  readonly now: () => Now;
  /** In its controller's life, and not while that is paused. */
  readonly after: (ms: number, run: () => void) => Arranged;
  /** Asks the store: the first runs there, the second here, each only if its message gets through. */
  readonly asks: <T>(ask: () => T, answer: (got: T) => void) => void;
  readonly mayAct: () => boolean;
  readonly credentialsUntil: () => Instant;
  /** The lease is over. */
  readonly lost: () => void;
  readonly halt: (because: string) => void;
  readonly die: () => void;
  /** Its controller stands still from now on, for longer than a lease. */
  readonly stand: () => void;
};
type Waiting = { readonly input: Input; readonly actor?: Actor; readonly settle?: (accepted: boolean, code?: string) => void };

/** From the decision to act to the socket: what a pause in between makes late. */
const toTheWireMs = { least: 1, most: 20 };
const answerWithinMs = 1_500;
/** `due` looks again at open questions every second, and an append may hold the next turn up for `answerWithinMs`. */
const forgottenMs = 1_000 + answerWithinMs;

export class Leader {
  readonly epoch: number;
  readonly #at: LeaderOptions;
  #queue: Waiting[] = [];
  #isBusy = false;
  #isOver = false;
  #sealed: number;
  #turns = 0;
  #forgottenSince: Instant | undefined;
  #wake: Arranged | undefined;

  constructor(options: LeaderOptions) {
    this.#at = options;
    this.epoch = options.epoch;
    this.#sealed = options.sealed;
  }

  get known(): Known {
    return this.#at.engine.known;
  }
  stop(): void {
    this.#isOver = true;
    if (this.#wake !== undefined) this.#wake.off = true;
  }
  post(waiting: Waiting): void {
    if (this.#isOver) return;
    this.#queue.push(waiting);
    if (!this.#isBusy) this.#round();
  }

  #round(): void {
    const batch = this.#queue;
    this.#queue = [];
    const turns: Turn[] = [];
    const answers: (() => void)[] = [];
    for (const { input, actor, settle } of batch) {
      const turned = this.#turn(input, actor);
      if (turned === undefined) return;
      if (turned.ok && turned.value.lines.length > 0) turns.push(turned.value);
      if (settle !== undefined) answers.push(() => (turned.ok ? settle(true) : settle(false, turned.error.code)));
    }
    if (turns.length > 0) this.#append(turns, answers);
    else for (const answer of answers) answer();
  }
  #turn(input: Input, actor: Actor | undefined): ReturnType<Engine['turn']> | undefined {
    const { engine, name, scanEvery, counted, broke, halt } = this.#at;
    const now = this.#at.now();
    counted();
    try {
      const turned = engine.turn(input, now, actor);
      if (!turned.ok) return turned;
      this.#wakeAt(turned.value.wakeAt, now.at);
      // What was wanted once is looked for after every turn until it is gone: two looks far apart would take two wants for one.
      if ((this.#turns += 1) % scanEvery === 0 || this.#forgottenSince !== undefined) this.#scan(turned.value.wakeAt, now.at);
      return turned;
    } catch (error) {
      broke(`${name} broke on ${input.kind}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      halt('the engine broke');
      return undefined;
    }
  }
  /** What a full scan wants and nobody will look at soon was forgotten. */
  #scan(wakeAt: number, now: Instant): void {
    const wanted = this.#at.engine.forgotten(now);
    if (wanted.length === 0) {
      this.#forgottenSince = undefined;
      return;
    }
    this.#forgottenSince ??= now;
    if (wakeAt - now <= forgottenMs && now - this.#forgottenSince <= forgottenMs) return;
    this.#at.broke(`forgotten for ${now - this.#forgottenSince} ms: ${wanted.map((event) => event.type).join(', ')}`);
    this.#forgottenSince = undefined;
  }
  #wakeAt(wakeAt: number, now: Instant): void {
    if (this.#wake !== undefined) this.#wake.off = true;
    this.#wake = undefined;
    if (wakeAt === Infinity) return;
    const inMs = Math.min(60_000, Math.max(1, wakeAt - now));
    this.#wake = this.#at.after(inMs, () => this.post({ input: { kind: 'woke' } }));
  }

  #append(turns: readonly Turn[], answers: readonly (() => void)[]): void {
    const { name, ground, random, dies, store } = this.#at;
    if (random.chance(dies.beforeAppend)) return this.#at.die();
    const lines = turns.flatMap((turn) => turn.lines);
    const entries: readonly Entry[] = turns.flatMap((turn) => turn.entries);
    const from = this.#sealed;
    this.#sealed += lines.length;
    this.#isBusy = true;
    let isAnswered = false;
    this.#at.asks(
      () => store.append(name, this.epoch, from, lines, entries),
      (refused) => {
        if (isAnswered || this.#isOver) return;
        isAnswered = true;
        patience.off = true;
        if (refused !== undefined) return this.#at.halt(refused);
        ground.say({ kind: 'append-acknowledged', controller: name, through: this.#sealed - 1 });
        if (random.chance(dies.afterAppend)) return this.#at.die();
        const goOn = (): void => {
          for (const turn of turns) for (const command of turn.act) if (!this.#act(command)) return;
          for (const answer of answers) answer();
          this.#isBusy = false;
          if (this.#queue.length > 0) this.#round();
        };
        const isActing = turns.some((turn) => turn.act.length > 0);
        if (!isActing || !random.chance(dies.stands)) return goOn();
        // Between what is written down and what is sent nothing of it runs; when it wakes, this is what it does first.
        this.#at.after(1, goOn);
        this.#at.stand();
      },
    );
    // An append that is not answered may or may not be durable: only the journal can say.
    const patience = this.#at.after(answerWithinMs, () => {
      if (!isAnswered && !this.#isOver) this.#at.halt('the store does not answer');
    });
  }

  /** False when the term ended over it. */
  #act(command: Command): boolean {
    const { name, node, ground, random, dies, providers } = this.#at;
    if (!this.#at.mayAct()) {
      this.#at.lost();
      return false;
    }
    const decidedAt = ground.now;
    const credentialsUntil = this.#at.credentialsUntil();
    const waitMs = Math.max(0, command.deadline - this.#at.now().at);
    const confirmation = (run: string, step: string): ReturnType<typeof confirmationOf> => {
      const found = this.known.runs.get(run as RunId);
      return found === undefined ? undefined : confirmationOf(found, step);
    };
    const answer = (input: Input): void => void this.#at.after(0, () => this.post({ input }));
    this.#at.after(random.between(toTheWireMs.least, toTheWireMs.most), () =>
      providers.call({ controller: name, node, epoch: this.epoch, credentialsUntil, decidedAt, confirmation, answer }, command, waitMs),
    );
    if (!random.chance(dies.betweenCommands)) return true;
    this.#at.die();
    return false;
  }
}
