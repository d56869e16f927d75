// The whole of recovery: fold the journal, prove that it is the one that was written, and ask `due` again.
import { evolve } from '../core/kernel.ts';
import { newState, type Facts, type State } from '../core/state.ts';
import type { Instant } from '../core/values.ts';
import { Chain } from '../journal/check.ts';
import type { ChainState } from '../journal/entry.ts';

export type Recovered = { readonly state: State; readonly chain: ChainState };

/** Throws `CHAIN_BROKEN` at the first line that does not follow from the one before; nothing may act on such a journal. */
export function recover(lines: Iterable<string>, facts: Facts): Recovered {
  const state = newState();
  const chain = new Chain();
  for (const line of lines) {
    const { entry } = chain.check(line);
    evolve(state, entry, { at: Date.parse(entry.ts) as Instant, epoch: entry.epoch, actor: entry.actor }, facts);
  }
  return { state, chain: chain.state() };
}
