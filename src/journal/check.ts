// Turns lines back into entries, each proven to follow from the one before. `resus verify` and every start use it; knows no store.
// It proves order, completeness and form of the log; what an entry's `data` means is for its readers.
import type { Floor, Hash } from '../core/values.ts';
import { isCanonical, maxDepth } from './canonical.ts';
import { type ChainState, type Entry, maxLineBytes, streamOf, type StreamState } from './entry.ts';
import { genesis, leafHash } from './hash.ts';
import { JournalError } from './journal-error.ts';
import { quickEntry, type QuickEntry } from './quick-envelope.ts';
import { isTooLong } from './seal.ts';
import { upcast } from './upcast.ts';

const envelopeKeys = [
  'actor',
  'controlDomain',
  'data',
  'epoch',
  'floor',
  'log',
  'mono',
  'prev',
  'seq',
  'sprev',
  'sseq',
  'stream',
  'ts',
  'type',
  'v',
] as const;
const instant = '2026-11-22T02:00:00.000Z';
const endOfInstant = /\.\d{3}Z$/;
const endLength = '.000Z'.length;
const floors: ReadonlySet<Floor> = new Set<Floor>(['simulation', 'lab', 'live']);

/** Entries in order. Throws `CHAIN_BROKEN` at the first line that does not follow, and names its place and the reason. */
export function* checkLines(lines: Iterable<string>, start?: ChainState): Generator<Entry> {
  const chain = new Chain(start);
  for (const line of lines) yield chain.check(line).entry;
}

/** The same, a line at a time, with the state to go on from. */
export class Chain {
  #seq: number;
  #prev: Hash;
  #epoch: number;
  #origin: Pick<Entry, 'log' | 'floor' | 'controlDomain'> | undefined;
  /** The second of the last good `ts`; at first one that nothing begins with. */
  #second = '?';
  readonly #streams: Map<string, StreamState>;

  constructor(start?: ChainState) {
    this.#seq = start?.seq ?? 0;
    this.#prev = start?.prev ?? genesis;
    this.#epoch = start?.epoch ?? 0;
    this.#streams = new Map(start?.streams);
  }

  check(line: string): { readonly entry: Entry; readonly hash: Hash } {
    const entry = this.#parse(line);
    return { entry: upcast(entry), hash: this.#goOn(line, entry) };
  }

  /** The same, for those who do not ask what it says. */
  prove(line: string): Hash {
    const entry = isTooLong(line) ? undefined : quickEntry(line, maxDepth - 1);
    return entry === undefined || !this.#isInstant(entry.ts) ? this.check(line).hash : this.#goOn(line, entry);
  }

  /** A copy; the chain may go on. */
  state(): ChainState {
    return { seq: this.#seq, prev: this.#prev, epoch: this.#epoch, streams: new Map(this.#streams) };
  }

  #parse(line: string): Entry {
    if (isTooLong(line)) return this.#broken(`is longer than ${maxLineBytes} bytes`);
    let parsed: unknown;
    try {
      parsed = JSON.parse(line);
    } catch {
      return this.#broken('is not JSON');
    }
    if (!isCanonical(line, parsed)) return this.#broken('is not in canonical form');
    if (typeof parsed !== 'object' || parsed === null) return this.#broken('is not an entry');
    const { v } = parsed as { readonly v?: unknown };
    // A version that we cannot know the shape of is reported as such, not as a broken chain.
    if (typeof v === 'number' && v !== 1) upcast(parsed as Entry);
    if (!hasEnvelopeKeys(parsed)) return this.#broken(`does not have the keys ${envelopeKeys.join(', ')}`);
    return this.#shaped(parsed as Record<keyof Entry, unknown>);
  }

  #shaped(entry: Record<keyof Entry, unknown>): Entry {
    const { actor, data, mono } = entry;
    if (typeof entry.log !== 'string' || typeof entry.controlDomain !== 'string' || typeof entry.type !== 'string') {
      return this.#broken('has a log, control domain or type that is no text');
    }
    if (typeof entry.epoch !== 'number' || entry.epoch < 0) return this.#broken('has an epoch that is no count');
    if (!isRecordOf(actor, 'id', 'kind') || !isRecordOf(mono, 'boot', 'ns'))
      return this.#broken('has an actor or clock of the wrong shape');
    if (typeof data !== 'object' || data === null || Array.isArray(data)) return this.#broken('has data that is no object');
    if (!floors.has(entry.floor as Floor)) return this.#broken('names no known floor');
    if (!this.#isInstant(entry.ts)) return this.#broken('has a ts that is no UTC instant with milliseconds');
    return entry as unknown as Entry;
  }

  #goOn(line: string, entry: QuickEntry): Hash {
    this.#follow(entry);
    const hash = leafHash(line);
    this.#streams.set(entry.stream, { sseq: entry.sseq + 1, sprev: hash });
    this.#seq += 1;
    this.#prev = hash;
    this.#epoch = entry.epoch;
    return hash;
  }

  #follow(entry: QuickEntry): void {
    const own = this.#streams.get(entry.stream);
    this.#origin ??= entry;
    const { log, floor, controlDomain } = this.#origin;
    if (entry.seq !== this.#seq) this.#broken(`says that it is entry ${entry.seq}`);
    if (entry.prev !== this.#prev) this.#broken('does not follow from the entry before (prev)');
    if (entry.log !== log || entry.floor !== floor || entry.controlDomain !== controlDomain)
      this.#broken('belongs to another log, floor or control domain');
    if (entry.epoch < this.#epoch) this.#broken(`falls from epoch ${this.#epoch} to ${entry.epoch}`);
    if (entry.stream !== streamOf(entry)) this.#broken(`is filed under the stream ${entry.stream}`);
    if (entry.sseq !== (own?.sseq ?? 0) || entry.sprev !== (own?.sprev ?? genesis))
      this.#broken(`does not follow in its stream ${entry.stream} (sseq, sprev)`);
  }

  #isInstant(ts: unknown): boolean {
    if (typeof ts !== 'string' || ts.length !== instant.length || !endOfInstant.test(ts)) return false;
    // Entries come many to a second, and whether that second exists is worth finding out once.
    if (ts.startsWith(this.#second)) return true;
    const at = Date.parse(ts);
    const isInstant = !Number.isNaN(at) && new Date(at).toISOString() === ts;
    if (isInstant) this.#second = ts.slice(0, -endLength);
    return isInstant;
  }

  #broken(reason: string): never {
    throw new JournalError(
      'CHAIN_BROKEN',
      `the journal does not verify at entry ${this.#seq}: it ${reason}; nothing from there on can be trusted: compare it with a bundle or backup made before`,
    );
  }
}

/** All of them, in their order, and nothing else. */
function hasEnvelopeKeys(value: object): boolean {
  let i = 0;
  for (const key in value) {
    if (key !== envelopeKeys[i]) return false;
    i += 1;
  }
  return i === envelopeKeys.length;
}
/** An object with exactly these two keys (they come sorted) and a string in each. */
function isRecordOf(value: unknown, first: string, second: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Readonly<Record<string, unknown>>;
  return typeof fields[first] === 'string' && typeof fields[second] === 'string' && Object.keys(value).length === 2;
}
