// Whether a step can ever begin in a move: one whose `when` is false by the places alone is not in the way, and needs no permission.
import type { Evaluate } from '../catalogue.ts';
import { scopeOf, type Move } from './compile.ts';
import type { PlannedStep } from './plan.ts';

/** True also where that hangs on what earlier steps give, which is known only in a run. */
export function mayBegin(
  { when }: Pick<PlannedStep, 'when'>,
  move: Pick<Move, 'workload' | 'from' | 'to' | 'leave'>,
  evaluate: Evaluate,
): boolean {
  if (when === undefined) return true;
  const now = evaluate(when, scopeOf(move));
  return !now.ok || now.value === true;
}
