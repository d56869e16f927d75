// Who has approved what a run asks for: its plan before it starts, or a step at which it waits for people. Approvals are by
// distinct people, none of them the one who asked for the run, and bound to the plan's hash.
import type { Run } from '../state.ts';
import type { Instant } from '../values.ts';
import { isOver } from './transitions.ts';

type Asking = Readonly<Pick<Run, 'plan' | 'status' | 'openedAt' | 'steps' | 'approvals'>>;

/** Since when the run asks people; undefined when it asks nobody. */
export function askedSince(run: Asking): Instant | undefined {
  if (run.status === 'awaiting-approval') return run.openedAt;
  if (run.status !== 'running') return undefined;
  const asking = run.plan.steps.find((planned) => planned.uses === 'approve' && isAsking(run, planned.id));
  return asking === undefined ? undefined : run.steps.get(asking.id)?.startedAt;
}
function isAsking(run: Asking, step: string): boolean {
  const state = run.steps.get(step);
  return state?.startedAt !== undefined && !isOver(state);
}

export const approvedBy = (run: Pick<Asking, 'approvals'>, since: Instant): ReadonlySet<string> =>
  new Set(run.approvals.filter((approval) => approval.at >= since).map((approval) => approval.by));

/** Whether enough people have said yes since this step began to ask. */
export function isStepApproved(run: Asking, step: string): boolean {
  const state = run.steps.get(step);
  const input = state?.with;
  const people = typeof input === 'object' && input !== null && 'people' in input ? Number(input['people']) : 1;
  return state?.startedAt !== undefined && approvedBy(run, state.startedAt).size >= people;
}
