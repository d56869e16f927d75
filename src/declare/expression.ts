// CEL, fenced in: every name is declared, integers go in as BigInt and come out as safe integers, and what could make
// an expression slow is refused before it runs (`matches` backtracks; nested comprehensions multiply).
import { Environment, type ASTNode, type ParseResult } from '@marcbachmann/cel-js';
import type { Evaluate, Evaluated } from '../core/catalogue.ts';
import type { Json } from '../core/values.ts';
import { hasExpression, template } from './template.ts';
import type { Code } from './problem.ts';
import { didYouMean } from './suggest.ts';

/** Names and their CEL types: `int`, `string`, `bool`, `list<string>`, `map<string, string>`, `dyn`, or fields. */
export type Scope = { readonly [name: string]: string | Scope };

export type Checked =
  | { readonly ok: true; readonly type: string; readonly ast: ASTNode }
  | { readonly ok: false; readonly code: Code; readonly message: string; readonly name?: string; readonly offset: number };

const most = { characters: 4_096, comprehensions: 2 } as const;
const options = { unlistedVariablesAreDyn: false, homogeneousAggregateLiterals: true, limits: { maxAstNodes: 500, maxDepth: 32 } };
const comprehensions = new Set(['all', 'exists', 'exists_one', 'map', 'filter', 'bind']);
const refusedFunctions: Readonly<Record<string, string>> = {
  matches: '`matches` is not allowed: a regular expression can run for ever',
};

/** Checks expressions against one scope. The offset is into the text that was given. */
export function checkerFor(scope: Scope): (text: string) => Checked {
  const environment = environmentFor(scope);
  return (text) => {
    const parsed = parsedIn(environment, text);
    return parsed.ok ? typed(parsed.run) : parsed;
  };
}
type Refusal = Extract<Checked, { ok: false }>;
const anything = new Environment(options);
/** Only syntax, limits and refused functions are looked at; names and types are not. */
export function parsed(text: string): { readonly ok: true; readonly ast: ASTNode } | Refusal {
  const result = parsedIn(anything, text);
  return result.ok ? { ok: true, ast: result.run.ast } : result;
}

function environmentFor(scope: Scope): Environment {
  const environment = new Environment(options);
  for (const [name, type] of Object.entries(scope)) {
    if (typeof type === 'string') environment.registerVariable(name, type);
    else environment.registerVariable(name, { schema: type });
  }
  return environment;
}

function parsedIn(environment: Environment, text: string): { readonly ok: true; readonly run: ParseResult } | Refusal {
  if (text.length > most.characters)
    return {
      ok: false,
      code: 'EXPRESSION_LIMIT',
      message: `the expression has ${text.length} characters; ${most.characters} are allowed`,
      offset: 0,
    };
  if (text.trim() === '') return { ok: false, code: 'EXPRESSION_SYNTAX', message: 'the expression is empty', offset: 0 };
  try {
    const run = environment.parse(text);
    return refusedIn(run.ast) ?? { ok: true, run };
  } catch (error) {
    return refusal(error);
  }
}

function typed(run: ParseResult): Checked {
  try {
    const checked = run.check();
    return checked.valid ? { ok: true, type: checked.type ?? 'dyn', ast: run.ast } : refusal(checked.error);
  } catch (error) {
    return refusal(error);
  }
}

/** What the library says, as one of our codes. */
function refusal(error: unknown): Refusal {
  const { code, summary, range } = (typeof error === 'object' && error !== null ? error : {}) as {
    code?: string;
    summary?: string;
    range?: { start: number };
  };
  const said = (summary ?? (error instanceof Error ? error.message : String(error))).split('\n')[0] ?? '';
  const offset = range?.start ?? 0;
  const name = /^(?:Unknown variable|No such key): ([\w$-]+)$/.exec(said)?.[1];
  if (name !== undefined) return { ok: false, code: 'EXPRESSION_NAME', message: `nothing here is called \`${name}\``, name, offset };
  if (code?.includes('limit') === true || /exceeded|too deep|maximum/i.test(said))
    return { ok: false, code: 'EXPRESSION_LIMIT', message: lowered(said), offset };
  const syntax = error instanceof Error && error.name === 'ParseError';
  return { ok: false, code: syntax ? 'EXPRESSION_SYNTAX' : 'EXPRESSION_TYPE', message: lowered(said), offset };
}
const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const isComprehension = (node: ASTNode): boolean => node.op === 'rcall' && comprehensions.has(node.args[0]);

function refusedIn(ast: ASTNode): Refusal | undefined {
  let count = 0;
  for (const node of nodesOf(ast)) {
    const called = node.op === 'call' || node.op === 'rcall' ? node.args[0] : undefined;
    if (called === undefined) continue;
    const reason = Object.hasOwn(refusedFunctions, called) ? refusedFunctions[called] : undefined;
    if (reason !== undefined) return { ok: false, code: 'EXPRESSION_REFUSED', message: reason, offset: node.range.start };
    if (!comprehensions.has(called)) continue;
    const inner = node.op === 'rcall' ? node.args[2].flatMap(nodesOf).find(isComprehension) : undefined;
    const offset = inner?.range.start ?? node.range.start;
    if (inner !== undefined || ++count > most.comprehensions)
      return {
        ok: false,
        code: 'EXPRESSION_LIMIT',
        message:
          inner === undefined
            ? `more than ${most.comprehensions} of \`map\`, \`filter\`, \`all\` and the like`
            : `\`${called}\` holds another \`map\`, \`filter\`, \`all\` or the like`,
        offset,
      };
  }
  return undefined;
}

/** What to do about an expression that was refused; `known` are the names that it could have used. */
export function remedyOf({ code, name }: Pick<Refusal, 'code' | 'name'>, known: Iterable<string>): string {
  if (code === 'EXPRESSION_NAME' && name !== undefined) return didYouMean(name, known, 'correct the name');
  return remedies[code] ?? 'correct the expression';
}
const remedies: Readonly<Partial<Record<Code, string>>> = {
  EXPRESSION_REFUSED: 'use `startsWith`, `endsWith` or `contains`',
  EXPRESSION_LIMIT: 'make it smaller',
  EXPRESSION_TYPE: 'compare and combine values of one type',
};

/** Every node once, parents first. The parser bounds their number and depth. */
export function nodesOf(ast: ASTNode): ASTNode[] {
  const found: ASTNode[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) visit(each);
    else if (isNode(value)) {
      found.push(value);
      visit(value.args);
    }
  };
  visit(ast);
  return found;
}
const isNode = (value: unknown): value is ASTNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'args' in value && 'range' in value;

/** The names that an expression takes from its scope. */
export const namesIn = (ast: ASTNode): ReadonlySet<string> =>
  new Set(nodesOf(ast).flatMap((node) => (node.op === 'id' ? [node.args] : [])));

type Compiled = { readonly ok: true; readonly run: ParseResult } | { readonly ok: false; readonly message: string };
const compiled = new Map<string, Compiled>();

/**
 * Evaluates a bare expression, a text that is one `${{ }}` (its value keeps its type), or a text that holds some (they are
 * put in as text). Nothing in it depends on the time or the place: the same scope gives the same value. Never throws.
 */
export const evaluate: Evaluate = (expression, scope) => {
  if (!hasExpression(expression)) return evaluateBare(expression, scope);
  const { parts, whole, unclosed } = template(expression);
  if (unclosed !== undefined) return { ok: false, message: 'a `${{` is not closed by `}}`' };
  let text = '';
  for (const part of parts) {
    if (part.kind === 'text') {
      text += part.text;
      continue;
    }
    const value = evaluateBare(part.body, scope);
    if (!value.ok || whole) return value;
    if (value.value === null || typeof value.value === 'object')
      return { ok: false, message: 'only texts, whole numbers and booleans can stand inside a text' };
    text += String(value.value);
  }
  return { ok: true, value: text };
};

function evaluateBare(expression: string, scope: Readonly<Record<string, Json>>): Evaluated {
  const names = Object.keys(scope).sort();
  const program = compile(expression, names);
  if (!program.ok) return program;
  try {
    const context = Object.fromEntries(names.map((name) => [name, entering(scope[name] ?? null)]));
    return leaving(program.run(context));
  } catch (error) {
    return { ok: false, message: refusal(error).message };
  }
}

function compile(expression: string, names: readonly string[]): Compiled {
  const key = `${names.join(',')}\n${expression}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const program = programFor(expression, names);
  if (compiled.size >= 2_000) compiled.clear();
  compiled.set(key, program);
  return program;
}

function programFor(expression: string, names: readonly string[]): Compiled {
  let environment: Environment;
  try {
    environment = environmentFor(Object.fromEntries(names.map((name) => [name, 'dyn'])));
  } catch (error) {
    return { ok: false, message: refusal(error).message };
  }
  const program = parsedIn(environment, expression);
  if (!program.ok) return { ok: false, message: program.message };
  const checked = typed(program.run);
  return checked.ok ? program : { ok: false, message: checked.message };
}

type CelValue = null | boolean | bigint | number | string | readonly CelValue[] | { readonly [key: string]: CelValue };
/** Integers become BigInt, since CEL takes a JavaScript number for a double. */
function entering(value: Json): CelValue {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(entering);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, entering(each)]));
  return value as CelValue;
}

function leaving(value: unknown): Evaluated {
  if (typeof value === 'string' || typeof value === 'boolean') return { ok: true, value };
  if (typeof value === 'bigint' || typeof value === 'number') {
    const number = Number(value);
    return Number.isSafeInteger(number)
      ? { ok: true, value: number }
      : { ok: false, message: `${value} is not a whole number between -2^53 and 2^53` };
  }
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const each of value) {
      const item = leaving(each);
      if (!item.ok) return item;
      items.push(item.value);
    }
    return { ok: true, value: items };
  }
  if (typeof value === 'object' && value !== null) {
    const entries: [string, Json][] = [];
    for (const [key, each] of value instanceof Map ? (value as Map<unknown, unknown>) : Object.entries(value)) {
      const item = leaving(each);
      if (!item.ok) return item;
      entries.push([String(key), item.value]);
    }
    return { ok: true, value: Object.fromEntries(entries) };
  }
  return { ok: false, message: 'the value is neither a text, a whole number, a boolean, a list nor a map' };
}
