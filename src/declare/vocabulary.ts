// The names that `uses` may have and what each takes and gives. Handed in, so that nothing here imports a provider.
import type { TSchema } from 'typebox';
import type { Effect } from '../core/catalogue.ts';

/** `effect`: of an action, what it does to the writer and the users' way. */
export type Term = { readonly with: TSchema; readonly gives?: TSchema; readonly effect?: Effect };
export type Vocabulary = {
  readonly actions: ReadonlyMap<string, Term>;
  readonly probes: ReadonlyMap<string, Term>;
  readonly faults: ReadonlyMap<string, Term>;
};
export const termKinds = { action: 'actions', probe: 'probes', fault: 'faults' } as const;
export type TermKind = keyof typeof termKinds;
