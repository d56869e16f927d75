// Input -> Turn. Synchronous, no I/O, no clock: the time comes with the input. What a turn appends must be durable
// before anything that it asks for is done.
import {
  admit,
  allUnits,
  commandOf,
  due,
  evolve,
  strangeTo,
  touchedBy,
  viewOf,
  type Command,
  type Input,
  type Unit,
} from '../core/kernel.ts';
import { bounded } from '../core/bounded.ts';
import type { Event } from '../core/event.ts';
import type { Refusal } from '../core/errors.ts';
import type { Observation } from '../core/input.ts';
import { rowOf } from '../core/detection/quorum.ts';
import { silenceMsOf } from '../core/objective/silence.ts';
import { newSight, seeCanaries, seeProbe, type Seen, type Sight } from '../core/detection/sight.ts';
import type { Facts, Known, State } from '../core/state.ts';
import type { Actor, Instant, Result } from '../core/values.ts';
import type { Seal } from '../journal/seal.ts';
import { WakeQueue } from './wake-queue.ts';

/** One turn is one transaction. `entries` are the events of `lines`, in the same order. */
export type Turn = {
  readonly lines: readonly string[];
  readonly entries: readonly Sealed[];
  readonly act: readonly Command[];
  /** When time alone changes what must happen; `Infinity` when never. */
  readonly wakeAt: number;
};
export type Sealed = { readonly seq: number; readonly at: Instant; readonly actor: Actor; readonly event: Event };
/** `ns`: the monotonic clock beside `at`. */
export type Now = { readonly at: Instant; readonly ns: bigint };

export type EngineOptions = {
  readonly facts: Facts;
  readonly state: State;
  readonly seal: Seal;
  readonly epoch: number;
  readonly controller: string;
};

/** More answers with events than any unit gives to one input: two answers of `due` that undo each other must not hang us. */
const mostAnswers = 1_000;

export class Engine {
  readonly #facts: Facts;
  readonly #state: State;
  readonly #seal: Seal;
  readonly #epoch: number;
  readonly #actor: Actor;
  readonly #sight: Sight = newSight();
  readonly #wakes = new WakeQueue<Unit>();
  #nextWakeAt = Infinity;
  #lastAt = -Infinity;

  constructor({ facts, state, seal, epoch, controller }: EngineOptions) {
    this.#facts = facts;
    this.#state = state;
    this.#seal = seal;
    this.#epoch = epoch;
    this.#actor = { kind: 'engine', id: controller };
  }

  get known(): Known {
    return this.#state;
  }
  get seen(): Seen {
    return this.#sight;
  }
  get epoch(): number {
    return this.#epoch;
  }

  /** A refusal changes nothing. Throws only for a bug or an entry that cannot be sealed: then start again from the journal. */
  turn(input: Input, now: Now, actor: Actor = this.#actor): Result<Turn, Refusal> {
    // What was to be looked at again at some time would wait for as long as the clock went back: everything is asked anew instead.
    const wentBack = now.at < this.#lastAt;
    this.#lastAt = now.at;
    const isNews = this.#see(input, now.at);
    const strange = input.kind === 'probed' ? strangeTo(this.#state, input.target, roleIn(input)) : undefined;
    if (!isNews && strange === undefined && this.#nextWakeAt > now.at && !wentBack) return this.#quiet();
    const view = viewOf(this.#facts, this.#state, this.#sight, now.at);
    const admitted = admit(view, input, actor);
    if (!admitted.ok) return admitted;
    if (admitted.value.length === 0 && strange === undefined && this.#nextWakeAt > now.at && !wentBack) return this.#quiet();

    const turn = new OpenTurn();
    const asked = new Set<Unit>(wentBack ? allUnits(this.#state) : []);
    for (const event of admitted.value) this.#append(turn, event, now, actor, asked);
    if (strange !== undefined) asked.add(strange);
    for (const unit of this.#wakes.takeDue(now.at)) asked.add(unit);
    this.#settle(turn, asked, now);
    return { ok: true, value: { lines: turn.lines, entries: turn.entries, act: turn.act, wakeAt: this.#nextWakeAt } };
  }

  /** What a full scan would still want. Empty after every turn, or `touchedBy` forgot something: the simulator asserts it. */
  forgotten(now: Instant): readonly Event[] {
    const view = viewOf(this.#facts, this.#state, this.#sight, now);
    return allUnits(this.#state).flatMap((unit) => due(view, unit).events);
  }

  #settle(turn: OpenTurn, asked: Set<Unit>, now: Now): void {
    const view = viewOf(this.#facts, this.#state, this.#sight, now.at);
    const answers = new Map<Unit, number>();
    for (const unit of asked) {
      // A set hands out what is added while it is walked, so a unit is deleted first and may come again.
      asked.delete(unit);
      const answer = due(view, unit);
      if (answer.events.length === 0) {
        if (answer.wakeAt === undefined) this.#wakes.delete(unit);
        else this.#wakes.set(unit, answer.wakeAt);
        continue;
      }
      const times = (answers.get(unit) ?? 0) + 1;
      if (times > mostAnswers) throw new Error(`${unit} does not settle: its last events were ${lastOf(turn)}`);
      answers.set(unit, times);
      for (const event of answer.events) this.#append(turn, event, now, this.#actor, asked);
      asked.add(unit);
    }
    this.#nextWakeAt = this.#wakes.nextAt;
  }

  #append(turn: OpenTurn, wanted: Event, now: Now, actor: Actor, asked: Set<Unit>): void {
    const event = bounded(wanted);
    const sealed = this.#seal.seal(event, { epoch: this.#epoch, at: now.at, ns: now.ns, actor });
    turn.lines.push(sealed.line);
    turn.entries.push({ seq: sealed.seq, at: now.at, actor, event });
    evolve(this.#state, event, { at: now.at, epoch: this.#epoch, actor }, this.#facts);
    for (const unit of touchedBy(this.#state, event)) asked.add(unit);
    const command = commandOf(this.#state, event);
    if (command !== undefined) turn.act.push(command);
  }

  /** Whether the observation may mean anything: one that is late, or repeats a settled verdict, does not. */
  #see(input: Input, now: Instant): boolean {
    if (input.kind === 'headroom') this.#sight.isJournalSpent = input.isSpent;
    if (input.kind === 'sampled') {
      const { estate } = this.#state;
      const tier = estate?.tiers[estate.workloads[input.workload]?.tier ?? ''];
      const rowMs = tier === undefined ? Infinity : silenceMsOf(tier.usersPath);
      seeCanaries(this.#sight, input, now, rowMs);
      return true;
    }
    if (input.kind !== 'probed') return true;
    const target = this.#state.targets?.byId.get(input.target);
    if (target === undefined) return false;
    const cell = seeProbe(this.#sight, input, now, rowOf(target));
    if (cell === undefined) return false;
    const verdict = this.#state.verdicts.get(input.target)?.get(input.vantage);
    return verdict !== (input.ok ? 'up' : 'down');
  }

  #quiet(): Result<Turn, Refusal> {
    return { ok: true, value: { lines: [], entries: [], act: [], wakeAt: this.#nextWakeAt } };
  }
}

function roleIn({ measured }: Observation): string | undefined {
  const role = measured?.['role'];
  return typeof role === 'string' ? role : undefined;
}

const lastOf = (turn: OpenTurn): string =>
  turn.entries
    .slice(-4)
    .map(({ event }) => event.type)
    .join(', ');

class OpenTurn {
  readonly lines: string[] = [];
  readonly entries: Sealed[] = [];
  readonly act: Command[] = [];
}
