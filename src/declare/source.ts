// Which kind and name each document declares: what references can lead to, before anything else of it is looked at.
import type { Json } from '../core/values.ts';
import { kinds } from './kinds/index.ts';
import type { Kind } from './kinds/kind.ts';
import type { Mistakes, Told } from './mistakes.ts';
import { quoted } from './problem.ts';
import type { Lost, ReadDocument } from './read.ts';
import { kindNames, type Referred } from './schema.ts';
import { anyName, type Names } from './shape.ts';
import { didYouMean } from './suggest.ts';
import { termKinds, type Vocabulary } from './vocabulary.ts';

export type Source = Told & {
  readonly kind: Kind;
  readonly name: string | undefined;
  readonly value: Json;
  readonly spoiled: ReadonlySet<string>;
};

export const isMapping = (value: Json | undefined): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is known of a document that is no declaration of any kind. */
export function identityOf(value: Json): Lost {
  const metadata = isMapping(value) ? value['metadata'] : undefined;
  const name = isMapping(metadata) ? metadata['name'] : undefined;
  return { kind: undefined, name: typeof name === 'string' ? name : undefined };
}

export function sourceOf(file: string, { index, value, spoiled, origin }: ReadDocument, mistakes: Mistakes): Source | undefined {
  const told = { file, document: index, ...(origin === undefined ? {} : { origin }) };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    mistakes.say(told, {
      pointer: '',
      code: 'NOT_A_DECLARATION',
      message: 'this document is not a mapping',
      remedy: 'begin with `apiVersion: resus/v1`, `kind`, `metadata` and `spec`',
    });
    return undefined;
  }
  const mapping = value as Readonly<Record<string, Json>>;
  const named = mapping['kind'];
  const kind = kinds.find((each) => each.kind === named);
  if (kind === undefined) {
    if (spoiled.has('/kind')) return undefined;
    const written = typeof named === 'string' ? named : JSON.stringify(named);
    mistakes.say(
      told,
      named === undefined
        ? {
            pointer: '',
            code: 'MISSING_KEY',
            message: 'the declaration has no `kind`',
            remedy: `one of ${kindNames.map((each) => `\`${each}\``).join(', ')}`,
          }
        : {
            pointer: '/kind',
            code: 'UNKNOWN_KIND',
            message: `there is no kind ${quoted(written)}`,
            remedy: didYouMean(written, kindNames, ''),
          },
    );
    return undefined;
  }
  const metadata = mapping['metadata'];
  const name =
    typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata)
      ? (metadata as Readonly<Record<string, Json>>)['name']
      : undefined;
  return { ...told, kind, name: typeof name === 'string' ? name : undefined, value, spoiled };
}

/** Every name that can be referred to, also those of declarations that have problems, so that one mistake is said once. */
export function namesIn(sources: readonly Source[], lost: readonly Lost[], vocabulary: Vocabulary, mistakes: Mistakes): Names {
  const names = new Map<Referred, Set<string>>(kindNames.map((kind) => [kind, new Set<string>()]));
  const first = new Map<string, Source>();
  for (const source of sources) {
    if (source.name === undefined) {
      names.get(source.kind.kind)?.add(anyName);
      continue;
    }
    const key = `${source.kind.kind} ${source.name}`;
    const other = first.get(key);
    if (other !== undefined)
      mistakes.say(source, {
        pointer: '/metadata/name',
        code: 'DUPLICATE_NAME',
        message: `${source.kind.kind} ${quoted(source.name)} is declared twice`,
        remedy: `rename it; the other is in ${other.file}${other.file === source.file ? `, document ${other.document + 1}` : ''}`,
      });
    else first.set(key, source);
    names.get(source.kind.kind)?.add(source.name);
  }
  for (const { kind, name } of lost)
    for (const each of kindNames) if (kind === each || !kindNames.includes(kind as never)) names.get(each)?.add(name ?? anyName);
  for (const [term, collection] of Object.entries(termKinds)) names.set(term as Referred, new Set(vocabulary[collection].keys()));
  return names;
}
