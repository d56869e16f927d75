// A person's yes to what a run asks for, bound to the hash of the plan that they read.
import { refusal } from '../errors.ts';
import { approvedBy, askedSince } from '../runbook/approval.ts';
import type { Ask } from './index.ts';
import { knownRun } from './known-run.ts';

export const approve: Ask<'approve'> = (view, request, actor) => {
  const found = knownRun(view, request.run);
  if (!found.ok) return found;
  const run = found.value;
  const since = askedSince(run);
  if (since === undefined)
    return refusal('NOT_AWAITING_APPROVAL', `Run ${run.id} is ${run.status} and asks nobody.`, 'Nothing to approve.');
  if (run.hash !== request.plan)
    return refusal(
      'PLAN_CHANGED',
      `Run ${run.id} has plan ${run.hash}, not ${request.plan}.`,
      'Read the plan again and approve what it says now.',
    );
  if (run.requestedBy === actor.id)
    return refusal('OWN_REQUEST', `${actor.id} asked for this run and cannot approve it.`, 'Ask somebody else.');
  if (approvedBy(run, since).has(actor.id))
    return refusal('ALREADY_APPROVED', `${actor.id} approved this run already.`, 'Ask somebody else.');
  const comment = request.comment === undefined ? {} : { comment: request.comment };
  return { ok: true, value: [{ type: 'ApprovalGiven', data: { run: run.id, plan: run.hash, by: actor.id, ...comment } }] };
};
