// Signs the log as it grows: every 256 entries, at the latest 60 s after a new one, and at once after what an auditor asks
// for. Only what is durable is signed.
import type { Sealed } from '../engine/engine.ts';
import type { EventType } from '../core/event.ts';
import { openCheckpoint, signCheckpoint, type Signer, verifierFrom, vkeyOf } from '../journal/checkpoint.ts';
import { leafHash } from '../journal/hash.ts';
import type { MerkleTree } from '../journal/merkle.ts';
import type { Signed } from '../journal/proof.ts';
import type { Journal } from '../ports.ts';

const atOnce: ReadonlySet<EventType> = new Set<EventType>(['EstateDeclared', 'RunOpened', 'ApprovalGiven', 'RunClosed', 'DrillClosed']);
const every = { entries: 256, ms: 60_000 };

/** What the newest checkpoint says, its signature checked. Throws when it is not ours. */
export function signedOf(journal: Pick<Journal, 'lastCheckpoint'>, signer: Signer): Signed | undefined {
  const last = journal.lastCheckpoint();
  return last === undefined ? undefined : openCheckpoint(last.note, verifierFrom(vkeyOf(signer)));
}

export class Checkpoints {
  readonly #tree: MerkleTree;
  readonly #journal: Journal;
  readonly #signer: Signer;
  #signed: number;
  readonly #failed: (error: Error) => void;
  #timer: NodeJS.Timeout | undefined;

  /** `tree`: over all that the journal holds, as recovery proved it. `failed`: one that nobody waited for could not be signed or kept. */
  constructor(journal: Journal, signer: Signer, tree: MerkleTree, failed: (error: Error) => void = () => undefined) {
    this.#failed = failed;
    this.#journal = journal;
    this.#signer = signer;
    this.#tree = tree;
    this.#signed = journal.lastCheckpoint()?.size ?? 0;
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
    else this.#timer ??= setTimeout(() => void this.sign().catch((error: unknown) => this.#failed(error as Error)), every.ms).unref();
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
