// Signs the log as it grows: every 256 entries, at the latest 60 s after a new one, and at once after what an auditor asks
// for. Only what is durable is signed.
import type { Sealed } from '../engine/engine.ts';
import type { EventType } from '../core/event.ts';
import { openCheckpoint, signCheckpoint, type Signer, verifierFrom, vkeyOf } from '../journal/checkpoint.ts';
import { JournalError } from '../journal/journal-error.ts';
import { leafHash } from '../journal/hash.ts';
import { MerkleTree } from '../journal/merkle.ts';
import type { Journal } from '../ports.ts';

const atOnce: ReadonlySet<EventType> = new Set<EventType>(['EstateDeclared', 'RunOpened', 'ApprovalGiven', 'RunClosed', 'DrillClosed']);
const rewritten = (size: number): JournalError =>
  new JournalError(
    'CHAIN_BROKEN',
    `the journal is not the one whose first ${size} entries were signed: it was cut or rewritten; compare it with a bundle or backup made before`,
  );
const every = { entries: 256, ms: 60_000 };

export class Checkpoints {
  readonly #tree = new MerkleTree();
  readonly #journal: Journal;
  readonly #signer: Signer;
  #signed = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(journal: Journal, signer: Signer) {
    this.#journal = journal;
    this.#signer = signer;
    const last = journal.lastCheckpoint();
    const signed = last === undefined ? undefined : openCheckpoint(last.note, verifierFrom(vkeyOf(signer)));
    for (const line of journal.read(0)) {
      this.#tree.append(leafHash(line));
      if (this.#tree.size === signed?.size && this.#tree.root() !== signed.root) throw rewritten(signed.size);
    }
    // A chain can be rewritten whole and still hang together; the checkpoint that was signed over it cannot.
    if (signed !== undefined && this.#tree.size < signed.size) throw rewritten(signed.size);
    this.#signed = signed?.size ?? 0;
  }

  get size(): number {
    return this.#tree.size;
  }
  get root(): string {
    return this.#tree.root();
  }

  async told(entries: readonly Sealed[], lines: readonly string[]): Promise<void> {
    for (const line of lines) this.#tree.append(leafHash(line));
    const isDue = this.#tree.size - this.#signed >= every.entries || entries.some((entry) => atOnce.has(entry.event.type));
    if (isDue) await this.sign();
    else this.#timer ??= setTimeout(() => void this.sign(), every.ms).unref();
  }

  /** A checkpoint over everything that is durable now. Idempotent. */
  async sign(): Promise<{ readonly size: number; readonly note: string }> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const size = this.#tree.size;
    const last = this.#journal.lastCheckpoint();
    if (last?.size === size) return last;
    const note = signCheckpoint(size, this.#tree.root(), this.#signer);
    this.#signed = size;
    await this.#journal.saveCheckpoint(size, note);
    return { size, note };
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
