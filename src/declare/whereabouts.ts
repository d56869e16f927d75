// From a declaration and a pointer into it back to a line of a file, for those who find something long after the texts were read.
import type { SourceFile, Written } from './declare.ts';
import { standing } from './origin.ts';
import { componentsOf } from './tiers.ts';
import { placesIn, type Place } from './place.ts';

export type Whereabouts = Place & { readonly file: string };

/** Anything that is written in a document under a kind and a name. */
type Standing = Pick<Written, 'name' | 'file' | 'document' | 'origin'> & { readonly kind: string };

/** What does not stand there gets the nearest place above it; a declaration that is in no file, the begin of nothing. */
export function whereabouts(
  files: readonly SourceFile[],
  written: readonly Standing[],
): (of: { readonly kind: string; readonly name: string; readonly pointer: string }) => Whereabouts {
  const documents = new Map(written.map((each) => [`${each.kind} ${each.name}`, each]));
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const finders = new Map<string, ReturnType<typeof placesIn>>();
  return ({ kind, name, pointer }) => {
    // A tier that was put together of several stands where the first of them does.
    const found = documents.get(`${kind} ${name}`) ?? documents.get(`${kind} ${componentsOf(name)[0] ?? ''}`);
    if (found === undefined) return { file: '', line: 1, column: 1 };
    const at = standing(found, pointer);
    const placeOf = finders.get(at.file) ?? placesIn(texts.get(at.file) ?? '');
    finders.set(at.file, placeOf);
    return { file: at.file, ...placeOf(at) };
  };
}
