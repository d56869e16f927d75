// Holds a run: nothing new is sent, what is under way is observed to its end. Never between fence and promotion: then it holds after it.
import { refusal } from '../errors.ts';
import { patienceMs } from '../runbook/approval.ts';
import { holdsFrom } from '../runbook/steps.ts';
import { earliest, later } from '../values.ts';
import type { Ask } from './index.ts';
import { knownRun } from './known-run.ts';

export const pause: Ask<'pause'> = (view, { run: id, reason, forMs }, actor) => {
  const found = knownRun(view, id);
  if (!found.ok) return found;
  const run = found.value;
  const { paused, cancelling, superseding } = run.control;
  if (run.status !== 'awaiting-approval' && run.status !== 'running')
    return refusal(
      'RUN_OVER',
      `Run ${id} is ${run.status}: it sends nothing any more.`,
      `There is nothing to pause; see \`resus why ${id}\`.`,
    );
  if (cancelling !== undefined || superseding !== undefined)
    return refusal('RUN_ENDING', `Run ${id} is ending: nothing new is sent anyway.`, 'Wait until it is closed.');
  if (paused !== undefined)
    return refusal('ALREADY_PAUSED', `Run ${id} is paused by ${paused.by}: ${paused.reason}.`, `Resume it: \`resus resume ${id}\`.`);
  const patience = patienceMs(view.tierOf(run.workload));
  const asked = later(view.now, forMs ?? patience);
  // A plan that waits for its approvals is taken back with them, paused or not.
  const until = run.status === 'running' ? asked : (earliest(asked, later(run.openedAt, patience)) ?? asked);
  return { ok: true, value: [{ type: 'RunPaused', data: { run: id, by: actor.id, reason, until, from: holdsFrom(run) } }] };
};
