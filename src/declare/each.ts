// Templates: a declaration with `each` is made once for every item of a list. What is made is bounded in number and size before it is made.
import type { Json } from '../core/values.ts';
import { add, Filler, isWithin, mostExpanded, sizeOf, type Items, type Spent } from './fill-each.ts';
import type { Mistakes, Told } from './mistakes.ts';
import { quoted } from './problem.ts';
import type { Lost, ReadDocument } from './read.ts';
import { Envelope, ItemList, listKind } from './schema.ts';
import { shapeMistakes } from './shape.ts';
import { didYouMean } from './suggest.ts';

export type InFile = { readonly file: string; readonly document: ReadDocument };
type Mapping = Readonly<Record<string, Json>>;

/** The documents without lists and with every template replaced by what it makes; `lost` grows by what could not be made. */
export function expanded(
  all: readonly InFile[],
  unread: readonly Lost[],
  mistakes: Mistakes,
): { readonly documents: readonly InFile[]; readonly lost: readonly Lost[] } {
  const lists = listsIn(all, mistakes);
  const spent: Spent = { documents: 0, values: 0, characters: 0 };
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
    const made = list === undefined ? undefined : makeEach(body, each, list, spent, mistakes);
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
function makeEach(body: Mapping, { file, document }: InFile, list: Items, spent: Spent, mistakes: Mistakes): readonly InFile[] | undefined {
  const told = { file, document: document.index };
  const filler = new Filler({ told, list, spent, mistakes });
  const size = sizeOf(body);
  const made: InFile[] = [];
  for (const [index, item] of list.items.entries()) {
    spent.documents += 1;
    add(spent, size);
    const filled = isWithin(spent) ? filler.fill(body, mapping(item) ?? {}, index) : undefined;
    if (filled === undefined || !isWithin(spent)) {
      mistakes.say(told, {
        pointer: '',
        key: 'each',
        code: 'TOO_MANY_EXPANDED',
        message: `this would make more than an estate may hold (${mostExpanded.documents} declarations, ${mostExpanded.values} values, ${mostExpanded.characters >> 20} MiB from templates)`,
        remedy: 'make the list or the template smaller',
      });
      return undefined;
    }
    if (filled.isSound) made.push({ file, document: { ...document, value: filled.value, origin: filled.origin } });
  }
  return made;
}

const mapping = (value: Json): Mapping | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : undefined;
