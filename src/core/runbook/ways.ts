// What people may decide about the steps of a run: the same answer for the request that is refused or taken, for the sentence that asks
// them, and for the commands that they are shown.
import type { PlannedStep } from './plan.ts';
import type { Run } from '../state.ts';
import { isOver, type StepState } from './transitions.ts';

export type OpenStep = { readonly planned: PlannedStep; readonly step: Readonly<StepState> };

/** Steps that are not over, or failed, and have a way without grace that is not chosen yet; in the order of the plan. */
export const gracelessOf = (run: Readonly<Pick<Run, 'plan' | 'steps' | 'control'>>): readonly OpenStep[] =>
  run.plan.steps.flatMap((planned): OpenStep[] => {
    const step = run.steps.get(planned.id);
    if (step === undefined || planned.ungraceful === undefined || run.control.ungraceful.has(planned.id)) return [];
    return !isOver(step) || step.status === 'failed' ? [{ planned, step }] : [];
  });

export const failedOf = (run: Readonly<Pick<Run, 'plan' | 'steps'>>): readonly PlannedStep[] =>
  run.plan.steps.filter((planned) => run.steps.get(planned.id)?.status === 'failed');

/** A step that fences or promotes is never done without. */
export const isSkippable = ({ effect }: PlannedStep): boolean => effect === 'nothing' || effect === 'routes' || effect === 'restarts';

/** What decides about a run whose step failed, as the words of its commands. */
export function decisionsOf(
  run: Readonly<Pick<Run, 'plan' | 'steps' | 'control'>>,
): readonly ('retry' | 'skip' | 'ungraceful' | 'cancel')[] {
  return [
    'retry',
    ...(failedOf(run).some(isSkippable) ? (['skip'] as const) : []),
    ...(gracelessOf(run).length > 0 ? (['ungraceful'] as const) : []),
    'cancel',
  ];
}
