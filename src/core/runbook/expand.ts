// Puts values in the place of `${{ }}`, wherever they stand. What speaks of `steps` can only be known when a step starts.
import type { Evaluate } from '../catalogue.ts';
import type { Json, Result } from '../values.ts';

const speaksOfSteps = /\bsteps\s*[.[]/;

export type Scope = Readonly<Record<string, Json>>;
/** `now`: also resolve what speaks of steps; `later`: leave that as it stands. */
export function expand(value: Json, scope: Scope, evaluate: Evaluate, steps: 'now' | 'later'): Result<Json, string> {
  let problem: string | undefined;
  const text = (source: string): Json => {
    if (!source.includes('${{') || (steps === 'later' && speaksOfSteps.test(source))) return source;
    const result = evaluate(source, scope);
    if (result.ok) return result.value;
    problem ??= `${source}: ${result.message}`;
    return null;
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
