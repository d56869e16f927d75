// Where the values of a declaration stand that was made from a template: some in the template, some in the list that it was filled with.
import { below, keysOf } from './pointer.ts';
import type { Mistake } from './problem.ts';

/** By pointer. What is inside such a value stands inside its origin. */
export type Origin = Readonly<Record<string, { readonly file: string; readonly document: number; readonly pointer: string }>>;
export type InDocument = Pick<Mistake, 'file' | 'document'> & { readonly origin?: Origin };

/** Where a value of a declaration really stands: in its own document, or in the list that its template was filled with. */
export function standing(
  of: InDocument,
  pointer: string,
): { readonly file: string; readonly document: number; readonly pointer: string; readonly isElsewhere: boolean } {
  const { file, document, origin } = of;
  if (origin !== undefined) {
    const keys = keysOf(pointer);
    for (let length = keys.length; length > 0; length--) {
      const from = below('', ...keys.slice(0, length));
      const found = Object.hasOwn(origin, from) ? origin[from] : undefined;
      if (found !== undefined) return { ...found, pointer: below(found.pointer, ...keys.slice(length)), isElsewhere: true };
    }
  }
  return { file, document, pointer, isElsewhere: false };
}
