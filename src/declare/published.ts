// The JSON Schema (draft 2020-12) by which editors complete and check, made of the definitions that validate. What only
// Resus can say (that a name is declared, that a list has distinct items) is left to `resus validate`.
import type { Kind } from './kinds/kind.ts';
import { kinds } from './kinds/index.ts';
import { Envelope, listKind, type KindName } from './schema.ts';
import { termKinds, type TermKind, type Vocabulary } from './vocabulary.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;
const dialect = 'https://json-schema.org/draft/2020-12/schema';
/** Everything that may stand in a file. */
const documents = [...kinds, listKind];
const expression = { $ref: '#/$defs/expression' } as const;
const holdsExpression = '\\$\\{\\{';
const aDuration = '^(?:\\d{1,12}(?:ms|[ywdhms]))+$';

/** One schema of every kind: it tells them apart by `kind`. A whole text may always be an expression, whatever type it stands for. */
export function publishedSchema(vocabulary: Vocabulary): JsonSchema {
  return {
    $schema: dialect,
    title: 'A declaration of Resus',
    type: 'object',
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    properties: {
      apiVersion: { const: 'resus/v1' },
      kind: { enum: documents.map((each) => each.kind), description: documents.map((each) => `${each.kind}: ${each.summary}`).join('\n') },
      metadata: { type: 'object' },
      spec: { type: 'object' },
    },
    allOf: documents.map((each) => ({
      if: { properties: { kind: { const: each.kind } }, required: ['kind'] },
      then: { $ref: `#/$defs/${each.kind}` },
    })),
    $defs: { ...definitionsOf(vocabulary), ...Object.fromEntries(documents.map((each) => [each.kind, envelope(each)])) },
  };
}

/** The schema of one kind alone. */
export function publishedKind(name: KindName, vocabulary: Vocabulary): JsonSchema {
  const [kind] = kinds.filter((each) => each.kind === name);
  return kind === undefined ? { $schema: dialect } : { $schema: dialect, ...envelope(kind), $defs: definitionsOf(vocabulary) };
}

/** `action` holds the names of actions, `action-takes` what each of them takes; the same of probes and faults. */
const definitionsOf = (vocabulary: Vocabulary): JsonSchema => ({
  expression: { type: 'string', pattern: holdsExpression, description: 'An expression, e.g. ${{ inventory.name }}' },
  ...Object.fromEntries(
    Object.entries(termKinds).flatMap(([term, collection]) => [
      [term, { enum: [...vocabulary[collection].keys()] }],
      [`${term}-takes`, { allOf: [...vocabulary[collection]].map(([name, takes]) => inputOf(name, takes.with as Node)) }],
    ]),
  ),
});
const envelope = (kind: Pick<Kind, 'summary' | 'spec'> & { readonly kind: string }): JsonSchema => ({
  ...published(Envelope(kind.kind, kind.spec) as Node),
  description: kind.summary,
});

type Node = {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly form?: string;
  readonly pattern?: string;
  readonly enum?: readonly unknown[];
  readonly duration?: { readonly least: string; readonly most: string; readonly or?: string };
  readonly refers?: string;
  readonly schedule?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly patternProperties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly default?: unknown;
};
/** Ours, or put in another way below. */
const notPublished = new Set([
  'title',
  'description',
  'form',
  'duration',
  'refers',
  'schedule',
  'distinct',
  'required',
  'discriminator',
  'stricter',
  'names',
]);

/** The same node without our own keywords, with what they mean in words and, where JSON Schema can say it, in a pattern. */
function published(node: Node): JsonSchema {
  const description = meaningOf(node);
  const plain: Record<string, unknown> = Object.fromEntries(Object.entries(node).filter(([key]) => !notPublished.has(key)));
  const told = description === '' ? {} : { description };
  if (node.properties !== undefined) return { ...plain, ...told, ...objectOf(node) };
  if (node.patternProperties !== undefined) return { ...plain, ...told, patternProperties: mapped(node.patternProperties, published) };
  // In a template a whole list may be what an item says, also one of mappings.
  if (node.items !== undefined) return orExpression({ ...plain, items: published(node.items) }, told);
  if (node.anyOf !== undefined) return { ...plain, ...told, anyOf: [...node.anyOf.map(published), expression] };
  if (isTerm(node.refers)) return orExpression({ $ref: `#/$defs/${node.refers}` }, told);
  // `apiVersion` and `kind` say which schema this is, so they are never expressions.
  if (node.enum?.length === 1) return { ...plain, ...told };
  if (node.duration !== undefined)
    return {
      ...plain,
      ...told,
      pattern: [aDuration, ...(node.duration.or === undefined ? [] : [`^${node.duration.or}$`]), holdsExpression].join('|'),
    };
  if (node.type === 'string')
    return { ...plain, ...told, ...(node.pattern === undefined ? {} : { pattern: `(?:${node.pattern})|${holdsExpression}` }) };
  return node.type === 'object' ? { ...plain, ...told } : orExpression(plain, told);
}

const orExpression = (schema: JsonSchema, told: JsonSchema): JsonSchema => {
  const { default: byDefault, ...rest } = schema;
  return { ...told, ...(byDefault === undefined ? {} : { default: byDefault }), anyOf: [rest, expression] };
};

/** A key with a default need not be written. Where `uses` names a term, `with` is what that term takes. */
function objectOf(node: Node): JsonSchema {
  const properties = node.properties ?? {};
  const required = (node.required ?? []).filter((key) => properties[key]?.default === undefined);
  const term = properties['uses']?.refers;
  return {
    properties: mapped(properties, (each) => (isOpen(each) ? orExpression(published(each), {}) : published(each))),
    ...(required.length === 0 ? {} : { required }),
    ...(isTerm(term) && properties['with'] !== undefined ? { allOf: [{ $ref: `#/$defs/${term}-takes` }] } : {}),
  };
}

/** A mapping that may be left out, with keys that may be left out: in a template it too may be what an item says. */
const isOpen = (node: Node): boolean =>
  (node.properties ?? node.patternProperties) !== undefined && (node.required ?? []).length === 0 && node.default === undefined;

function inputOf(uses: string, input: Node): JsonSchema {
  const isNeeded = (input.required ?? []).some((key) => input.properties?.[key]?.default === undefined);
  return {
    if: { properties: { uses: { const: uses } }, required: ['uses'] },
    then: { properties: { with: published(input) }, ...(isNeeded ? { required: ['with'] } : {}) },
  };
}

const isTerm = (referred: string | undefined): referred is TermKind => referred !== undefined && Object.hasOwn(termKinds, referred);

/** What a person reads when the pointer rests on a key. */
function meaningOf(node: Node): string {
  const { title, description, form, duration, refers } = node;
  const about = title ?? description ?? '';
  const extra =
    duration !== undefined
      ? `a duration from ${duration.least} to ${duration.most}, e.g. 90s, 15m, 36h${duration.or === undefined ? '' : `, or ${duration.or}`}`
      : refers !== undefined && !isTerm(refers)
        ? `the name of a ${refers}`
        : form;
  return extra === undefined || extra === about ? about : about === '' ? extra : `${about} (${extra})`;
}

const mapped = <T, U>(record: Readonly<Record<string, T>>, change: (each: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, each]) => [key, change(each)]));
