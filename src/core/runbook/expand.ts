// Puts values in the place of `${{ }}`. A text that is one expression becomes its value, of whatever type; inside
// a longer text the value is written out. What speaks of `steps` can only be known when a step starts.
import type { Evaluate } from '../catalogue.ts';
import type { Json, Result } from '../values.ts';

const whole = /^\s*\$\{\{([\s\S]*)\}\}\s*$/;
const part = /\$\{\{([\s\S]*?)\}\}/g;
const speaksOfSteps = /\bsteps\s*[.[]/;

export type Scope = Readonly<Record<string, Json>>;
/** `now`: also resolve what speaks of steps; `later`: leave that as it stands. */
export function expand(value: Json, scope: Scope, evaluate: Evaluate, steps: 'now' | 'later'): Result<Json, string> {
  let problem: string | undefined;
  const answer = (expression: string): Json => {
    const result = evaluate(expression.trim(), scope);
    if (result.ok) return result.value;
    problem ??= `\${{${expression}}}: ${result.message}`;
    return null;
  };
  const text = (source: string): Json => {
    if (!source.includes('${{') || (steps === 'later' && speaksOfSteps.test(source))) return source;
    const only = whole.exec(source);
    if (only?.[1] !== undefined && !only[1].includes('}}')) return answer(only[1]);
    return source.replace(part, (_, expression: string) => String(answer(expression)));
  };
  const walk = (each: Json): Json => {
    if (typeof each === 'string') return text(each);
    if (each === null || typeof each !== 'object') return each;
    if (Array.isArray(each)) return (each as readonly Json[]).map(walk);
    return Object.fromEntries(Object.entries(each).map(([key, inner]) => [key, walk(inner as Json)]));
  };
  const expanded = walk(value);
  return problem === undefined ? { ok: true, value: expanded } : { ok: false, error: problem };
}
