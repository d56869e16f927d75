// One controller: opens the journal, proves it, folds it, takes the next epoch, declares the estate, and runs the loop. When
// the journal fails it stops acting, says so, and keeps trying to begin again from what is durable.
import { hash } from 'node:crypto';
import { Engine, type Sealed } from '../engine/engine.ts';
import type { Catalogue } from '../core/catalogue.ts';
import type { Refusal } from '../core/errors.ts';
import type { Estate } from '../core/estate.ts';
import type { Input } from '../core/kernel.ts';
import type { Seen } from '../core/detection/sight.ts';
import type { Facts, Known } from '../core/state.ts';
import type { Actor, Floor, Hash, Json, Result } from '../core/values.ts';
import { canonical } from '../journal/canonical.ts';
import type { Signer } from '../journal/checkpoint.ts';
import { Seal } from '../journal/seal.ts';
import type { Blob, Clock, Journal } from '../ports.ts';
import { MerkleTree } from '../journal/merkle.ts';
import { Checkpoints, signedOf } from './checkpoints.ts';
import { dispatcher, type Registry } from './dispatch.ts';
import { Loop } from './loop.ts';
import { namingReleases } from './newer.ts';
import { recoverFrom } from './recovery.ts';

export type ControllerOptions = {
  readonly name: string;
  readonly version: string;
  readonly log: string;
  readonly floor: Floor;
  readonly controlDomain: string;
  /** Names the boot that the monotonic clock counts in. */
  readonly boot: string;
  readonly clock: Clock;
  readonly catalogue: Catalogue;
  readonly registry: Registry;
  readonly signer: Signer;
  /** Opens the journal. Called again after it failed. */
  open(): Promise<Journal>;
  /** What is declared now. */
  readonly estate: Estate;
  /** Told of every input that is given to the loop, before it is: for a recording. Must not throw. */
  readonly recorded?: (input: Input) => void;
};
export type Standing = { readonly ready: boolean; readonly because: string };
/** An entry as readers get it: durable, in order. */
export type Listener = (entry: Sealed) => void;

const beginAgainMs = 5_000;

export class Controller {
  readonly #options: ControllerOptions;
  readonly #estates = new Map<Hash, Estate>();
  readonly #listeners = new Set<Listener>();
  #standing: Standing = { ready: false, because: 'starting' };
  #live: { readonly engine: Engine; readonly loop: Loop; readonly journal: Journal; readonly checkpoints: Checkpoints } | undefined;
  #again: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: ControllerOptions) {
    this.#options = options;
  }

  get standing(): Standing {
    if (this.#live?.engine.seen.isJournalSpent === true)
      return { ready: false, because: 'the disk of the journal is full: what runs is finished, nothing is started; free space on it' };
    return this.#standing;
  }
  get facts(): Facts {
    const { floor, catalogue } = this.#options;
    return { floor, catalogue, estates: { get: (id) => this.#estate(id) }, digest };
  }
  /** The state after the last turn; undefined while there is no journal to act on. */
  get known(): Known | undefined {
    return this.#live?.engine.known;
  }
  get seen(): Seen | undefined {
    return this.#live?.engine.seen;
  }
  get journal(): Journal | undefined {
    return this.#live?.journal;
  }
  get checkpoints(): Checkpoints | undefined {
    return this.#live?.checkpoints;
  }
  get options(): ControllerOptions {
    return this.#options;
  }

  /** Resolves when it acts. Rejects when the journal cannot be opened or does not verify; then nothing was changed. */
  async start(): Promise<void> {
    const { name, version, log, floor, controlDomain, boot, clock, registry, signer } = this.#options;
    const journal = await this.#options.open();
    this.#reading = journal;
    try {
      const { state, chain, subtrees } = await recoverFrom(journal, this.facts, signedOf(journal, signer)).catch((error: unknown) => {
        throw namingReleases(error, journal, version);
      });
      const epoch = chain.epoch + 1;
      const seal = new Seal({ log, floor, controlDomain, boot, continueFrom: chain });
      const engine = new Engine({ facts: this.facts, state, seal, epoch, controller: name });
      const checkpoints = new Checkpoints(journal, signer, new MerkleTree(subtrees), (error) => this.#unsigned(error, journal));
      let act: ReturnType<typeof dispatcher> | undefined;
      const loop: Loop = new Loop({
        engine,
        journal,
        clock,
        act: (command) => act?.(command),
        told: (entries, lines) => this.#told({ checkpoints, journal }, entries, lines),
        halted: (error) => this.#halted(error, journal),
      });
      act = dispatcher({ registry, clock, epoch, log, post: (input) => this.post(input) });
      this.#live = { engine, loop, journal, checkpoints };
      const text = canonical(this.#options.estate as unknown as Json);
      const estate = hash('sha256', text) as Hash;
      this.#estates.set(estate, this.#options.estate);
      await loop.submit({ kind: 'began', controller: name, version, lastSeq: chain.seq - 1, lastHash: chain.prev });
      await loop.submit({ kind: 'declared', estate }, undefined, [{ hash: estate, bytes: Buffer.from(text) }]);
      this.#standing = { ready: true, because: `leading ${log} in epoch ${epoch}` };
    } catch (error) {
      this.#live?.loop.stop();
      this.#live?.checkpoints.stop();
      this.#live = undefined;
      await journal.close();
      this.#standing = { ready: false, because: (error as Error).message };
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#again);
    this.#live?.loop.stop();
    this.#live?.checkpoints.stop();
    await this.#live?.journal.close();
    this.#live = undefined;
    this.#standing = { ready: false, because: 'stopped' };
  }

  /** For observations and outcomes: dropped while there is no journal, because what is not durable is not known. */
  post(input: Input): void {
    this.#options.recorded?.(input);
    this.#live?.loop.post(input);
  }
  /** For requests: resolves when what came of them is durable. */
  submit(input: Input, actor?: Actor, blobs?: readonly Blob[]): Promise<Result<readonly Sealed[], Refusal>> {
    this.#options.recorded?.(input);
    if (this.#live !== undefined) return this.#live.loop.submit(input, actor, blobs);
    return Promise.resolve({
      ok: false,
      error: { code: 'NOT_READY', message: `The controller does not act: ${this.#standing.because}`, remedy: 'See /readyz and its log.' },
    });
  }
  /** Every durable entry from now on. Returns what ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #reading: Journal | undefined;
  #estate(id: Hash): Estate | undefined {
    let estate = this.#estates.get(id);
    if (estate === undefined) {
      const bytes = this.#reading?.blob(id);
      if (bytes === undefined) return undefined;
      estate = JSON.parse(Buffer.from(bytes).toString('utf8')) as Estate;
      this.#estates.set(id, estate);
    }
    return estate;
  }

  #told(
    { checkpoints, journal }: { readonly checkpoints: Checkpoints; readonly journal: Journal },
    entries: readonly Sealed[],
    lines: readonly string[],
  ): void {
    checkpoints.told(entries, lines).catch((error: unknown) => this.#unsigned(error as Error, journal));
    for (const entry of entries) for (const listener of this.#listeners) listener(entry);
  }
  /** A checkpoint that cannot be kept is a journal that cannot be written. */
  #unsigned(error: Error, journal: Journal): void {
    if (this.#stopped || this.#live?.journal !== journal) return;
    this.#live.loop.stop();
    this.#halted(new Error(`no checkpoint could be signed: ${error.message}`), journal);
  }

  #halted(error: Error, journal: Journal): void {
    // While it starts, the start fails of it, and whoever started it tries again: two who try would lead side by side.
    if (!this.#standing.ready) return;
    this.#live?.checkpoints.stop();
    this.#live = undefined;
    this.#standing = { ready: false, because: error.message };
    const again = (): void => {
      if (this.#stopped) return;
      this.start().catch(() => {
        this.#again = setTimeout(again, beginAgainMs);
      });
    };
    journal.close().then(
      () => (this.#again = setTimeout(again, beginAgainMs)),
      () => (this.#again = setTimeout(again, beginAgainMs)),
    );
  }
}

export const digest = (value: Json): Hash => hash('sha256', canonical(value)) as Hash;
