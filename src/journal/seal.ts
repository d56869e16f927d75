// Turns facts into lines. Knows no store: the caller makes the lines durable, or throws this object away and starts again
// from what is durable. The envelope is a template with its keys in RFC 8785 order; only `data` is walked.
import type { Event } from '../core/event.ts';
import type { Actor, Floor, Hash, Instant } from '../core/values.ts';
import { canonical } from './canonical.ts';
import { type ChainState, maxLineBytes, streamOf, type StreamState } from './entry.ts';
import { genesis, leafHash } from './hash.ts';
import { JournalError } from './journal-error.ts';

export type SealOptions = {
  readonly log: string;
  readonly floor: Floor;
  readonly controlDomain: string;
  /** Names the boot of this machine that `ns` counts in. */
  readonly boot: string;
  /** Where the journal stands, from `Chain.state()`. Absent: an empty journal. */
  readonly continueFrom?: ChainState;
};
export type Circumstances = { readonly epoch: number; readonly at: Instant; readonly ns: bigint; readonly actor: Actor };
export type Sealed = { readonly line: string; readonly hash: Hash; readonly seq: number };

export class Seal {
  #seq: number;
  #prev: Hash;
  #epoch: number;
  readonly #streams: Map<string, StreamState>;
  readonly #controlDomain: string;
  readonly #floorToMono: string;
  #lastActor: Actor | undefined;
  #lastActorText = '';
  #lastAt = Number.NaN;
  #lastTs = '';

  constructor({ log, floor, controlDomain, boot, continueFrom }: SealOptions) {
    this.#seq = continueFrom?.seq ?? 0;
    this.#prev = continueFrom?.prev ?? genesis;
    this.#epoch = continueFrom?.epoch ?? 0;
    this.#streams = new Map(continueFrom?.streams);
    this.#controlDomain = canonical(controlDomain);
    this.#floorToMono = `"floor":${canonical(floor)},"log":${canonical(log)},"mono":{"boot":${canonical(boot)},"ns":"`;
  }

  /** The number of entries sealed so far, those before `continueFrom` included. */
  get size(): number {
    return this.#seq;
  }

  /** The next line. Throws `NOT_CANONICAL`, `ENTRY_TOO_LARGE` or `STALE_EPOCH`; then nothing was sealed. */
  seal(event: Event, { epoch, at, ns, actor }: Circumstances): Sealed {
    if (!Number.isSafeInteger(epoch) || epoch < this.#epoch) {
      throw new JournalError(
        'STALE_EPOCH',
        `entry ${this.#seq} would fall from epoch ${this.#epoch} to ${epoch}; another leader has taken over: stop and start again`,
      );
    }
    if (actor !== this.#lastActor) {
      this.#lastActorText = canonical(actor);
      this.#lastActor = actor;
    }
    if (at !== this.#lastAt) {
      this.#lastTs = new Date(at).toISOString();
      this.#lastAt = at;
    }
    const stream = streamOf(event);
    const own = this.#streams.get(stream);
    const line =
      `{"actor":${this.#lastActorText},"controlDomain":${this.#controlDomain},"data":${canonical(event.data)},"epoch":${epoch},` +
      `${this.#floorToMono}${ns}"},"prev":"${this.#prev}","seq":${this.#seq},"sprev":"${own?.sprev ?? genesis}","sseq":${own?.sseq ?? 0},` +
      `"stream":${canonical(stream)},"ts":"${this.#lastTs}","type":"${event.type}","v":1}`;
    if (isTooLong(line)) {
      throw new JournalError(
        'ENTRY_TOO_LARGE',
        `the ${event.type} entry is longer than ${maxLineBytes} bytes; keep its content as a blob and journal the hash`,
      );
    }
    const hash = leafHash(line);
    const sealed = { line, hash, seq: this.#seq };
    this.#streams.set(stream, { sseq: (own?.sseq ?? 0) + 1, sprev: hash });
    this.#seq += 1;
    this.#prev = hash;
    this.#epoch = epoch;
    return sealed;
  }
}

/** Longer than `maxLineBytes` in UTF-8. Counts only when the length in UTF-16 leaves a doubt. */
export function isTooLong(line: string): boolean {
  if (line.length * 3 <= maxLineBytes) return false;
  let bytes = 0;
  for (const character of line) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes > maxLineBytes;
}
