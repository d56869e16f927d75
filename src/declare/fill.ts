// Puts the inventory into what was written: an expression over `inventory` alone becomes its value, one that also needs
// the situation (`to`, `steps`, ...) keeps its `${{ }}` with the inventory's values written in. The text itself is never evaluated as code.
import type { ASTNode } from '@marcbachmann/cel-js';
import type { Json } from '../core/values.ts';
import { checkerFor, evaluate, namesIn, nodesOf, parsed, remedyOf } from './expression.ts';
import { below } from './pointer.ts';
import { quoted, type Code } from './problem.ts';
import { didYouMean } from './suggest.ts';
import { hasExpression, template, type Part } from './template.ts';

/** Facts of one environment by name, e.g. of the lab, of production. */
export type Inventory = Readonly<Record<string, string>>;
/** A value that is not known yet: `type` is its CEL type. `open`: it waits for an inventory, not for a situation. */
export type Hole = { readonly pointer: string; readonly text: string; readonly type: string; readonly open: boolean };
export type FillMistake = {
  readonly pointer: string;
  readonly offset?: number;
  readonly code: Code;
  readonly message: string;
  readonly remedy: string;
};
export type Filled = { readonly value: Json; readonly holes: readonly Hole[]; readonly mistakes: readonly FillMistake[] };

/** Whether a value may use more than the inventory, e.g. a step's `with`. */
export type Situated = (pointer: string) => boolean;

/** Before the name that is wanted. */
export const notInInventory = 'the inventory has no ';

const checkConstant = checkerFor({ inventory: 'map<string, string>' });

/** A deep copy with everything filled in that can be. Without an inventory its expressions stay as they are, as open holes. */
export function fill(value: Json, inventory: Inventory | undefined, situated: Situated): Filled {
  const holes: Hole[] = [];
  const mistakes: FillMistake[] = [];
  const filled = (each: Json, pointer: string): Json => {
    if (typeof each === 'string') return hasExpression(each) ? scalar(each, pointer) : each;
    if (Array.isArray(each)) return (each as readonly Json[]).map((item, index) => filled(item, below(pointer, index)));
    if (typeof each !== 'object' || each === null) return each;
    return Object.fromEntries(
      Object.entries(each as Readonly<Record<string, Json>>)
        .filter(([key]) => key !== '__proto__')
        .map(([key, inner]) => [key, filled(inner, below(pointer, key))]),
    );
  };

  const scalar = (text: string, pointer: string): Json => {
    const { parts, whole, unclosed } = template(text);
    if (unclosed !== undefined) {
      mistakes.push({
        pointer,
        offset: unclosed,
        code: 'EXPRESSION_SYNTAX',
        message: 'this `${{` is not closed',
        remedy: 'end the expression with `}}`',
      });
      return text;
    }
    const wrong = mistakes.length;
    const done = parts.map((part) =>
      part.kind === 'text' ? ({ kind: 'value', value: part.text } as const) : expression(part, pointer, whole),
    );
    if (mistakes.length > wrong) {
      holes.push({ pointer, text, type: 'dyn', open: true });
      return text;
    }
    const left = done.filter((each) => each.kind === 'left');
    const [only] = done;
    if (left.length === 0) {
      if (whole && only?.kind === 'value') return only.value;
      return done.map((each) => (each.kind === 'value' ? spelled(each.value) : '')).join('');
    }
    const type = whole && only?.kind === 'left' ? only.type : 'string';
    const rest = done.map((each) => (each.kind === 'value' ? spelled(each.value) : `\${{${each.body}}}`)).join('');
    holes.push({ pointer, text: rest, type, open: left.some((each) => each.open) });
    return rest;
  };

  type Done =
    | { readonly kind: 'value'; readonly value: Json }
    | { readonly kind: 'left'; readonly body: string; readonly type: string; readonly open: boolean };
  const expression = (part: Extract<Part, { kind: 'expression' }>, pointer: string, whole: boolean): Done => {
    const { body, start } = part;
    const nothing: Done = { kind: 'left', body, type: 'dyn', open: true };
    const say = (at: number, code: Code, message: string, remedy: string): Done => {
      mistakes.push({ pointer, offset: start + at, code, message, remedy });
      return nothing;
    };
    const loose = parsed(body);
    if (!loose.ok) return say(loose.offset, loose.code, loose.message, remedyOf(loose, []));
    const used = usesOf(loose.ast, 'inventory');
    const bare = used.find((use) => use.key === undefined);
    if (bare !== undefined) return say(bare.start, 'EXPRESSION_NAME', '`inventory` stands alone', 'name one key, e.g. `inventory.ehrUrl`');
    if (inventory !== undefined) {
      const unknown = used.filter((use) => use.key !== undefined && !Object.hasOwn(inventory, use.key));
      for (const { key = '', start: at } of unknown)
        say(
          at,
          'UNKNOWN_INVENTORY',
          `${notInInventory}${quoted(key)}`,
          didYouMean(key, Object.keys(inventory), 'give one with --inventory FILE'),
        );
      if (unknown.length > 0) return nothing;
    }
    const others = [...namesIn(loose.ast)].filter((name) => name !== 'inventory');
    if (others.length > 0 && situated(pointer)) {
      if (inventory === undefined) return { kind: 'left', body, type: 'dyn', open: used.length > 0 };
      return { kind: 'left', body: written(body, used, inventory), type: 'dyn', open: false };
    }
    const checked = checkConstant(body);
    if (!checked.ok)
      return say(
        checked.offset,
        checked.code,
        checked.message,
        checked.code === 'EXPRESSION_NAME' ? 'only `inventory` can be used here' : remedyOf(checked, []),
      );
    if (!whole && !['string', 'int', 'bool', 'dyn'].includes(checked.type))
      return say(leading(body), 'EXPRESSION_TYPE', `${checked.type} cannot stand inside a text`, 'take one text of it');
    if (inventory === undefined && used.length > 0) return { kind: 'left', body, type: checked.type, open: true };
    const value = evaluate(body, { inventory: inventory ?? {} });
    if (!value.ok)
      return say(leading(body), 'EXPRESSION_FAILED', `the expression fails: ${value.message}`, 'correct the expression or the inventory');
    return { kind: 'value', value: value.value };
  };

  const result = filled(value, '');
  return { value: result, holes, mistakes };
}

const spelled = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
const leading = (body: string): number => body.length - body.trimStart().length;

export type Use = { readonly key: string | undefined; readonly start: number; readonly end: number };
/** Each `inventory.key` or `inventory["key"]`, or of another root; a key of undefined is any other use of the word. */
export function usesOf(ast: ASTNode, root: string): Use[] {
  const uses: Use[] = [];
  const inside = new Set<ASTNode>();
  for (const node of nodesOf(ast)) {
    if (node.op === '.' || node.op === '[]') {
      const [from, key] = node.args;
      if (from.op !== 'id' || from.args !== root) continue;
      const name = typeof key === 'string' ? key : key.op === 'value' && typeof key.args === 'string' ? key.args : undefined;
      inside.add(from);
      uses.push({ key: name, start: node.range.start, end: node.range.end });
    } else if (node.op === 'id' && node.args === root && !inside.has(node)) {
      uses.push({ key: undefined, start: node.range.start, end: node.range.end });
    }
  }
  return uses;
}

/** The expression with the inventory's values in it as text literals. JSON's escapes are CEL's too; no brace may close the expression. */
function written(body: string, uses: readonly Use[], inventory: Inventory): string {
  return [...uses]
    .sort((a, b) => b.start - a.start)
    .reduce(
      (text, { key = '', start, end }) =>
        text.slice(0, start) + JSON.stringify(inventory[key] ?? '').replaceAll('}', '\\u007d') + text.slice(end),
      body,
    );
}

/** What is wrong with an inventory, in words; empty when it is a flat mapping of names to short texts. */
export function inventoryMistakes(inventory: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(inventory).flatMap(([key, value]) => {
    if (!/^[A-Za-z][A-Za-z0-9_]{0,62}$/.test(key)) return [`${quoted(key)} is not a name of letters, digits and \`_\``];
    if (typeof value !== 'string') return [`${quoted(key)} is not a text`];
    if (value.length > 4_096) return [`${quoted(key)} has more than 4096 characters`];
    return hasExpression(value) ? [`${quoted(key)} holds an expression; the inventory holds plain texts`] : [];
  });
}
