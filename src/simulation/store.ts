// The store that several controllers share: the journal's lines and the lease record. The epoch is checked in the same step as every
// append, so that whoever was replaced can add nothing.
import type { Event } from '../core/event.ts';
import type { Actor, Instant } from '../core/values.ts';
import type { Answer, Ask, LeaseRecord } from '../engine/leadership.ts';
import type { Ground } from './world/ground.ts';

export type Entry = { readonly seq: number; readonly at: Instant; readonly actor: Actor; readonly event: Event };
export type Refused = 'STALE_EPOCH' | 'JOURNAL_FULL' | 'JOURNAL_UNWRITABLE';

export class Store {
  readonly lines: string[] = [];
  /** Counts of faults: nothing can be written; there is no room; the head-room is gone, and what runs may be finished. */
  readonly harm = { unwritable: 0, full: 0, spent: 0 };
  /** What the newest entry says of when it was written. */
  lastEntryAt = 0 as Instant;
  readonly #ground: Ground;
  #record: LeaseRecord | undefined;
  #lastEpoch = 0;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** All of it or nothing. Undefined when it is durable. */
  append(controller: string, epoch: number, fromSeq: number, lines: readonly string[], entries: readonly Entry[]): Refused | undefined {
    const refused = this.#refusal(epoch, fromSeq);
    if (refused !== undefined) {
      this.#ground.say({ kind: 'append-refused', controller, epoch, code: refused });
      return refused;
    }
    for (const [i, line] of lines.entries()) {
      const entry = entries[i];
      if (entry === undefined) continue;
      this.lines.push(line);
      this.lastEntryAt = entry.at;
      this.#ground.say({
        kind: 'durable',
        controller,
        epoch,
        seq: entry.seq,
        line,
        event: entry.event,
        actor: entry.actor,
        entryAt: entry.at,
      });
    }
    this.#lastEpoch = epoch;
    return undefined;
  }
  #refusal(epoch: number, fromSeq: number): Refused | undefined {
    if (this.#record?.epoch !== epoch || fromSeq !== this.lines.length) return 'STALE_EPOCH';
    if (this.harm.full > 0) return 'JOURNAL_FULL';
    return this.harm.unwritable > 0 ? 'JOURNAL_UNWRITABLE' : undefined;
  }

  /** A question about the lease, answered in one step. A swap while nothing can be written gets no answer. */
  lease(controller: string, ask: Ask): Answer | undefined {
    const stands: Answer = { kind: 'stands', record: this.#record, lastEpoch: this.#lastEpoch };
    if (ask.kind === 'read') return stands;
    if (this.harm.unwritable > 0) return undefined;
    if (!isSame(this.#record, ask.expect)) return stands;
    const isRenewal = this.#record?.holder === ask.to.holder && this.#record.epoch === ask.to.epoch;
    this.#record = ask.to;
    this.#ground.say({ kind: 'lease', controller, epoch: ask.to.epoch, what: isRenewal ? 'renewed' : 'granted' });
    return { kind: 'swapped' };
  }
}

const isSame = (a: LeaseRecord | undefined, b: LeaseRecord | undefined): boolean =>
  a?.holder === b?.holder && a?.epoch === b?.epoch && a?.renewals === b?.renewals;
