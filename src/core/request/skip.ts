// Does without a step. Never without a fence, and never without a promotion that the rest stands on.
import { refusal } from '../errors.ts';
import { asNext, changesWriter, promotes } from '../runbook/plan.ts';
import { speaksOf } from '../runbook/sending.ts';
import { isInFlight, isOver } from '../runbook/transitions.ts';
import { isWriterless } from '../runbook/window.ts';
import { recordOf } from './deviation.ts';
import type { Ask } from './index.ts';
import { stepUnderWay } from './known-run.ts';

export const skip: Ask<'skip'> = (view, request, actor) => {
  const found = stepUnderWay(view, request.run, request.step);
  if (!found.ok) return found;
  const { run, planned, step } = found.value;
  const { id } = planned;
  const ways = [planned, asNext(planned, run.control.ungraceful)];
  if (step.status === 'succeeded' || step.status === 'skipped')
    return refusal(
      'STEP_OVER',
      `Step ${id} of ${run.id} ${step.status === 'skipped' ? 'is skipped' : 'is done'} already.`,
      'There is nothing to skip.',
    );
  if (ways.some((each) => each.effect === 'fences' || each.effect === 'fences-and-promotes'))
    return refusal(
      'SKIP_FENCE',
      `Step ${id} fences the old writer; without it two replicas could take writes.`,
      'Retry it, or cancel the run.',
    );
  const later = run.plan.steps.filter((each) => each.needs.includes(id) && run.steps.get(each.id)?.status !== 'skipped');
  if (ways.some(promotes) && (later.length > 0 || isWriterless(run)))
    return refusal(
      'SKIP_PROMOTION',
      `Step ${id} gives the workload its writer${later.length === 0 ? '' : `, and ${later.map((each) => each.id).join(', ')} stand on it`}.`,
      'Retry it, or cancel the run.',
    );
  if (isInFlight(step))
    return refusal(
      'STEP_IN_FLIGHT',
      `Step ${id} of ${run.id} is under way: what becomes of it is observed.`,
      'Wait until it is done or has failed.',
    );
  const wanting = run.plan.steps.filter((each) => {
    const state = run.steps.get(each.id);
    const text = JSON.stringify([each.with, each.when ?? '', each.ungraceful ?? '']);
    return each.id !== id && state !== undefined && !isOver(state) && speaksOf(text, id);
  });
  // A step that moves the writer must not be left without what it is told by another.
  const blocked = wanting.find(changesWriter);
  if (blocked !== undefined)
    return refusal('SKIP_NEEDED', `Step ${blocked.id} moves the writer and needs what ${id} gives.`, `Retry ${id}, or cancel the run.`);
  const wantedBy = wanting.map((each) => each.id);
  const deviation = recordOf(view, run, request.record);
  if (!deviation.ok) return deviation;
  return {
    ok: true,
    value: [
      {
        type: 'StepSkipped',
        data: {
          run: run.id,
          step: id,
          because: request.reason,
          by: actor.id,
          ...deviation.value,
          ...(wantedBy.length === 0 ? {} : { wantedBy }),
        },
      },
    ],
  };
};
