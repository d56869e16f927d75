// A gate, abort rule or expectation, asked of the game day's scope: whether it holds and, where it does not, what the facts are
// that it names. "run.rtaMs <= run.rtoMs" alone tells nobody by how much.
import type { Evaluate } from '../catalogue.ts';
import type { Json } from '../values.ts';

export type Held = { readonly holds: boolean; readonly because: string };

/** An expression that cannot be evaluated holds for nobody: gates stay shut and expectations fail. */
export function conditionIn(evaluate: Evaluate, scope: Readonly<Record<string, Json>>, expression: string): Held {
  const result = evaluate(expression, scope);
  if (!result.ok) return { holds: false, because: ` (${result.message})` };
  if (result.value === true) return { holds: true, because: '' };
  const facts = namesIn(expression).flatMap((name) => {
    const value = valueOf(scope, name);
    return value === undefined || typeof value === 'object' ? [] : [`${name} is ${said(value)}`];
  });
  return { holds: false, because: facts.length === 0 ? '' : ` (${facts.join(', ')})` };
}

/** Dotted names outside of texts, each once, in the order of the expression. */
const namesIn = (expression: string): readonly string[] => [
  ...new Set(expression.replaceAll(/"[^"]*"|'[^']*'/g, '').match(/[A-Za-z_]\w*(?:\.\w+)*/g)),
];
function valueOf(scope: Readonly<Record<string, Json>>, name: string): Json | undefined {
  let value: Json | undefined = scope;
  for (const key of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, Json>>)[key];
  }
  return value;
}
/** The scope has -1 and the empty text for what is not known. */
const said = (value: string | number | boolean | null): string => (value === '' || value === -1 ? 'unknown' : JSON.stringify(value));
