// Another attempt of a failed step. Unless the earlier one is known not to have taken effect it is looked at first, twice, the settle
// time apart: nothing is sent a second time on hope.
import { refusal } from '../errors.ts';
import type { Event } from '../event.ts';
import { asNext } from '../runbook/plan.ts';
import { isKnownAbsent } from '../runbook/transitions.ts';
import { later, type Instant } from '../values.ts';
import type { Ask } from './index.ts';
import { stepUnderWay, type FoundStep } from './known-run.ts';

export const retry: Ask<'retry'> = (view, { run: id, step, reason }, actor) => {
  const found = stepUnderWay(view, id, step);
  if (!found.ok) return found;
  if (found.value.step.status !== 'failed')
    return refusal(
      'STEP_NOT_FAILED',
      `Step ${step} of ${id} is ${found.value.step.status}; only a failed one is tried again by people.`,
      'Wait for it, or see `resus why ' + id + '`.',
    );
  return { ok: true, value: [again(found.value, view.now, actor.id, reason)] };
};

export function again({ run, planned, step }: FoundStep, now: Instant, by: string, reason: string): Event {
  const deadline = later(now, asNext(planned, run.control.ungraceful).timeoutMs);
  return { type: 'StepRetried', data: { run: run.id, step: planned.id, by, reason, look: !isKnownAbsent(step), deadline } };
}
