// Gives up on grace, for the rest of a run or for one step: the ungraceful variants are in the plan that people approved. What is under
// way in its graceful variant is observed first; the other is sent only when that is known not to have taken effect.
import { refusal, type Refusal } from '../errors.ts';
import type { Event } from '../event.ts';
import { gracelessOf } from '../runbook/ways.ts';
import type { Run } from '../state.ts';
import type { Result, StepId } from '../values.ts';
import { recordOf } from './deviation.ts';
import type { Ask } from './index.ts';
import { runUnderWay, stepUnderWay } from './known-run.ts';
import { again } from './retry.ts';

export const ungraceful: Ask<'ungraceful'> = (view, { run: id, step, reason, record }, actor) => {
  const found = step === undefined ? runUnderWay(view, id) : stepUnderWay(view, id, step);
  if (!found.ok) return found;
  const run = 'plan' in found.value ? found.value : found.value.run;
  const open = gracelessOf(run).filter(({ planned }) => step === undefined || planned.id === step);
  if (open.length === 0) return noWay(run, step);
  const deviation = recordOf(view, run, record);
  if (!deviation.ok) return deviation;
  const steps = open.map(({ planned }) => planned.id);
  const chosen: Event = { type: 'UngracefulChosen', data: { run: id, steps, by: actor.id, reason, ...deviation.value } };
  const failed = open.filter((each) => each.step.status === 'failed').map((each) => again({ run, ...each }, view.now, actor.id, reason));
  return { ok: true, value: [chosen, ...failed] };
};

function noWay(run: Readonly<Run>, step: StepId | undefined): Result<never, Refusal> {
  const { id, control, plan } = run;
  const subject = step === undefined ? `Run ${id}` : `Step ${step} of ${id}`;
  const see = `See \`resus why ${id}\`.`;
  const isAsked = (each: string): boolean => step === undefined || each === step;
  if ([...control.ungraceful].some(isAsked)) return refusal('NO_UNGRACEFUL_WAY', `${subject} goes on without grace already.`, see);
  if (plan.steps.some((planned) => planned.ungraceful !== undefined && isAsked(planned.id)))
    return refusal('NO_UNGRACEFUL_WAY', `${subject} is past what could be done without grace.`, see);
  return refusal(
    'NO_UNGRACEFUL_WAY',
    `${subject} has no ungraceful variant in the approved plan.`,
    `Let it go on, or end it: \`resus cancel ${id} --reason TEXT\`; for the next time declare \`onUngraceful\` in its runbook.`,
  );
}
