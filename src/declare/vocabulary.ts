// The names that `uses` may have and what each takes and gives. Handed in, so that nothing here imports a provider.
import type { TSchema } from 'typebox';

export type Term = { readonly with: TSchema; readonly gives?: TSchema };
export type Vocabulary = {
  readonly actions: ReadonlyMap<string, Term>;
  readonly probes: ReadonlyMap<string, Term>;
  readonly faults: ReadonlyMap<string, Term>;
};
export const termKinds = { action: 'actions', probe: 'probes', fault: 'faults' } as const;
export type TermKind = keyof typeof termKinds;
