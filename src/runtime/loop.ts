// The only async loop: take what came, turn it, append, and only when that is durable act and tell. While one batch
// is being made durable the next gathers, so a slow disk costs latency, never order.
import type { Engine, Sealed, Turn } from '../engine/engine.ts';
import type { Refusal } from '../core/errors.ts';
import type { Command, Input } from '../core/kernel.ts';
import type { Actor, Result } from '../core/values.ts';
import type { Blob, Clock, Journal } from '../ports.ts';

export type LoopOptions = {
  readonly engine: Engine;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly act: (command: Command) => void;
  /** After they are durable, in order. */
  readonly told: (entries: readonly Sealed[], lines: readonly string[]) => void;
  /** The journal or the engine gave up: nothing is acted on any more. Called once. */
  readonly halted: (error: Error) => void;
};
type Waiting = {
  readonly input: Input;
  readonly actor?: Actor;
  readonly blobs?: readonly Blob[];
  readonly settle?: (result: Result<readonly Sealed[], Refusal>) => void;
  readonly fail?: (error: Error) => void;
};

/** More inputs than this in one batch would make a turn wait for too long. */
const mostInABatch = 2_000;

export class Loop {
  readonly #options: LoopOptions;
  #queue: Waiting[] = [];
  #busy = false;
  #stopped: Error | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  /** For what nobody waits for. */
  post(input: Input, blobs?: readonly Blob[]): void {
    this.#push({ input, ...(blobs === undefined ? {} : { blobs }) });
  }

  /** Resolves when what came of it is durable. Rejects when the loop has halted. */
  submit(input: Input, actor?: Actor, blobs?: readonly Blob[]): Promise<Result<readonly Sealed[], Refusal>> {
    return new Promise((settle, fail) =>
      this.#push({ input, settle, fail, ...(actor === undefined ? {} : { actor }), ...(blobs === undefined ? {} : { blobs }) }),
    );
  }

  stop(): void {
    this.#halt(new Error('stopped'), false);
  }

  #push(waiting: Waiting): void {
    if (this.#stopped !== undefined) {
      waiting.fail?.(this.#stopped);
      return;
    }
    this.#queue.push(waiting);
    if (!this.#busy && this.#queue.length === 1) this.#schedule();
  }

  #schedule(): void {
    setImmediate(() => void this.#round());
  }

  #now(): { at: ReturnType<Clock['now']>; ns: bigint } {
    return { at: this.#options.clock.now(), ns: this.#options.clock.monotonicNs() };
  }

  async #round(): Promise<void> {
    if (this.#busy || this.#stopped !== undefined) return;
    this.#busy = true;
    const batch = this.#queue.splice(0, mostInABatch);
    const turns: Turn[] = [];
    const answers: (() => void)[] = [];
    try {
      for (const { input, actor, settle } of batch) {
        const turned = this.#options.engine.turn(input, this.#now(), actor);
        if (turned.ok) turns.push(turned.value);
        if (settle !== undefined) answers.push(() => settle(turned.ok ? { ok: true, value: turned.value.entries } : turned));
      }
      await this.#commit(
        turns,
        batch.flatMap((each) => each.blobs ?? []),
        answers,
      );
    } catch (error) {
      for (const { fail } of batch) fail?.(error as Error);
      this.#halt(error as Error, true);
    }
    this.#busy = false;
    if (this.#queue.length > 0) this.#schedule();
  }

  async #commit(turns: readonly Turn[], blobs: readonly Blob[], answers: readonly (() => void)[]): Promise<void> {
    const { engine, journal, act, told } = this.#options;
    const lines = turns.flatMap((turn) => turn.lines);
    if (lines.length > 0 || blobs.length > 0) await journal.append({ epoch: engine.epoch, lines, blobs });
    if (this.#stopped !== undefined) return;
    this.#watchHeadroom();
    for (const turn of turns) for (const command of turn.act) act(command);
    const entries = turns.flatMap((turn) => turn.entries);
    if (entries.length > 0) told(entries, lines);
    for (const answer of answers) answer();
    const wakeAt = turns.at(-1)?.wakeAt;
    if (wakeAt !== undefined) this.#wakeAt(wakeAt);
  }

  #watchHeadroom(): void {
    const { journal, engine } = this.#options;
    const isSpent = journal.headroom?.() === 'spent';
    if (isSpent !== engine.seen.isJournalSpent) this.#queue.unshift({ input: { kind: 'headroom', isSpent } });
  }

  #wakeAt(at: number): void {
    clearTimeout(this.#timer);
    if (at === Infinity) return;
    const inMs = Math.min(60_000, Math.max(1, at - this.#options.clock.now()));
    this.#timer = setTimeout(() => this.post({ kind: 'woke' }), inMs);
  }

  #halt(error: Error, isFailure: boolean): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = error;
    clearTimeout(this.#timer);
    for (const { fail } of this.#queue.splice(0)) fail?.(error);
    if (isFailure) this.#options.halted(error);
  }
}
