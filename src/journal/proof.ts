// What a start must prove of a journal before it may act: every line follows from the one before, and the first so many are those
// that were signed. A chain can be rewritten whole and still hang together; the checkpoint that was signed over it cannot.
import type { Hash } from '../core/values.ts';
import { Chain } from './check.ts';
import type { ChainState, Entry } from './entry.ts';
import { JournalError } from './journal-error.ts';
import { MerkleTree, type Subtree } from './merkle.ts';

/** The newest checkpoint: its signature was checked, what it says of the journal is not yet. */
export type Signed = { readonly size: number; readonly root: Hash };
/** Plain data, so that a thread can hand it to another. */
export type Proven = { readonly chain: ChainState; readonly subtrees: readonly Subtree[] };

export class Proof {
  readonly #chain = new Chain();
  readonly #tree = new MerkleTree();
  readonly #signed: Signed | undefined;

  constructor(signed: Signed | undefined) {
    this.#signed = signed;
  }

  /** Throws `CHAIN_BROKEN` at the first line that does not follow, and at the last that was signed when they are not those. */
  check(line: string): Entry {
    const { entry, hash } = this.#chain.check(line);
    this.#grow(hash);
    return entry;
  }
  /** The same, for those who do not ask what it says. */
  prove(line: string): void {
    this.#grow(this.#chain.prove(line));
  }
  /** After the last line. Throws `CHAIN_BROKEN` when more were signed than there are. */
  end(): Proven {
    if (this.#signed !== undefined && this.#tree.size < this.#signed.size) throw rewritten(this.#signed);
    return { chain: this.#chain.state(), subtrees: this.#tree.subtrees() };
  }

  #grow(hash: Hash): void {
    this.#tree.append(hash);
    if (this.#tree.size === this.#signed?.size && this.#tree.root() !== this.#signed.root) throw rewritten(this.#signed);
  }
}

const rewritten = ({ size }: Signed): JournalError =>
  new JournalError(
    'CHAIN_BROKEN',
    `the journal is not the one whose first ${size} entries were signed: it was cut or rewritten; compare it with a bundle or backup made before`,
  );
