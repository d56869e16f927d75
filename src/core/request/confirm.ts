// A person's word that a task is done which only people can do (`human`). It counts for the step that asks now, once, under their name.
import { refusal } from '../errors.ts';
import type { Ask } from './index.ts';
import { stepUnderWay } from './known-run.ts';
import { isOver } from '../runbook/transitions.ts';
import { isAskingPerson, wrongAnswer } from '../runbook/human.ts';

export const confirm: Ask<'confirm'> = (view, { run: id, step: stepId, comment, answer }, actor) => {
  const found = stepUnderWay(view, id, stepId);
  if (!found.ok) return found;
  const { planned, step } = found.value;
  if (planned.uses !== 'human')
    return refusal('STEP_NOT_HUMAN', `Step ${stepId} of ${id} is done by ${planned.uses}, not by a person.`, `See \`resus why ${id}\`.`);
  if (step.confirmed !== undefined)
    return refusal('ALREADY_CONFIRMED', `${step.confirmed.by} confirmed step ${stepId} of ${id} already.`, 'Nothing to confirm.');
  if (!isAskingPerson(step))
    return refusal(
      'STEP_NOT_ASKING',
      `Step ${stepId} of ${id} ${step.status === 'failed' ? 'has failed' : isOver(step) ? 'is over' : 'has not begun'}; it asks nobody now.`,
      step.status === 'failed' ? `Ask again first: \`resus retry ${id} ${stepId} --reason TEXT\`.` : `See \`resus why ${id}\`.`,
    );
  const because = wrongAnswer((step.with as { readonly answer?: string } | null)?.answer, answer);
  if (because !== undefined)
    return refusal('WRONG_ANSWER', `Step ${stepId} of ${id} is not confirmed: ${because}.`, `Read what it asks: \`resus why ${id}\`.`);
  return {
    ok: true,
    value: [
      {
        type: 'StepConfirmed',
        data: {
          run: id,
          step: stepId,
          by: actor.id,
          ...(comment === undefined ? {} : { comment }),
          ...(answer === undefined ? {} : { answer }),
        },
      },
    ],
  };
};
