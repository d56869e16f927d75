// One document against its kind: the inventory put in, defaults filled in, and every `with` against what `uses` names. An
// expression whose value is not known yet can be wrong only in its type.
import type { TSchema } from 'typebox';
import type { Json } from '../core/values.ts';
import { fill, type Hole, type Inventory } from './fill.ts';
import { conditionMistakes } from './condition-mistakes.ts';
import type { Declaration, Kind } from './kinds/kind.ts';
import type { Mistakes, Saying, Told } from './mistakes.ts';
import { below, keysOf, spoken } from './pointer.ts';
import { quoted } from './problem.ts';
import { Envelope, type KindName } from './schema.ts';
import { shapeMistakes, type Names } from './shape.ts';
import { isMapping, type Source } from './source.ts';
import { didYouMean } from './suggest.ts';
import { hasExpression } from './template.ts';
import { termKinds, type TermKind, type Vocabulary } from './vocabulary.ts';

/** Where each kind uses what providers offer; `*` is every item of a list. Steps are checked once their expressions have types. */
const users: Readonly<Record<KindName, readonly [term: TermKind, path: readonly string[]] | undefined>> = {
  Site: ['probe', ['vantages', '*', 'references', '*']],
  Tier: undefined,
  Runbook: ['action', ['steps', '*']],
  Workload: ['probe', ['replicas', '*', 'probes', '*']],
  GameDay: ['fault', ['faults', '*']],
  Calendar: undefined,
  Framework: undefined,
};
const stepPart = /^\/spec\/steps\/\d+\/(?:with|when|onUngraceful\/with)(?:\/|$)/;

export type Shaping = {
  readonly inventory: Inventory | undefined;
  readonly vocabulary: Vocabulary;
  readonly names: Names;
  readonly mistakes: Mistakes;
};

/** The declaration with inventory and defaults in place, or undefined when its shape is wrong. */
export function shaped(source: Source, kind: Kind, shaping: Shaping): Declaration<unknown> | undefined {
  const { inventory, names, mistakes } = shaping;
  const { value, holes, mistakes: wrong } = fill(source.value, inventory, (pointer) => kind.kind === 'Runbook' && stepPart.test(pointer));
  for (const each of wrong) mistakes.say(source, each);
  const byPointer = new Map(holes.map((hole) => [hole.pointer, hole]));
  const open = openIn(value);
  for (const each of open) mistakes.say(source, each);
  const spoiled = new Set([...source.spoiled, ...open.map(({ pointer }) => pointer)]);
  const standing = standIn(value, '', byPointer);
  const found = saidOf(envelopeOf(kind), standing, names, '', byPointer).filter((each) => !spoiled.has(each.pointer));
  for (const each of found) mistakes.say(source, each);
  const schema = envelopeOf(kind);
  // Of an expression that has a mistake nobody knows what it gives, and a text in the place of a mapping cannot be looked into.
  const isBlind = holes.some(({ pointer }) => isMappingIn(schema, pointer) && !isMapping(valueAt(standing, pointer)));
  const isSound = found.length === 0 && !isBlind && spoiled.size === 0 && source.name !== undefined;
  const [term, path] = users[kind.kind] ?? [];
  if (term !== undefined && path !== undefined && (kind.kind !== 'Runbook' || !isSound))
    for (const { pointer, user } of usersIn(isMapping(value) ? value['spec'] : undefined, '/spec', path))
      if (typeof user['uses'] === 'string' && !spoiled.has(below(pointer, 'with')) && isMapping(user['with'] ?? {}))
        checkWith({ ...source, spoiled, holes: byPointer }, term, user['uses'], below(pointer, 'with'), user['with'] ?? {}, shaping);
  if (!isSound || source.name === undefined) return undefined;
  const complete = restored(standing, byPointer, schema) as { readonly spec: unknown };
  const written = isMapping(source.value) ? (source.value['spec'] ?? {}) : {};
  const { file, document, name, origin } = source;
  return { file, document, name, spec: complete.spec, written, holes: byPointer, ...(origin === undefined ? {} : { origin }) };
}

/** Texts that begin with `TODO`, as drafts have them: each is said once, and nothing else about it. */
function openIn(value: Json): Saying[] {
  const open: Saying[] = [];
  const visit = (each: Json, pointer: string): void => {
    if (typeof each === 'string') {
      if (!/^TODO\b/.test(each)) return;
      const question = each.slice('TODO'.length).replace(/^[\s:]+/, '');
      open.push({
        pointer,
        code: 'TODO_LEFT',
        message: `\`${spoken(pointer)}\` is still to be decided${question === '' ? '' : `: ${cut(question)}`}`,
        remedy: 'write the answer in the place of the TODO',
      });
    } else if (Array.isArray(each)) (each as readonly Json[]).forEach((item, index) => visit(item, below(pointer, index)));
    else if (isMapping(each)) for (const [key, inner] of Object.entries(each)) visit(inner, below(pointer, key));
  };
  visit(value, '');
  return open;
}
const cut = (text: string): string => (text.length > 120 ? `${text.slice(0, 117)}...` : text);

function usersIn(
  value: Json | undefined,
  pointer: string,
  path: readonly string[],
): { pointer: string; user: Readonly<Record<string, Json>> }[] {
  const [key, ...rest] = path;
  if (key === undefined) return isMapping(value) ? [{ pointer, user: value }] : [];
  if (key !== '*') return isMapping(value) ? usersIn(value[key], below(pointer, key), rest) : [];
  return Array.isArray(value) ? (value as readonly Json[]).flatMap((each, index) => usersIn(each, below(pointer, index), rest)) : [];
}

const envelopes = new Map<Kind, TSchema>();
function envelopeOf(kind: Kind): TSchema {
  const known = envelopes.get(kind) ?? Envelope(kind.kind, kind.spec);
  envelopes.set(kind, known);
  return known;
}

/** Checks one `with`. What `uses` names nothing was said already. */
export function checkWith(
  of: Told & { readonly holes: ReadonlyMap<string, Hole>; readonly spoiled?: ReadonlySet<string> },
  kind: TermKind,
  uses: string,
  pointer: string,
  value: Json,
  shaping: Shaping,
): void {
  const { vocabulary, names, mistakes } = shaping;
  const term = vocabulary[termKinds[kind]].get(uses);
  if (term === undefined) return;
  for (const each of saidOf(term.with, standIn(value, pointer, of.holes), names, pointer, of.holes))
    if (of.spoiled?.has(each.pointer) !== true) mistakes.say(of, each);
  for (const each of conditionMistakes(term.with, value, pointer)) mistakes.say(of, each);
  // The action `probe` takes a probe and what that takes.
  const inner = kind === 'action' && uses === 'probe' && isMapping(value) ? value : undefined;
  if (typeof inner?.['uses'] !== 'string' || hasExpression(inner['uses'])) return;
  if (vocabulary.probes.has(inner['uses']))
    return checkWith(of, 'probe', inner['uses'], below(pointer, 'with'), inner['with'] ?? {}, shaping);
  mistakes.say(of, {
    pointer: below(pointer, 'uses'),
    code: 'UNKNOWN_PROBE',
    message: `there is no probe ${quoted(inner['uses'])}`,
    remedy: didYouMean(inner['uses'], vocabulary.probes.keys(), 'no provider offers any'),
  });
}

const conversions: Readonly<Record<string, string>> = {
  string: 'convert it with `string(...)`',
  integer: 'convert it with `int(...)`',
  boolean: 'compare it with something',
};
function saidOf(schema: TSchema, value: unknown, names: Names, pointer: string, holes: ReadonlyMap<string, Hole>): Saying[] {
  return shapeMistakes(schema, value, names, pointer).flatMap(({ wants, ...mistake }): Saying[] => {
    const hole = mistake.key === undefined ? holes.get(mistake.pointer) : undefined;
    if (hole === undefined) return [mistake];
    if (wants === undefined || hole.type === 'dyn') return [];
    return [
      {
        pointer: mistake.pointer,
        code: 'EXPRESSION_TYPE',
        message: `the expression gives ${hole.type}; ${wants} is wanted`,
        remedy: conversions[wants] ?? 'write the value out',
      },
    ];
  });
}

/** A copy in which each hole holds a value of its type, so that a schema finds it wrong only if the type is. */
function standIn(value: Json, pointer: string, holes: ReadonlyMap<string, Hole>): Json {
  if (holes.size === 0) return copied(value);
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

/** Most declarations have no holes, and their pointers need not be made. */
function copied(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(copied);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copied(each as Json)]));
}

type Wanting = {
  readonly type?: string;
  readonly items?: TSchema;
  readonly properties?: Readonly<Record<string, TSchema>>;
  readonly patternProperties?: Readonly<Record<string, TSchema>>;
};
function wantedAt(schema: TSchema, pointer: string): Wanting | undefined {
  let at: Wanting | undefined = schema;
  for (const key of keysOf(pointer)) {
    const inside: Wanting = at ?? {};
    at = inside.items ?? (Object.hasOwn(inside.properties ?? {}, key) ? inside.properties?.[key] : undefined);
  }
  return at;
}
/** Whether a mapping with keys of ours is wanted there; what `with` holds is looked into by nobody here. */
function isMappingIn(schema: TSchema, pointer: string): boolean {
  const at = wantedAt(schema, pointer);
  return at?.properties !== undefined || at?.patternProperties !== undefined;
}
const valueAt = (value: Json, pointer: string): Json | undefined =>
  keysOf(pointer).reduce<Json | undefined>((at, key) => (at as Readonly<Record<string, Json>> | undefined)?.[key], value);

/**
 * Puts the texts of the holes back where their stand-ins are. A list or a mapping that is not known yet stays empty, or as its defaults
 * are, since what reads it goes through it.
 */
function restored(value: Json, holes: ReadonlyMap<string, Hole>, schema: TSchema): Json {
  for (const { pointer, text } of holes.values()) {
    if (isMappingIn(schema, pointer)) continue;
    const keys = keysOf(pointer);
    let at: unknown = value;
    for (const key of keys.slice(0, -1)) at = (at as Record<string, unknown>)[key];
    (at as Record<string, unknown>)[keys.at(-1) ?? ''] = wantedAt(schema, pointer)?.type === 'array' ? [] : text;
  }
  return value;
}
