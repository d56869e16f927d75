// Takes back a run that waits for approval.
import { refusal } from '../errors.ts';
import type { Ask } from './index.ts';
import { knownRun } from './known-run.ts';

export const cancel: Ask<'cancel'> = (view, request, actor) => {
  const found = knownRun(view, request.run);
  if (!found.ok) return found;
  const { id, status, fencing, events } = found.value;
  if (status !== 'awaiting-approval')
    return refusal('NOT_CANCELLABLE', `Run ${id} is ${status}.`, 'Only a run that waits for approval can be cancelled.');
  const because = `${actor.id}: ${request.reason}`;
  return { ok: true, value: [{ type: 'RunClosed', data: { run: id, outcome: 'cancelled', fencing, events: events + 1, because } }] };
};
