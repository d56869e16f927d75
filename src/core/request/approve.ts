// A person's yes to what a run asks for, bound to the hash of the plan that they read and to the most loss that they accept.
import { refusal, type Refusal } from '../errors.ts';
import type { View } from '../kernel.ts';
import { rtoOfRun } from '../objective/target.ts';
import { answersOf, askedSince, lossAhead } from '../runbook/approval.ts';
import { escalateMs } from '../runbook/wait.ts';
import type { Run } from '../state.ts';
import { later, type Instant, type Result } from '../values.ts';
import { criticalPathMs } from '../views/preview.ts';
import { recordOf } from './deviation.ts';
import type { Ask } from './index.ts';
import { knownRun } from './known-run.ts';

export const approve: Ask<'approve'> = (view, request, actor) => {
  const found = knownRun(view, request.run);
  if (!found.ok) return found;
  const run = found.value;
  const since = askedSince(run);
  if (since === undefined)
    return refusal(
      'NOT_AWAITING_APPROVAL',
      `Run ${run.id} is ${run.status} and asks nobody.`,
      `Nothing to approve; see \`resus why ${run.id}\`.`,
    );
  if (run.hash !== request.plan)
    return refusal(
      'PLAN_CHANGED',
      `Run ${run.id} has plan ${run.hash}, not ${request.plan}.`,
      'Read the plan again and approve what it says now.',
    );
  if (run.requestedBy === actor.id)
    return refusal('OWN_REQUEST', `${actor.id} asked for this run and cannot approve it.`, 'Ask somebody else.');
  const { maxLossMs } = request;
  const before = answersOf(run).findLast((approval) => approval.by === actor.id);
  const accepts = before?.maxLossMs ?? view.tierOf(run.workload)?.rpoMs ?? 0;
  const isMore =
    before !== undefined && ((maxLossMs ?? 0) > accepts || (request.emergency !== undefined && before.emergency === undefined));
  if (before !== undefined && !isMore) return refusal('ALREADY_APPROVED', `${actor.id} approved this run already.`, 'Ask somebody else.');
  const loss = lossAhead(view, run);
  const ceilingMs = maxLossMs ?? view.tierOf(run.workload)?.rpoMs ?? 0;
  if (typeof loss === 'number' && loss > ceilingMs)
    return refusal(
      'LOSS_NOT_ACCEPTED',
      `Run ${run.id} is predicted to lose ${loss} ms of writes; this approval accepts ${ceilingMs} ms.`,
      `Name what you accept: \`resus approve ${run.id} --max-loss ${Math.ceil(loss / 1_000)}s\`.`,
    );
  const emergency = request.emergency === undefined ? undefined : ruleFor(view, run, since, request.emergency);
  if (emergency?.ok === false) return emergency;
  const deviation = request.emergency === undefined ? undefined : recordOf(view, run, request.emergency.record);
  if (deviation?.ok === false) return deviation;
  return {
    ok: true,
    value: [
      {
        type: 'ApprovalGiven',
        data: {
          run: run.id,
          plan: run.hash,
          by: actor.id,
          ...(request.comment === undefined ? {} : { comment: request.comment }),
          ...(maxLossMs === undefined ? {} : { maxLossMs }),
          ...(typeof loss === 'number' ? { predictedLossMs: loss } : {}),
          ...(loss === 'unknown' ? { acceptsUnknownLoss: true as const } : {}),
          ...(emergency === undefined ? {} : { emergency: emergency.value }),
          ...deviation?.value,
        },
      },
    ],
  };
};

/** One person may do alone what several should, but only whom the tier names, and only when asking another would cost the RTO. */
function ruleFor(
  view: View,
  run: Readonly<Run>,
  since: Instant,
  { duties, reason }: { readonly duties: readonly string[]; readonly reason: string },
): Result<{ readonly role: string; readonly reason: string }, Refusal> {
  const tier = view.tierOf(run.workload);
  const rule = tier?.approvals.emergency;
  if (tier === undefined || rule === undefined)
    return refusal('NO_EMERGENCY_RULE', `Tier ${tier?.id ?? '?'} declares no \`approvals.emergency\`.`, 'Ask others to approve.');
  if (!duties.includes(rule.role))
    return refusal(
      'EMERGENCY_DUTY',
      `The emergency rule of tier ${tier.id} is for ${rule.role}; this token has the duties: ${duties.join(', ') || 'none'}.`,
      'Ask others to approve, or whoever has that duty.',
    );
  const rtoMs = rtoOfRun(view, run);
  if (rtoMs === undefined)
    return refusal(
      'NO_EMERGENCY',
      `Nobody has decided the RTO of ${run.workload} yet (pending-bia), so none can be missed.`,
      'Ask others to approve.',
    );
  const onset = impactSince(view, run);
  if (onset === undefined)
    return refusal('NO_EMERGENCY', `No user of ${run.workload} is known to be without service.`, 'Ask others to approve.');
  const mustStartAt = later(onset, rtoMs - criticalPathMs(run.plan));
  const othersBy = later(view.now, escalateMs(tier));
  if (othersBy < mustStartAt)
    return refusal(
      'NO_EMERGENCY',
      `There is time to ask others: ${run.id} asks since ${iso(since)}, and meets its RTO if it starts by ${iso(mustStartAt)}.`,
      'Ask others to approve.',
    );
  return { ok: true, value: { role: rule.role, reason } };
}

/** Since when users are without service, or the diagnosis says that they must be. */
function impactSince(view: View, run: Readonly<Run>): Instant | undefined {
  const failing = [...(view.known.workloads.get(run.workload)?.failing.values() ?? [])].map(({ since }) => since);
  const openedAt = run.incident === undefined ? undefined : view.known.incidents.get(run.incident)?.openedAt;
  const starts = openedAt === undefined ? failing : [...failing, openedAt];
  return starts.length === 0 ? undefined : (Math.min(...starts) as Instant);
}
const iso = (at: Instant): string => new Date(at).toISOString();
