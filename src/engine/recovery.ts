// The whole of recovery: fold the journal, prove that it is the one that was written, and ask `due` again.
import { evolve } from '../core/kernel.ts';
import { newState, type Facts, type State } from '../core/state.ts';
import type { Instant } from '../core/values.ts';
import type { ChainState, Entry } from '../journal/entry.ts';
import type { Subtree } from '../journal/merkle.ts';
import { Proof, type Signed } from '../journal/proof.ts';

export type Recovered = { readonly state: State; readonly chain: ChainState; readonly subtrees: readonly Subtree[] };

/** Throws `CHAIN_BROKEN` at the first line that does not follow from the one before; nothing may act on such a journal. */
export function recover(lines: Iterable<string>, facts: Facts, signed?: Signed): Recovered {
  const state = newState();
  const proof = new Proof(signed);
  for (const line of lines) fold(state, proof.check(line), facts);
  return { state, ...proof.end() };
}

/** One entry of the past. Proves nothing. */
export function fold(state: State, entry: Entry, facts: Facts): void {
  evolve(state, entry, { at: Date.parse(entry.ts) as Instant, epoch: entry.epoch, actor: entry.actor }, facts);
}
