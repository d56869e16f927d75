// The reference page of all kinds, made of the definitions that validate: every key, its type, its default, its meaning.
import { kinds } from './kinds/index.ts';
import type { TSchema } from 'typebox';
import { listKind } from './schema.ts';
import type { Stricter } from './tiers.ts';

type Node = {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly form?: string;
  readonly stricter?: Stricter;
  readonly enum?: readonly unknown[];
  readonly duration?: { readonly least: string; readonly most: string; readonly or?: string };
  readonly refers?: string;
  readonly schedule?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly patternProperties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly default?: unknown;
};
type Field = { readonly path: string; readonly type: string; readonly otherwise: string; readonly meaning: string };

/** Markdown; the same definitions give the same text. */
export function referencePage(): string {
  const sections = [...kinds, listKind].flatMap(({ kind, summary, spec }) => [
    `## ${kind}`,
    '',
    summary,
    '',
    '| key | type | when left out | meaning |',
    '| --- | --- | --- | --- |',
    ...fieldsOf(spec as TSchema as Node, 'spec').map(
      ({ path, type, otherwise, meaning }) => `| \`${path}\` | ${cell(type)} | ${cell(otherwise)} | ${cell(meaning)} |`,
    ),
    '',
  ]);
  return [
    '# Reference: every kind, every key',
    '',
    'Made from the definitions that `resus validate` uses, and held to them by a test. [How to declare a hospital](declare.md) says how the kinds go',
    'together; `resus schema` gives the same to editors. Each document has `apiVersion: resus/v1`, `kind`, `metadata.name` (lower-case letters, digits and',
    'dashes, at most 63), and may have `metadata.labels`, short texts of your own. Any text may be an expression where [expressions](declare.md#expressions) are allowed.',
    '',
    ...sections,
  ].join('\n');
}

function fieldsOf(node: Node, path: string): Field[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, each]) => {
    const here = `${path}.${key}`;
    const isNeeded = (node.required ?? []).includes(key) && each.default === undefined;
    const field: Field = {
      path: here,
      type: typeOf(each),
      otherwise: otherwiseOf(each, isNeeded),
      meaning: `${each.title ?? each.description ?? ''}${each.stricter === undefined ? '' : ` (${stricterSays[each.stricter]})`}`,
    };
    return [field, ...fieldsOf(each, here), ...(each.items === undefined ? [] : fieldsOf(each.items, `${here}[]`))];
  });
}

/** Where several tiers apply to a workload. */
const stricterSays: Readonly<Record<Stricter, string>> = {
  less: 'of several tiers the least',
  more: 'of several tiers the most',
  earlier: 'of several tiers the first in this list',
  later: 'of several tiers the last in this list',
  common: 'of several tiers what all allow',
  all: 'of several tiers only if all have it',
  first: 'of several tiers that of the first',
};
const byType: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  boolean: '`true` or `false`',
  object: 'mapping',
  array: 'list',
};
function typeOf(node: Node): string {
  if (node.duration !== undefined)
    return `duration, ${node.duration.least} to ${node.duration.most}${node.duration.or === undefined ? '' : `, or \`${node.duration.or}\``}`;
  if (node.refers !== undefined) return `name of ${/^[aeiou]/.test(node.refers) ? 'an' : 'a'} ${node.refers}`;
  if (node.enum !== undefined) return node.enum.map((each) => `\`${String(each)}\``).join(', ');
  if (node.items !== undefined)
    return `list of ${node.items.properties === undefined ? typeOf(node.items) : 'mappings'}${node.minItems === undefined ? '' : `, at least ${node.minItems}`}`;
  if (node.type === 'integer') return `whole number, ${node.minimum ?? ''} to ${node.maximum ?? ''}`;
  if (node.patternProperties !== undefined) return 'mapping of names to texts';
  if (node.form !== undefined) return node.form;
  return byType[node.type ?? ''] ?? 'any';
}

function otherwiseOf({ default: byDefault }: Node, isNeeded: boolean): string {
  if (isNeeded) return '**must be there**';
  if (byDefault === undefined) return '';
  if (Array.isArray(byDefault)) return byDefault.length === 0 ? 'none' : byDefault.map(spelled).join(', ');
  return typeof byDefault === 'object' ? 'what its keys say' : spelled(byDefault);
}

const spelled = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
