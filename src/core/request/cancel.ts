// Takes a run back: at once while it waits for approval; under way nothing more is sent, and it closes when all that was sent is seen to end.
import { refusal } from '../errors.ts';
import { holdsFrom } from '../runbook/steps.ts';
import { recordOf } from './deviation.ts';
import type { Ask } from './index.ts';
import { knownRun } from './known-run.ts';

export const cancel: Ask<'cancel'> = (view, { run: id, reason, record }, actor) => {
  const found = knownRun(view, id);
  if (!found.ok) return found;
  const run = found.value;
  const { status, fencing, events } = run;
  if (status === 'awaiting-approval') {
    const because = `${actor.id}: ${reason}`;
    return { ok: true, value: [{ type: 'RunClosed', data: { run: id, outcome: 'cancelled', fencing, events: events + 1, because } }] };
  }
  if (status === 'closed')
    return refusal(
      'NOT_CANCELLABLE',
      `Run ${id} is closed: it ended ${run.outcome ?? ''}.`,
      `There is nothing to cancel; see \`resus why ${id}\`.`,
    );
  if (status !== 'running')
    return refusal(
      'NOT_CANCELLABLE',
      `Run ${id} is ${status}: it has sent all that it had to send.`,
      'Wait until it is measured and closed.',
    );
  if (run.control.cancelling !== undefined || run.control.superseding !== undefined)
    return refusal(
      'RUN_ENDING',
      `Run ${id} is ending already.`,
      `Wait until it is closed; \`resus why ${id}\` says what is still seen to its end.`,
    );
  // What was begun by an approved plan is left half done; before that nothing was sent, and there is nothing to record.
  const deviation = recordOf(view, run, record);
  if (!deviation.ok) return deviation;
  return {
    ok: true,
    value: [{ type: 'RunCancelling', data: { run: id, by: actor.id, reason, from: holdsFrom(run), ...deviation.value } }],
  };
};
