// The stream that the engine is measured with: 90% repeats, 9% changes of verdict, 1% outcomes of open runs. Time is virtual: every
// target is seen once an interval from every vantage, as it is when the fleet is watched for real. Deterministic.
import type { Command, Input } from '../src/core/kernel.ts';
import type { Known } from '../src/core/state.ts';
import type { Instant, VantageId } from '../src/core/values.ts';
import { tier } from './fleet.ts';

type Pair = { readonly target: string; readonly vantage: VantageId; readonly measured?: Readonly<Record<string, number | string>> };
/** An outcome is chosen when it is given, because it answers what the engine asked for meanwhile. */
export type Slot = Input | 'outcome';
export type Mix = { repeats: number; changes: number; outcomes: number };

export class Stream {
  readonly mix: Mix = { repeats: 0, changes: 0, outcomes: 0 };
  /** What a controller would be waiting for: filled by `took`, emptied by `outcome`. */
  readonly #asked: Command[] = [];
  readonly #pairs: readonly Pair[];
  readonly #references: readonly Pair[];
  readonly #perInputMs: number;
  /** Targets that one vantage does not see now. Never two vantages: nothing is diagnosed, so the mix stays what it says. */
  readonly #flapping: Pair[] = [];
  readonly #down = new Set<string>();
  #next = 0;
  #change = 0;
  #nowMs: number;
  #referencesAt = 0;

  constructor(known: Known, startAt: number) {
    const vantages = known.targets?.vantages ?? [];
    const targets = [...(known.targets?.byId.values() ?? [])];
    this.#pairs = vantages.flatMap(({ id }) =>
      targets
        .filter((target) => target.workload !== undefined)
        .map((target) => ({
          target: target.id,
          vantage: id,
          measured: { role: target.replica === 'east' ? 'primary' : 'standby', lagMs: 12, heartbeatAt: startAt },
        })),
    );
    this.#references = targets
      .filter((target) => target.workload === undefined)
      .map((target) => ({ target: target.id, vantage: (target.id.split('/')[1] ?? '') as VantageId }));
    this.#perInputMs = (tier.detection.intervalMs * 0.9) / this.#pairs.length;
    this.#nowMs = startAt;
  }

  get now(): Instant {
    return Math.floor(this.#nowMs) as Instant;
  }
  /** One look from everywhere at everything: what the engine knows before the stream begins. */
  first(): Input[] {
    return [...this.#references, ...this.#pairs].map((pair) => this.#probed(pair, true));
  }
  took(commands: readonly Command[]): void {
    for (const command of commands) this.#asked.push(command);
  }

  slots(count: number): Slot[] {
    return Array.from({ length: count }, (_, n) => this.#slot(n));
  }
  #slot(n: number): Slot {
    this.#nowMs += this.#perInputMs;
    const place = n % 100;
    if (place === 99) return 'outcome';
    if (place % 11 === 10) return this.#changed();
    return this.repeat();
  }
  repeat(): Input {
    this.mix.repeats += 1;
    if (this.#nowMs >= this.#referencesAt) {
      const reference = this.#references[this.mix.repeats % this.#references.length];
      // Each of them once a second.
      this.#referencesAt = this.#nowMs + 1_000 / this.#references.length;
      if (reference !== undefined) return this.#probed(reference, true);
    }
    for (;;) {
      const pair = this.#pairs[(this.#next = (this.#next + 1) % this.#pairs.length)];
      if (pair !== undefined) return this.#probed(pair, !this.#down.has(`${pair.target} ${pair.vantage}`));
    }
  }
  /** A step is looked at, and the provider is still working. Undefined when nothing was asked. */
  outcome(): Input | undefined {
    const command = this.#asked.shift();
    if (command === undefined || (command.kind !== 'apply' && command.kind !== 'observe')) return undefined;
    this.mix.outcomes += 1;
    const { run, step, attempt, look } = command;
    if (command.kind === 'apply') return { kind: 'answered', run, step, attempt, outcome: { kind: 'accepted', checkAt: this.now } };
    return { kind: 'observed', run, step, attempt, look, observed: { kind: 'underway', checkAt: this.now } };
  }

  #changed(): Input {
    this.mix.changes += 1;
    this.#change += 1;
    if (this.#change % 2 === 0) {
      const healed = this.#flapping.shift();
      if (healed !== undefined) {
        this.#down.delete(`${healed.target} ${healed.vantage}`);
        this.#down.delete(healed.target);
        return this.#probed(healed, true);
      }
    }
    for (let n = this.#change; ; n += 1) {
      const pair = this.#pairs[(n * 7_919) % this.#pairs.length];
      if (pair === undefined || this.#down.has(pair.target)) continue;
      this.#down.add(`${pair.target} ${pair.vantage}`).add(pair.target);
      this.#flapping.push(pair);
      return this.#probed(pair, false);
    }
  }
  #probed(pair: Pair, ok: boolean): Input {
    const { target, vantage, measured } = pair;
    const observation = {
      kind: 'probed' as const,
      target,
      vantage,
      ok,
      at: this.now,
      detail: ok ? 'answered in 3 ms' : 'no answer within 2000 ms',
    };
    return ok && measured !== undefined ? { ...observation, measured } : observation;
  }
}
