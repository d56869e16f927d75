// The name in words of a fault, to be carried by every entry about it: who reads one entry alone must know what it speaks of.
import type { FaultState } from '../state.ts';

/** Empty for a fault whose journal told none. */
export const called = ({ what }: Readonly<Pick<FaultState, 'what'>>): { readonly what?: string } => (what === undefined ? {} : { what });
