import { createHash } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import type { Hash } from '../../src/core/values.ts';
import { consistencyProof, inclusionProof, MerkleTree, rootOf, verifyConsistency, verifyInclusion } from '../../src/journal/merkle.ts';

// Thousands of proofs: a busy machine needs more than the usual 5 s.
vi.setConfig({ testTimeout: 60_000 });

// The leaves and roots that certificate-transparency implementations share as their reference.
const reference = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'];
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const leaf = (bytes: Buffer): Hash => createHash('sha256').update(Buffer.of(0)).update(bytes).digest('hex') as Hash;
const known = reference.map((hex) => leaf(Buffer.from(hex, 'hex')));
const many = Array.from({ length: 70 }, (_, i) => leaf(Buffer.from(`leaf ${i}`)));
const flipped = (hash: Hash): Hash => `${hash[0] === '0' ? '1' : '0'}${hash.slice(1)}` as Hash;

test.each(roots.map((root, size) => [size, root] as const))('the published root over %i leaves', (size, root) => {
  expect(rootOf(known.slice(0, size))).toBe(root);
});

test('the incremental root is the root at every size', () => {
  const tree = new MerkleTree();
  const direct = (leaves: readonly Hash[]): Hash => rootOf(leaves);
  for (const [i, hash] of many.entries()) {
    tree.append(hash);
    expect([tree.size, tree.root()]).toEqual([i + 1, direct(many.slice(0, i + 1))]);
  }
});

test('every inclusion proof verifies, and no tampered one does', () => {
  let checked = 0;
  for (let size = 1; size <= many.length; size += 1) {
    const leaves = many.slice(0, size);
    const root = rootOf(leaves);
    for (const [index, hash] of leaves.entries()) {
      const proof = inclusionProof(leaves, index);
      expect(verifyInclusion(hash, index, size, proof, root)).toBe(true);
      expect(verifyInclusion(flipped(hash), index, size, proof, root)).toBe(false);
      expect(verifyInclusion(hash, index, size, [...proof, hash], root)).toBe(false);
      if (proof.length > 0) expect(verifyInclusion(hash, index, size, proof.slice(1), root)).toBe(false);
      if (proof.length > 0) expect(verifyInclusion(hash, index, size, [flipped(proof[0]!), ...proof.slice(1)], root)).toBe(false);
      if (size > 1) expect(verifyInclusion(hash, (index + 1) % size, size, proof, root)).toBe(false);
      checked += 1;
    }
  }
  expect(checked).toBe(2485);
});

test('every consistency proof verifies, and no tampered one does', () => {
  for (let after = 0; after <= many.length; after += 1) {
    const leaves = many.slice(0, after);
    const second = { size: after, root: rootOf(leaves) };
    for (let before = 0; before <= after; before += 1) {
      const first = { size: before, root: rootOf(many.slice(0, before)) };
      const proof = consistencyProof(leaves, before);
      expect(verifyConsistency(first, second, proof)).toBe(true);
      expect(verifyConsistency({ ...first, root: flipped(first.root) }, second, proof)).toBe(false);
      expect(verifyConsistency(first, second, [...proof, first.root])).toBe(false);
      if (before > 0) expect(verifyConsistency(first, { ...second, root: flipped(second.root) }, proof)).toBe(false);
      for (const [i, hash] of proof.entries()) expect(verifyConsistency(first, second, proof.with(i, flipped(hash)))).toBe(false);
    }
  }
});

test('asking for what is not there is an error', () => {
  expect(() => inclusionProof(known, 8)).toThrow('no leaf 8 among 8');
  expect(() => consistencyProof(known, 9)).toThrow('no tree of size 9 in 8');
});
