// Ends a pause: the run goes on where it was, after a fresh look where one is due.
import { refusal } from '../errors.ts';
import type { Ask } from './index.ts';
import { knownRun } from './known-run.ts';

export const resume: Ask<'resume'> = (view, { run: id, reason }, actor) => {
  const found = knownRun(view, id);
  if (!found.ok) return found;
  const { control, status } = found.value;
  if (control.paused === undefined || status === 'closed')
    return refusal('NOT_PAUSED', `Run ${id} is ${status} and not paused.`, 'See what it waits for: `resus why ' + id + '`.');
  return { ok: true, value: [{ type: 'RunResumed', data: { run: id, by: actor.id, ...(reason === undefined ? {} : { reason }) } }] };
};
