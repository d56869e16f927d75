// The RFC 6962 tree over the entries' leaf hashes. `MerkleTree` keeps only the roots of the perfect subtrees (at most 53), so
// that a checkpoint costs nothing; proofs are made from all leaves, on demand, and verified as RFC 9162 2.1.3.2 and 2.1.4.2 say.
import type { Hash } from '../core/values.ts';
import { emptyRoot, nodeHash } from './hash.ts';

export type Subtree = { readonly size: number; readonly root: Hash };

export class MerkleTree {
  readonly #subtrees: Subtree[];
  #size: number;

  /** Goes on from `subtrees()` of another; empty without. */
  constructor(subtrees: readonly Subtree[] = []) {
    this.#subtrees = [...subtrees];
    this.#size = subtrees.reduce((size, subtree) => size + subtree.size, 0);
  }

  /** The number of leaves. */
  get size(): number {
    return this.#size;
  }

  /** A copy: the perfect subtrees, the largest first. */
  subtrees(): readonly Subtree[] {
    return [...this.#subtrees];
  }

  append(leaf: Hash): void {
    let grown: Subtree = { size: 1, root: leaf };
    for (let last = this.#subtrees.at(-1); last !== undefined && last.size === grown.size; last = this.#subtrees.at(-1)) {
      this.#subtrees.pop();
      grown = { size: grown.size * 2, root: nodeHash(last.root, grown.root) };
    }
    this.#subtrees.push(grown);
    this.#size += 1;
  }

  root(): Hash {
    const last = this.#subtrees.at(-1);
    if (last === undefined) return emptyRoot;
    let root = last.root;
    for (let i = this.#subtrees.length - 2; i >= 0; i -= 1) root = nodeHash((this.#subtrees[i] ?? last).root, root);
    return root;
  }
}

export function rootOf(leaves: Iterable<Hash>): Hash {
  const tree = new MerkleTree();
  for (const leaf of leaves) tree.append(leaf);
  return tree.root();
}

/** The largest power of two below n, for n >= 2. */
const split = (n: number): number => {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
};

/** The path from one leaf to the root over all of them, lowest first. Throws RangeError for an index outside. */
export function inclusionProof(leaves: readonly Hash[], index: number): readonly Hash[] {
  if (!Number.isSafeInteger(index) || index < 0 || index >= leaves.length) throw new RangeError(`no leaf ${index} among ${leaves.length}`);
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  const left = leaves.slice(0, k);
  const right = leaves.slice(k);
  return index < k ? [...inclusionProof(left, index), rootOf(right)] : [...inclusionProof(right, index - k), rootOf(left)];
}

/** Shows that the tree over all leaves begins with the tree over the first `size`. Empty for `size` 0 and for all. */
export function consistencyProof(leaves: readonly Hash[], size: number): readonly Hash[] {
  if (!Number.isSafeInteger(size) || size < 0 || size > leaves.length) throw new RangeError(`no tree of size ${size} in ${leaves.length}`);
  return size === 0 || size === leaves.length ? [] : subproof(leaves, size, true);
}
function subproof(leaves: readonly Hash[], size: number, known: boolean): readonly Hash[] {
  if (size === leaves.length) return known ? [] : [rootOf(leaves)];
  const k = split(leaves.length);
  const left = leaves.slice(0, k);
  const right = leaves.slice(k);
  return size <= k ? [...subproof(left, size, known), rootOf(right)] : [...subproof(right, size - k, false), rootOf(left)];
}

export function verifyInclusion(leaf: Hash, index: number, size: number, proof: readonly Hash[], root: Hash): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let node = index;
  let last = size - 1;
  let found = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      found = nodeHash(sibling, found);
      while (!isOdd(node) && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      found = nodeHash(found, sibling);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 && found === root;
}

export function verifyConsistency(first: Subtree, second: Subtree, proof: readonly Hash[]): boolean {
  if (!Number.isSafeInteger(first.size) || !Number.isSafeInteger(second.size) || first.size < 0 || first.size > second.size) return false;
  if (first.size === 0) return proof.length === 0 && first.root === emptyRoot;
  if (first.size === second.size) return proof.length === 0 && first.root === second.root;
  const path = isPowerOfTwo(first.size) ? [first.root, ...proof] : [...proof];
  const [start, ...rest] = path;
  if (start === undefined) return false;
  let node = first.size - 1;
  let last = second.size - 1;
  while (isOdd(node)) {
    node = half(node);
    last = half(last);
  }
  let before = start;
  let after = start;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      before = nodeHash(sibling, before);
      after = nodeHash(sibling, after);
      while (!isOdd(node) && node !== 0) {
        node = half(node);
        last = half(last);
      }
    } else {
      after = nodeHash(after, sibling);
    }
    node = half(node);
    last = half(last);
  }
  return last === 0 && before === first.root && after === second.root;
}

// Division, not shifts: sizes may pass 2^31.
const half = (n: number): number => Math.floor(n / 2);
const isOdd = (n: number): boolean => n % 2 === 1;
const isPowerOfTwo = (n: number): boolean => {
  let k = 1;
  while (k < n) k *= 2;
  return k === n;
};
