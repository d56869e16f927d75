// The whole of recovery: fold the journal, prove that it is the one that was written, and ask `due` again.
import { evolve } from '../core/kernel.ts';
import { newState, type Facts, type State } from '../core/state.ts';
import type { Instant } from '../core/values.ts';
import { isKnownType } from '../core/views/timeline.ts';
import type { ChainState, Entry } from '../journal/entry.ts';
import { JournalError } from '../journal/journal-error.ts';
import type { Subtree } from '../journal/merkle.ts';
import { Proof, type Signed } from '../journal/proof.ts';

export type Recovered = { readonly state: State; readonly chain: ChainState; readonly subtrees: readonly Subtree[] };

/** Throws `CHAIN_BROKEN` at the first line that does not follow from the one before; nothing may act on such a journal. */
export function recover(lines: Iterable<string>, facts: Facts, signed?: Signed): Recovered {
  const state = newState();
  const proof = new Proof(signed);
  let folding: unknown;
  for (const line of lines) {
    const entry = proof.check(line);
    // Once an entry cannot be folded, only the proof of the rest says whether it was changed or is beyond us.
    if (folding === undefined) folding = attempted(() => fold(state, entry, facts));
  }
  const proven = proof.end();
  if (folding !== undefined) throw folding as Error;
  return { state, ...proven };
}

/** What it throws, if it does. */
export function attempted(work: () => void): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** One entry of the past. Proves nothing. Throws `UNKNOWN_VERSION` for a fact of a newer release: to skip it would be to forget it. */
export function fold(state: State, entry: Entry, facts: Facts): void {
  if (!isKnownType(entry.type))
    throw new JournalError(
      'UNKNOWN_VERSION',
      `entry ${(entry as Entry).seq} is a ${String((entry as Entry).type)}, which this release does not know`,
    );
  evolve(state, entry, { at: Date.parse(entry.ts) as Instant, epoch: entry.epoch, actor: entry.actor }, facts);
}
