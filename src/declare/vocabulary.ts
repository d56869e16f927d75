// The names that `uses` may have and what each takes and gives. Handed in, so that nothing here imports a provider.
import type { TSchema } from 'typebox';
import type { Provider } from '../ports.ts';

export type Term = { readonly with: TSchema; readonly gives?: TSchema };
export type Vocabulary = {
  readonly actions: ReadonlyMap<string, Term>;
  readonly probes: ReadonlyMap<string, Term>;
  readonly faults: ReadonlyMap<string, Term>;
};
export const termKinds = { action: 'actions', probe: 'probes', fault: 'faults' } as const;
export type TermKind = keyof typeof termKinds;

type Offering = {
  readonly [K in 'actions' | 'probes' | 'faults']: readonly { readonly name: string; readonly with: TSchema; readonly gives?: TSchema }[];
};
/** What all these providers offer. Throws when two offer the same name: that is a mistake of ours, not of a file. */
export function vocabularyOf(providers: readonly (Offering & Pick<Provider, 'name'>)[]): Vocabulary {
  const collected = (kind: 'actions' | 'probes' | 'faults'): Map<string, Term> => {
    const terms = new Map<string, Term>();
    for (const provider of providers)
      for (const term of provider[kind]) {
        if (terms.has(term.name)) throw new Error(`two ${kind} are called ${term.name}; the second is in provider ${provider.name}`);
        terms.set(term.name, term);
      }
    return terms;
  };
  return { actions: collected('actions'), probes: collected('probes'), faults: collected('faults') };
}
