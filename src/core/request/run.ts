// A planned or forced move of one workload, asked for by a person.
import { openRun, planMove } from '../decision/decide.ts';
import { recordOf } from './deviation.ts';
import type { Ask } from './index.ts';

export const run: Ask<'run'> = (view, request, actor) => {
  const { mode, runbook: byHand, to } = request;
  const move = planMove(view, request.workload, { mode, byHand, to });
  if (!move.ok) return move;
  // What the workload names for a diagnosis or a mode is its approved way; anything else that people choose is not.
  const deviation = byHand === undefined ? undefined : recordOf(view, request, request.record);
  if (deviation?.ok === false) return deviation;
  return openRun(view, {
    ...move.value,
    ...deviation?.value,
    because: request.reason,
    reasons: [`asked for by ${actor.id}${byHand === undefined ? '' : `, who chose ${byHand} (runbook ${move.value.runbook})`}`],
    approvalsNeeded: view.tierOf(request.workload)?.approvals.people ?? 1,
  });
};
