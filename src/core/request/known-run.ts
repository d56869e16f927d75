// The run that a request is about, and the step of it.
import { refusal, type Refusal } from '../errors.ts';
import type { View } from '../kernel.ts';
import type { PlannedStep } from '../runbook/plan.ts';
import type { StepState } from '../runbook/transitions.ts';
import type { Run } from '../state.ts';
import type { Result, RunId, StepId } from '../values.ts';

export function knownRun({ known }: View, id: RunId): Result<Readonly<Run>, Refusal> {
  const run = known.runs.get(id);
  return run === undefined ? refusal('RUN_UNKNOWN', `There is no run ${id}.`, 'See `resus status`.') : { ok: true, value: run };
}

/** A run that still sends steps: approved, not executed, and not about to end. */
export function runUnderWay(view: View, id: RunId): Result<Readonly<Run>, Refusal> {
  const found = knownRun(view, id);
  if (!found.ok) return found;
  const run = found.value;
  if (run.status === 'awaiting-approval')
    return refusal(
      'RUN_NOT_STARTED',
      `Run ${id} waits for approval; none of its steps has begun.`,
      `Approve it, \`resus approve ${id}\`, or take it back: \`resus cancel ${id} --reason TEXT\`.`,
    );
  if (run.status !== 'running')
    return refusal(
      'RUN_OVER',
      `Run ${id} is ${run.status}: it sends nothing any more.`,
      `There is nothing to control; see \`resus why ${id}\`.`,
    );
  if (run.control.cancelling !== undefined || run.control.superseding !== undefined)
    return refusal(
      'RUN_ENDING',
      `Run ${id} is ending: what is under way is only observed.`,
      `Wait until it is closed; see \`resus why ${id}\`.`,
    );
  return found;
}

export type FoundStep = { readonly run: Readonly<Run>; readonly planned: PlannedStep; readonly step: Readonly<StepState> };
export function stepUnderWay(view: View, id: RunId, step: StepId): Result<FoundStep, Refusal> {
  const found = runUnderWay(view, id);
  if (!found.ok) return found;
  const run = found.value;
  const planned = run.plan.steps.find((each) => each.id === step);
  const state = run.steps.get(step);
  if (planned === undefined || state === undefined)
    return refusal('STEP_UNKNOWN', `Run ${id} has no step ${step}.`, `Its steps: ${run.plan.steps.map((each) => each.id).join(', ')}.`);
  return { ok: true, value: { run, planned, step: state } };
}
