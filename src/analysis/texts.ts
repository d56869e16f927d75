// Every text of a document with its JSON pointer, for findings about what is written and not what it means.
import type { Json } from '../core/values.ts';

export type Text = { readonly pointer: string; readonly key: string; readonly text: string };

export function textsIn(value: Json, pointer = '', key = ''): readonly Text[] {
  if (typeof value === 'string') return [{ pointer, key, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) =>
    textsIn(each as Json, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, Array.isArray(value) ? key : name),
  );
}
