// Who has approved what a run asks for: its plan before it starts, more loss than was accepted, or a step at which it waits for
// people. Approvals are by distinct people, none of them the one who asked for the run, and bound to the plan's hash.
import type { Tier } from '../estate.ts';
import type { View } from '../kernel.ts';
import { predictedLossMs } from '../objective/loss.ts';
import type { Run } from '../state.ts';
import { later, type Instant } from '../values.ts';
import { isOver } from './transitions.ts';
import { goesBack } from './plan.ts';
import { touchedWriter } from './window.ts';

export type Approval = {
  readonly by: string;
  readonly at: Instant;
  /** The most loss that it accepts; the tier's RPO when it names none. */
  readonly maxLossMs?: number;
  /** Given while nobody could predict the loss: it accepts that. */
  readonly acceptsUnknownLoss?: true;
  /** Given alone by the tier's emergency rule. */
  readonly emergency?: { readonly role: string; readonly reason: string };
};
type Asking = Readonly<Pick<Run, 'plan' | 'status' | 'openedAt' | 'steps' | 'approvals' | 'control'>>;

/** How long people have to answer, and how long an approval holds. */
export const patienceMs = (tier: Tier | undefined): number => tier?.approvals.expireMs ?? 3_600_000;

/** Since when the run asks people; undefined when it asks nobody. */
export function askedSince(run: Asking): Instant | undefined {
  if (run.status === 'awaiting-approval') return run.openedAt;
  if (run.status !== 'running') return undefined;
  const { asked } = run.control;
  if (asked !== undefined && isAskedAgain(run)) return asked.at;
  const asking = stepThatAsks(run);
  return asking === undefined ? undefined : run.steps.get(asking)?.startedAt;
}
/** More loss than was accepted, before the writer is touched. */
const isAskedAgain = (run: Asking): boolean => run.control.asked !== undefined && !touchedWriter(run);
export const stepThatAsks = (run: Asking): string | undefined =>
  run.plan.steps.find((planned) => planned.uses === 'approve' && isAsking(run, planned.id))?.id;
function isAsking(run: Asking, step: string): boolean {
  const state = run.steps.get(step);
  return state?.startedAt !== undefined && !isOver(state);
}

export const approvedBy = (run: Pick<Asking, 'approvals'>, since: Instant): ReadonlySet<string> =>
  new Set(run.approvals.filter((approval) => approval.at >= since).map((approval) => approval.by));

/** One by the emergency rule is enough, whatever the number. */
export const isEnough = (approvals: readonly Approval[], people: number): boolean =>
  approvals.some((approval) => approval.emergency !== undefined) || new Set(approvals.map(({ by }) => by)).size >= people;

/** What people have said to the question that the run asks now. A yes to the plan is none to a step that began at the same instant. */
export function answersOf(run: Asking): readonly Approval[] {
  const since = askedSince(run);
  if (since === undefined) return [];
  const asking = run.status === 'running' && !isAskedAgain(run) ? stepThatAsks(run) : undefined;
  return asking === undefined ? run.approvals.filter(({ at }) => at >= since) : answersTo(run, asking);
}
const answersTo = (run: Asking, step: string): readonly Approval[] => {
  const state = run.steps.get(step);
  return state?.startedAt === undefined ? [] : run.approvals.slice(state.approvalsBefore);
};

/** Whether enough people have said yes since this step began to ask. */
export function isStepApproved(run: Asking, step: string): boolean {
  const state = run.steps.get(step);
  const input = state?.with;
  const people = typeof input === 'object' && input !== null && 'people' in input ? Number(input['people']) : 1;
  return state?.startedAt !== undefined && new Set(answersTo(run, step).map(({ by }) => by)).size >= people;
}

/** The loss that a failover would cause now; `unknown` when nobody can say, undefined when the data moves with the writer. */
export function lossAhead(view: View, run: Readonly<Run>): number | 'unknown' | undefined {
  const { plan } = run;
  const mayLose = run.mode === 'failover' || run.control.ungraceful.size > 0;
  if (!mayLose) return undefined;
  if (goesBack(plan)) return 'unknown';
  if (plan.from === plan.to) return undefined;
  const workload = view.known.estate?.workloads[run.workload];
  const to = workload?.replicas.find((replica) => replica.name === plan.to);
  const tier = view.tierOf(run.workload);
  if (workload === undefined || to === undefined || tier === undefined) return 'unknown';
  return predictedLossMs(view, workload, to, tier) ?? 'unknown';
}
const accepts = (approval: Approval, loss: ReturnType<typeof lossAhead>, rpoMs: number): boolean =>
  loss === undefined || (loss === 'unknown' ? approval.acceptsUnknownLoss === true : loss <= (approval.maxLossMs ?? rpoMs));

/** How people approve it: a loss beyond the RPO has to be named. */
export function approveCommand(view: View, run: Readonly<Run>): string {
  const loss = lossAhead(view, run);
  const isNamed = typeof loss === 'number' && loss > (view.tierOf(run.workload)?.rpoMs ?? 0);
  return `resus approve ${run.id}${isNamed ? ' --max-loss LOSS' : ''}`;
}

/** Whether what is approved, now and for this loss, is enough to touch the writer; if not, in one sentence why. */
export function consentOf(view: View, run: Readonly<Run>): { readonly ok: true } | { readonly ok: false; readonly because: string } {
  // Nobody is asked in a drill.
  if (run.drill !== undefined) return { ok: true };
  const tier = view.tierOf(run.workload);
  const loss = lossAhead(view, run);
  const rpoMs = tier?.rpoMs ?? 0;
  const { asked } = run.control;
  const [people, since] = asked === undefined ? [run.approvalsNeeded, run.openedAt] : [asked.people, asked.at];
  const exceeds = loss === 'unknown' || (loss !== undefined && loss > rpoMs);
  if (people === 0 && !exceeds) return { ok: true };
  const fresh = run.approvals.filter((approval) => approval.at >= since && view.now < later(approval.at, patienceMs(tier)));
  const willing = fresh.filter((approval) => accepts(approval, loss, rpoMs));
  if (people > 0 && isEnough(willing, people)) return { ok: true };
  const said = loss === 'unknown' ? 'the loss cannot be predicted' : `${loss ?? 0} ms of writes are predicted to be lost`;
  if (people > 0 && !isEnough(fresh, people)) return { ok: false, because: 'its approvals expired before the writer was touched' };
  return { ok: false, because: people === 0 ? `${said}; the RPO is ${rpoMs} ms` : `${said}, more than its approvals accept` };
}
