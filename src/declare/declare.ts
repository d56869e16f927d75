// Text to estate: reads every document, puts the inventory in, checks shapes, names and references, and says all that is
// wrong at once with its place. Pure: it reads no file and no clock, and the same texts give the same estate.
import type { Estate } from '../core/estate.ts';
import type { Json } from '../core/values.ts';
import { fill, inventoryMistakes, type Hole, type Inventory } from './fill.ts';
import { kinds } from './kinds/index.ts';
import type { Declaration, Kind, Resolving, Told } from './kinds/kind.ts';
import { below, keysOf } from './pointer.ts';
import { placesIn } from './place.ts';
import { inOrder, quoted, type Mistake, type Problem } from './problem.ts';
import { limits, read, type ReadDocument } from './read.ts';
import { Envelope, kindNames, type Referred } from './schema.ts';
import { shapeMistakes, type Names } from './shape.ts';
import { didYouMean } from './suggest.ts';
import { hasExpression } from './template.ts';
import { termKinds, type Vocabulary } from './vocabulary.ts';

export type SourceFile = { readonly path: string; readonly text: string };
/** `open` are the inventory's keys that are still wanted, only without an inventory: such an estate can be read, not run. */
export type Declared =
  | { readonly ok: true; readonly estate: Estate; readonly warnings: readonly Problem[]; readonly open: boolean }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * The estate that these files declare, or everything that is wrong with them, in the order of files and lines, at most 200 a
 * file. With an inventory an unknown key of it is an error; without one, what needs it is left as it is written.
 * The estate holds only texts, safe integers, booleans, lists and plain objects, so that it can be hashed canonically.
 */
export function declare(
  files: readonly SourceFile[],
  { vocabulary, inventory }: { readonly vocabulary: Vocabulary; readonly inventory?: Inventory | undefined },
): Declared {
  const problems: Problem[] = [];
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
  for (const { path, text } of files) {
    const { documents, problems: found } = read(text);
    for (const each of found) problems.push({ file: path, severity: 'error', ...each });
    for (const document of documents) {
      const source = sourceOf(path, document, mistakes);
      if (source !== undefined) sources.push(source);
    }
  }
  const { estate, open } = resolved(sources, vocabulary, inventory, mistakes);
  problems.push(...mistakes.placed(files));
  const said = bounded(problems.sort(inOrder));
  if (said.some((each) => each.severity === 'error')) return { ok: false, problems: said };
  return { ok: true, estate, warnings: said, open };
}

type Source = Told & {
  readonly kind: Kind;
  readonly name: string | undefined;
  readonly value: Json;
  readonly spoiled: ReadonlySet<string>;
};

function sourceOf(file: string, { index, value, spoiled }: ReadDocument, mistakes: Mistakes): Source | undefined {
  const told = { file, document: index };
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

function resolved(
  sources: readonly Source[],
  vocabulary: Vocabulary,
  inventory: Inventory | undefined,
  mistakes: Mistakes,
): { estate: Estate; open: boolean } {
  const names = namesIn(sources, vocabulary, mistakes);
  let estate: Estate = { sites: {}, tiers: {}, workloads: {}, runbooks: {}, gamedays: {} };
  const wants: Resolving['wants'] = new Map();
  let open = false;
  for (const kind of kinds) {
    const declarations: Declaration<unknown>[] = [];
    for (const source of sources) {
      if (source.kind !== kind) continue;
      const declaration = shaped(source, kind, inventory, names, mistakes);
      if (declaration === undefined) continue;
      open ||= [...declaration.holes.values()].some((hole) => hole.open);
      if (!declarations.some((each) => each.name === declaration.name)) declarations.push(declaration);
    }
    const resolving: Resolving = {
      estate,
      names,
      vocabulary,
      wants,
      say: (of, said) => mistakes.say(of, said),
      checkWith: (of, term, uses, pointer, value) => checkWith(of, term, uses, pointer, value, vocabulary, names, mistakes),
    };
    estate = { ...estate, [kind.collection]: kind.resolve(declarations as never, resolving) };
  }
  return { estate, open };
}

/** Every name that can be referred to, also those of declarations that have problems, so that one mistake is said once. */
function namesIn(sources: readonly Source[], vocabulary: Vocabulary, mistakes: Mistakes): Names {
  const names = new Map<Referred, Set<string>>(kindNames.map((kind) => [kind, new Set<string>()]));
  const first = new Map<string, Source>();
  for (const source of sources) {
    if (source.name === undefined) continue;
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
  for (const [term, collection] of Object.entries(termKinds)) names.set(term as Referred, new Set(vocabulary[collection].keys()));
  return names;
}

const stepPart = /^\/spec\/steps\/\d+\/(?:with|when)(?:\/|$)/;

/** The declaration with inventory and defaults in place, or undefined when its shape is wrong. */
function shaped(
  source: Source,
  kind: Kind,
  inventory: Inventory | undefined,
  names: Names,
  mistakes: Mistakes,
): Declaration<unknown> | undefined {
  const { value, holes, mistakes: wrong } = fill(source.value, inventory, (pointer) => kind.kind === 'Runbook' && stepPart.test(pointer));
  for (const each of wrong) mistakes.say(source, each);
  const byPointer = new Map(holes.map((hole) => [hole.pointer, hole]));
  const standing = standIn(value, '', byPointer);
  const found = saidOf(envelopeOf(kind), standing, names, '', byPointer).filter((each) => !source.spoiled.has(each.pointer));
  for (const each of found) mistakes.say(source, each);
  if (found.length > 0 || wrong.length > 0 || source.spoiled.size > 0 || source.name === undefined) return undefined;
  const complete = restored(standing, byPointer) as { readonly spec: unknown };
  const written = (source.value as Readonly<Record<string, Json>>)['spec'] ?? {};
  return { file: source.file, document: source.document, name: source.name, spec: complete.spec, written, holes: byPointer };
}

const envelopes = new Map<Kind, ReturnType<typeof Envelope>>();
function envelopeOf(kind: Kind): ReturnType<typeof Envelope> {
  const known = envelopes.get(kind) ?? Envelope(kind.kind, kind.spec);
  envelopes.set(kind, known);
  return known;
}

function checkWith(
  of: Declaration<unknown>,
  kind: keyof typeof termKinds,
  uses: string,
  pointer: string,
  value: Json,
  vocabulary: Vocabulary,
  names: Names,
  mistakes: Mistakes,
): void {
  const term = vocabulary[termKinds[kind]].get(uses);
  if (term === undefined) return;
  for (const each of saidOf(term.with, standIn(value, pointer, of.holes), names, pointer, of.holes)) mistakes.say(of, each);
  // The action `probe` takes a probe and what that takes.
  const inner =
    kind === 'action' && uses === 'probe' && typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, Json>>)
      : undefined;
  if (typeof inner?.['uses'] !== 'string' || hasExpression(inner['uses'])) return;
  if (!vocabulary.probes.has(inner['uses']))
    mistakes.say(of, {
      pointer: below(pointer, 'uses'),
      code: 'UNKNOWN_PROBE',
      message: `there is no probe ${quoted(inner['uses'])}`,
      remedy: didYouMean(inner['uses'], vocabulary.probes.keys(), 'no provider offers any'),
    });
  else checkWith(of, 'probe', inner['uses'], below(pointer, 'with'), inner['with'] ?? {}, vocabulary, names, mistakes);
}

type Saying = Omit<Mistake, 'file' | 'document'>;
/** What is wrong with a shape, where an expression that is not known yet can be wrong only in its type. */
function saidOf(
  schema: Parameters<typeof shapeMistakes>[0],
  value: unknown,
  names: Names,
  pointer: string,
  holes: ReadonlyMap<string, Hole>,
): Saying[] {
  return shapeMistakes(schema, value, names, pointer).flatMap(({ wants, ...mistake }): Saying[] => {
    const hole = mistake.key === undefined ? holes.get(mistake.pointer) : undefined;
    if (hole === undefined) return [mistake];
    if (wants === undefined || hole.type === 'dyn') return [];
    return [
      {
        pointer: mistake.pointer,
        code: 'EXPRESSION_TYPE',
        message: `the expression gives a ${hole.type}; ${wants} is wanted`,
        remedy: 'convert it, e.g. with `int(...)` or `string(...)`',
      },
    ];
  });
}

/** A copy in which each hole holds a value of its type, so that a schema finds it wrong only if the type is. */
function standIn(value: Json, pointer: string, holes: ReadonlyMap<string, Hole>): Json {
  if (typeof value === 'string') {
    const type = holes.get(pointer)?.type ?? '';
    if (type === 'int') return 0;
    if (type === 'bool') return false;
    if (type.startsWith('list')) return [];
    return type.startsWith('map') ? {} : type === 'double' ? 0.5 : value;
  }
  if (Array.isArray(value)) return (value as readonly Json[]).map((each, index) => standIn(each, below(pointer, index), holes));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, standIn(each as Json, below(pointer, key), holes)]));
}

/** Puts the texts of the holes back where their stand-ins are. */
function restored(value: Json, holes: ReadonlyMap<string, Hole>): Json {
  for (const { pointer, text } of holes.values()) {
    const keys = keysOf(pointer);
    let at: unknown = value;
    for (const key of keys.slice(0, -1)) at = (at as Record<string, unknown>)[key];
    (at as Record<string, unknown>)[keys.at(-1) ?? ''] = text;
  }
  return value;
}

/** Mistakes are kept until the end and then placed, file by file, since a file is parsed again for its places. */
class Mistakes {
  readonly #byFile = new Map<string, Mistake[]>();

  say(of: Told, said: Saying): void {
    const list = this.#byFile.get(of.file) ?? [];
    this.#byFile.set(of.file, list);
    if (list.length <= limits.problems * 4) list.push({ file: of.file, document: of.document, ...said });
  }

  placed(files: readonly SourceFile[]): Problem[] {
    const texts = new Map(files.map((file) => [file.path, file.text]));
    return [...this.#byFile].flatMap(([file, mistakes]) => {
      const placeOf = placesIn(texts.get(file) ?? '');
      return mistakes.map((mistake): Problem => {
        const { code, severity = 'error', message, remedy } = mistake;
        return { file, ...placeOf(mistake), code, severity, message, remedy };
      });
    });
  }
}

/** At most 200 a file, each once; the rest is counted. */
function bounded(sorted: readonly Problem[]): Problem[] {
  const kept: Problem[] = [];
  const counts = new Map<string, number>();
  const seen = new Set<string>();
  for (const each of sorted) {
    const key = `${each.file}\n${each.line}:${each.column} ${each.code} ${each.message}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const count = (counts.get(each.file) ?? 0) + 1;
    counts.set(each.file, count);
    if (count <= limits.problems) kept.push(each);
    else if (count === limits.problems + 1)
      kept.push({
        ...each,
        code: 'TOO_MANY_PROBLEMS',
        severity: 'error',
        message: `more than ${limits.problems} problems in this file`,
        remedy: 'correct these first',
      });
  }
  return kept;
}
