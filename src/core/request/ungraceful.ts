// Gives up on grace, for the rest of a run or for one step: the ungraceful variants are in the plan that people approved. What is under
// way in its graceful variant is observed first; the other is sent only when that is known not to have taken effect.
import { refusal } from '../errors.ts';
import type { Event } from '../event.ts';
import { isOver } from '../runbook/transitions.ts';
import { recordOf } from './deviation.ts';
import type { Ask } from './index.ts';
import { runUnderWay, stepUnderWay, type FoundStep } from './known-run.ts';
import { again } from './retry.ts';

export const ungraceful: Ask<'ungraceful'> = (view, { run: id, step, reason, record }, actor) => {
  const found = step === undefined ? runUnderWay(view, id) : stepUnderWay(view, id, step);
  if (!found.ok) return found;
  const run = 'plan' in found.value ? found.value : found.value.run;
  const open = run.plan.steps.flatMap((planned): FoundStep[] => {
    const state = run.steps.get(planned.id);
    if (state === undefined || (step !== undefined && planned.id !== step)) return [];
    const isOpen = !isOver(state) || state.status === 'failed';
    return isOpen && planned.ungraceful !== undefined && !run.control.ungraceful.has(planned.id) ? [{ run, planned, step: state }] : [];
  });
  if (open.length === 0)
    return refusal(
      'NO_UNGRACEFUL_WAY',
      step === undefined
        ? `No open step of ${id} has an ungraceful variant that is not chosen yet.`
        : `Step ${step} of ${id} is over, or has no ungraceful variant in the approved plan, or goes that way already.`,
      'See the plan: `resus plan`; declare `onUngraceful` in the runbook for the next time.',
    );
  const deviation = recordOf(view, run, record);
  if (!deviation.ok) return deviation;
  const steps = open.map(({ planned }) => planned.id);
  const chosen: Event = { type: 'UngracefulChosen', data: { run: id, steps, by: actor.id, reason, ...deviation.value } };
  const failed = open.filter((each) => each.step.status === 'failed').map((each) => again(each, view.now, actor.id, reason));
  return { ok: true, value: [chosen, ...failed] };
};
