// Templates: a declaration with `each` is made once for every item of a list, with `${{ each.KEY }}` replaced by what the item says. What is
// made is bounded in number and size before it is made, and every value remembers whether it stands in the template or in the list.
import type { Json } from '../core/values.ts';
import { parsed } from './expression.ts';
import { usesOf } from './fill.ts';
import type { Mistakes, Told } from './mistakes.ts';
import { below } from './pointer.ts';
import { quoted } from './problem.ts';
import type { Origin } from './origin.ts';
import type { Lost, ReadDocument } from './read.ts';
import { Envelope, ItemList, listKind } from './schema.ts';
import { shapeMistakes } from './shape.ts';
import { didYouMean } from './suggest.ts';
import { hasExpression, template } from './template.ts';

export type InFile = { readonly file: string; readonly document: ReadDocument };
type Mapping = Readonly<Record<string, Json>>;
type Items = { readonly told: Told; readonly pointer: string; readonly name: string; readonly items: readonly Json[] };

/** All that templates of one estate may make together. */
export const mostExpanded = { documents: 20_000, values: 2_000_000, characters: 64 << 20 } as const;

/** The documents without lists and with every template replaced by what it makes; `lost` grows by what could not be made. */
export function expanded(
  all: readonly InFile[],
  unread: readonly Lost[],
  mistakes: Mistakes,
): { readonly documents: readonly InFile[]; readonly lost: readonly Lost[] } {
  const lists = listsIn(all, mistakes);
  const budget = { documents: 0, values: 0, characters: 0 };
  const lost: Lost[] = [];
  const documents = all.flatMap((each): readonly InFile[] => {
    const value = mapping(each.document.value);
    if (value?.['kind'] === listKind.kind) return [];
    if (value === undefined || !Object.hasOwn(value, 'each')) return [each];
    const told = { file: each.file, document: each.document.index };
    const { each: wanted, ...body } = value;
    const kind = typeof value['kind'] === 'string' ? value['kind'] : undefined;
    const isMaybeThere = unread.some(({ kind: what }) => what === undefined || what === listKind.kind);
    const list = each.document.spoiled.has('/each') ? undefined : itemsOf(wanted ?? null, told, lists, mistakes, isMaybeThere);
    const made = list === undefined ? undefined : makeEach(body, each, list, budget, mistakes);
    if (made === undefined || made.length < (list?.items.length ?? 0)) lost.push({ kind, name: undefined });
    return made ?? [];
  });
  return { documents, lost };
}

/** By name; undefined for one that is there and wrong. */
type Lists = ReadonlyMap<string, Items | undefined>;
function listsIn(all: readonly InFile[], mistakes: Mistakes): Lists {
  const lists = new Map<string, Items | undefined>();
  for (const { file, document } of all) {
    const value = mapping(document.value);
    if (value?.['kind'] !== listKind.kind) continue;
    const told = { file, document: document.index };
    const name = mapping(value['metadata'] ?? null)?.['name'];
    const wrong = shapeMistakes(Envelope(listKind.kind, listKind.spec), value, new Map()).filter(
      ({ pointer }) => !document.spoiled.has(pointer),
    );
    for (const { wants: _, ...each } of wrong) mistakes.say(told, each);
    if (typeof name !== 'string') continue;
    if (lists.has(name))
      mistakes.say(told, {
        pointer: '/metadata/name',
        code: 'DUPLICATE_NAME',
        message: `List ${quoted(name)} is declared twice`,
        remedy: 'rename one of them',
      });
    const items = mapping(value['spec'] ?? null)?.['items'];
    const isSound = wrong.length === 0 && document.spoiled.size === 0 && Array.isArray(items);
    lists.set(name, isSound ? { told, pointer: '/spec/items', name, items: items as readonly Json[] } : undefined);
  }
  return lists;
}

function itemsOf(wanted: Json, told: Told, lists: Lists, mistakes: Mistakes, isMaybeThere: boolean): Items | undefined {
  if (typeof wanted === 'string') {
    if (!lists.has(wanted) && !isMaybeThere)
      mistakes.say(told, {
        pointer: '/each',
        code: 'UNKNOWN_LIST',
        message: `there is no list ${quoted(wanted)}`,
        remedy: didYouMean(wanted, lists.keys(), 'declare a List of that name, in a file that is given too'),
      });
    return lists.get(wanted);
  }
  if (!Array.isArray(wanted)) {
    mistakes.say(told, {
      pointer: '/each',
      code: 'WRONG_TYPE',
      message: '`each` is neither the name of a List nor a list of items',
      remedy: 'write `each: NAME`, or the items',
    });
    return undefined;
  }
  const wrong = shapeMistakes(ItemList, wanted, new Map(), '/each');
  for (const { wants: _, ...each } of wrong) mistakes.say(told, each);
  return wrong.length > 0 ? undefined : { told, pointer: '/each', name: 'each', items: wanted as readonly Json[] };
}

/** One document an item; undefined when they would be too many or too large. Items that lack something make none. */
function makeEach(
  body: Mapping,
  { file, document }: InFile,
  list: Items,
  budget: { documents: number; values: number; characters: number },
  mistakes: Mistakes,
): readonly InFile[] | undefined {
  const told = { file, document: document.index };
  const compiled = new Map<string, Compiled>();
  const size = sizeOf(body);
  const isWithin = (): boolean =>
    budget.documents <= mostExpanded.documents && budget.values <= mostExpanded.values && budget.characters <= mostExpanded.characters;
  const made: InFile[] = [];
  for (const [index, item] of list.items.entries()) {
    const at = below(list.pointer, index);
    const own = mapping(item) ?? {};
    const origin: Record<string, Origin[string]> = {};
    const sizes = new Map<string, ReturnType<typeof sizeOf>>();
    let isSound = true;
    const fillIn = (value: Json, pointer: string): Json => {
      if (typeof value === 'string') return hasExpression(value) ? text(value, pointer) : value;
      if (Array.isArray(value)) return (value as readonly Json[]).map((inner, which) => fillIn(inner, below(pointer, which)));
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fillIn(inner as Json, below(pointer, key))]));
    };
    const text = (written: string, pointer: string): Json => {
      const parts = compiled.get(written) ?? compile(written);
      compiled.set(written, parts);
      let done = '';
      const add = (piece: string): void => {
        done += piece;
        budget.characters += piece.length;
      };
      for (const part of parts) {
        if (!isWithin()) return '';
        if (part.kind === 'text') {
          add(part.text);
          continue;
        }
        if (part.key === undefined) {
          isSound = false;
          mistakes.say(told, {
            pointer,
            offset: part.start,
            code: 'EXPRESSION_NAME',
            message: '`each` stands alone',
            remedy: 'name one key, e.g. `each.name`',
          });
          continue;
        }
        if (!Object.hasOwn(own, part.key)) {
          isSound = false;
          mistakes.say(list.told, {
            pointer: at,
            code: 'EACH_KEY',
            message: `item ${index + 1} of ${quoted(list.name)} has no ${quoted(part.key)}, which the template in ${file} takes`,
            remedy: didYouMean(part.key, Object.keys(own), 'add it'),
          });
          continue;
        }
        const value = own[part.key] ?? null;
        const isScalar = typeof value !== 'object' || value === null;
        if (!isScalar && !part.isWhole) {
          isSound = false;
          mistakes.say(told, {
            pointer,
            offset: part.start,
            code: 'EXPRESSION_TYPE',
            message: `${quoted(`each.${part.key}`)} is ${Array.isArray(value) ? 'a list' : 'a mapping'}, which cannot stand inside a text or a longer expression`,
            remedy: 'take it as a whole value, or one text of it',
          });
          continue;
        }
        if (part.isWhole) {
          origin[pointer] = { file: list.told.file, document: list.told.document, pointer: below(at, part.key) };
          const its = sizes.get(part.key) ?? sizeOf(value);
          sizes.set(part.key, its);
          budget.values += its.values;
          budget.characters += its.characters;
          return value;
        }
        add(part.isLiteral ? literal(value) : typeof value === 'string' ? value : JSON.stringify(value));
      }
      return done;
    };
    budget.documents += 1;
    budget.values += size.values;
    budget.characters += size.characters;
    const value = isWithin() ? fillIn(body, '') : undefined;
    if (value === undefined || !isWithin()) {
      mistakes.say(told, {
        pointer: '',
        key: 'each',
        code: 'TOO_MANY_EXPANDED',
        message: `this would make more than an estate may hold (${mostExpanded.documents} declarations, ${mostExpanded.values} values, ${mostExpanded.characters >> 20} MiB from templates)`,
        remedy: 'make the list or the template smaller',
      });
      return undefined;
    }
    if (isSound) made.push({ file, document: { ...document, value, origin } });
  }
  return made;
}

type Compiled = readonly (
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'use';
      readonly key: string | undefined;
      readonly start: number;
      /** The text is this use and nothing else, so that its value keeps its type. */
      readonly isWhole: boolean;
      /** It stands inside a longer expression. */
      readonly isLiteral: boolean;
    }
)[];
/** Where a text takes something of an item. What does not parse stays, and is said when the declaration is looked at. */
function compile(written: string): Compiled {
  const { parts, whole, unclosed } = template(written);
  if (unclosed !== undefined) return [{ kind: 'text', text: written }];
  return parts.flatMap((part): Compiled => {
    if (part.kind === 'text') return [part];
    const { body, start } = part;
    const asItIs: Compiled = [{ kind: 'text', text: `\${{${body}}}` }];
    const loose = /\beach\b/.test(body) ? parsed(body) : undefined;
    if (loose?.ok !== true) return asItIs;
    const uses = usesOf(loose.ast, 'each').sort((a, b) => a.start - b.start);
    const [only] = uses;
    if (only === undefined) return asItIs;
    const use = { kind: 'use', key: only.key, start: start + only.start } as const;
    if (body.trim() === body.slice(only.start, only.end)) return [{ ...use, isWhole: whole, isLiteral: false }];
    let done = 0;
    const inside = uses.flatMap(({ key, start: from, end }): Compiled => {
      const before = body.slice(done, from);
      done = end;
      return [
        { kind: 'text', text: before },
        { kind: 'use', key, start: start + from, isWhole: false, isLiteral: true },
      ];
    });
    return [{ kind: 'text', text: '${{' }, ...inside, { kind: 'text', text: `${body.slice(done)}}}` }];
  });
}

/** As CEL writes it; no brace may close the expression. */
const literal = (value: Json): string => JSON.stringify(value).replaceAll('}', '\\u007d');
const mapping = (value: Json): Mapping | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : undefined;

function sizeOf(value: Json): { readonly values: number; readonly characters: number } {
  const todo: Json[] = [value];
  let values = 0;
  let characters = 0;
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    values += 1;
    if (typeof next === 'string') characters += next.length;
    else if (typeof next === 'object' && next !== null) for (const each of Object.values(next)) todo.push(each as Json);
  }
  return { values, characters };
}
