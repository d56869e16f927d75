// Text to estate: reads every document, puts the inventory in, checks shapes, names and references, and says all that is
// wrong at once with its place. Pure: it reads no file and no clock, and the same texts give the same estate.
import type { Estate } from '../core/estate.ts';
import type { Json } from '../core/values.ts';
import { inventoryMistakes, notInInventory, type Inventory } from './fill.ts';
import { kinds } from './kinds/index.ts';
import type { Declaration, Resolving } from './kinds/kind.ts';
import { bounded, Mistakes, type Located } from './mistakes.ts';
import { inOrder, type Problem } from './problem.ts';
import { expanded, type InFile } from './each.ts';
import type { Origin } from './origin.ts';
import { read, type Lost } from './read.ts';
import type { KindName } from './schema.ts';
import { checkWith, shaped, type Shaping } from './shaping.ts';
import { anyName } from './shape.ts';
import { identityOf, namesIn, sourceOf, type Source } from './source.ts';
import type { Vocabulary } from './vocabulary.ts';

export type SourceFile = { readonly path: string; readonly text: string };
/** One document, as it stands in its file, or as a template made it: `value` is before the inventory was put in. `document` counts from 0. */
export type Written = {
  readonly kind: KindName;
  readonly name: string;
  readonly file: string;
  readonly document: number;
  readonly value: Json;
  /** Of one that was made from a template: where values stand that came from a list. */
  readonly origin?: Origin;
};
/** `open` are the inventory's keys that are still wanted, only without an inventory: such an estate can be read, not run. */
export type Declared =
  | {
      readonly ok: true;
      readonly estate: Estate;
      readonly written: readonly Written[];
      readonly warnings: readonly Problem[];
      readonly open: boolean;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** `partial`: some files could not be read, so that names may be missing which are not mistakes. */
export type Using = { readonly vocabulary: Vocabulary; readonly inventory?: Inventory | undefined; readonly partial?: boolean };

/**
 * The estate that these files declare, or everything that is wrong with them, in the order of files and lines, at most 200 a
 * file. With an inventory an unknown key of it is an error; without one, what needs it is left as it is written.
 * The estate holds only texts, safe integers, booleans, lists and plain objects, so that it can be hashed canonically.
 */
export function declare(files: readonly SourceFile[], { vocabulary, inventory, partial = false }: Using): Declared {
  const problems: Located[] = [];
  const mistakes = new Mistakes();
  for (const sentence of inventoryMistakes(inventory ?? {}))
    problems.push({
      file: 'inventory',
      line: 1,
      column: 1,
      code: 'BAD_INVENTORY',
      severity: 'error',
      message: sentence,
      remedy: 'the inventory is a flat mapping of names to texts',
    });
  const sources: Source[] = [];
  const all: InFile[] = [];
  const lost: Lost[] = partial ? [{ kind: undefined, name: undefined }] : [];
  for (const { path, text } of files) {
    const { documents, problems: found, lost: unread } = read(text);
    lost.push(...unread);
    for (const each of found) problems.push({ file: path, severity: 'error', ...each });
    for (const document of documents) all.push({ file: path, document });
  }
  const { documents, lost: unmade } = expanded(all, lost, mistakes);
  lost.push(...unmade);
  for (const { file, document } of documents) {
    const source = sourceOf(file, document, mistakes);
    if (source === undefined) lost.push(identityOf(document.value));
    else sources.push(source);
  }
  const names = namesIn(sources, lost, vocabulary, mistakes);
  const { estate, open } = resolved(sources, { inventory, vocabulary, names, mistakes });
  problems.push(...mistakes.placed(files));
  const said = bounded(isEmpty(inventory) ? missingAtOnce(problems) : problems);
  if (said.some((each) => each.severity === 'error')) return { ok: false, problems: said };
  const written = sources.map(({ kind, name = '', file, document, value, origin }): Written => ({
    kind: kind.kind,
    name,
    file,
    document,
    value,
    ...(origin === undefined ? {} : { origin }),
  }));
  return { ok: true, estate, written, warnings: said, open };
}

const isEmpty = (inventory: Inventory | undefined): boolean => inventory !== undefined && Object.keys(inventory).length === 0;
const mostNamed = 12;
/** Where there is nothing in the inventory, what is wrong is one thing, however many names are taken from it. */
function missingAtOnce(problems: readonly Located[]): readonly Located[] {
  const missing = problems.filter(({ code }) => code === 'UNKNOWN_INVENTORY').sort(inOrder);
  const names = [...new Set(missing.map(({ message }) => message.slice(notInInventory.length)))];
  const [first] = missing;
  if (first === undefined || names.length < 2) return problems;
  const shown = `${names.slice(0, mostNamed).join(', ')}${names.length > mostNamed ? ' and others' : ''}`;
  return [
    ...problems.filter(({ code }) => code !== 'UNKNOWN_INVENTORY'),
    {
      ...first,
      message: `there is no inventory, and ${names.length} names are taken from it, the first here: ${shown}`,
      remedy: 'give one with --inventory FILE, or as `inventory` in resus.yaml',
    },
  ];
}

/** Kind by kind, in an order in which each finds what it refers to. */
function resolved(sources: readonly Source[], shaping: Shaping): { readonly estate: Estate; readonly open: boolean } {
  let estate: Estate = { sites: {}, tiers: {}, workloads: {}, runbooks: {}, gamedays: {} };
  const wants: Resolving['wants'] = new Map();
  const tiers: Resolving['tiers'] = { sources: new Map(), bySite: new Map(), composed: new Map() };
  let open = false;
  for (const kind of kinds) {
    const declarations = new Map<string, Declaration<unknown>>();
    let isWhole = shaping.names.get(kind.kind)?.has(anyName) !== true;
    for (const source of sources) {
      const declaration = source.kind === kind ? shaped(source, kind, shaping) : undefined;
      if (source.kind === kind && declaration === undefined) isWhole = false;
      if (declaration === undefined) continue;
      open ||= [...declaration.holes.values()].some((hole) => hole.open);
      if (!declarations.has(declaration.name)) declarations.set(declaration.name, declaration);
    }
    const resolving: Resolving = {
      estate,
      vocabulary: shaping.vocabulary,
      wants,
      tiers,
      isWhole,
      say: (of, said) => shaping.mistakes.say(of, said),
      checkWith: (of, term, uses, pointer, value) => checkWith(of, term, uses, pointer, value, shaping),
    };
    const collection = kind.resolve([...declarations.values()] as never, resolving);
    if (collection !== undefined) estate = { ...estate, [kind.collection]: collection };
  }
  if (tiers.composed.size > 0) estate = { ...estate, tiers: { ...estate.tiers, ...Object.fromEntries(tiers.composed) } };
  return { estate, open };
}
