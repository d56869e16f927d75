// What a run waits for that only people can give, in one sentence, and whom it calls when nobody answers. Every such wait has a
// deadline; a run that nobody answers ends there, it never hangs.
import { saidStopped } from '../decision/hold.ts';
import type { Event } from '../event.ts';
import { calledRoles, type Tier, type Workload } from '../estate.ts';
import type { Due, View } from '../kernel.ts';
import type { Run } from '../state.ts';
import { later, type Instant } from '../values.ts';
import { approveCommand, approvedBy, consentOf, isEnough, patienceMs, stepThatAsks } from './approval.ts';
import type { WaitKind } from './control-events.ts';
import { tasksOf } from './human.ts';
import { decisionsOf } from './ways.ts';
import { isPromoted, isWriterless, touchedWriter } from './window.ts';

export type Wait = {
  readonly kind: WaitKind;
  readonly since: Instant;
  /** When it ends by itself, and the run with it. */
  readonly until: Instant;
  readonly sentence: string;
  readonly step?: string;
};

/** The most pressing one. */
export function waitOf(view: View, run: Readonly<Run>): Wait | undefined {
  const patience = patienceMs(view.tierOf(run.workload));
  const { control } = run;
  if (run.status !== 'awaiting-approval' && run.status !== 'running') return undefined;
  if (control.cancelling !== undefined || control.superseding !== undefined) return undefined;
  const opening = run.status === 'awaiting-approval';
  const isApproved =
    opening &&
    isEnough(
      run.approvals.filter(({ at }) => at >= run.openedAt),
      run.approvalsNeeded,
    );
  // Before it has begun, the time for its approvals is the time for everything.
  const expiresAt = later(run.openedAt, patience);
  const { stopped } = view.known;
  const failed = failedStep(run);
  const stuck = isStuck(view, run) && failed !== undefined ? ` Step ${failed.step} failed (${failed.because}). ${nobodyWrites}` : '';
  if (stopped !== undefined && (!opening || isApproved)) {
    const since = Math.max(stopped.at, run.startedAt ?? run.openedAt) as Instant;
    const until = opening ? expiresAt : later(since, patience);
    const goesOn = opening ? 'lets it start, else it is taken back' : 'lets it go on, else it ends failed';
    return { kind: 'stop', since, until, sentence: `${saidStopped(stopped)}; \`resus release\` ${goesOn} at ${iso(until)}.${stuck}` };
  }
  if (control.paused !== undefined) {
    const { by, reason, at } = control.paused;
    const until = opening ? expiresAt : control.paused.until;
    const starts = isApproved ? 'lets it start' : 'lets it start once it is approved';
    const goesOn = opening ? `${starts}, else it is taken back` : 'lets it go on, else it ends failed';
    return {
      kind: 'pause',
      since: at,
      until,
      sentence: `${by} paused it: ${reason}; \`resus resume ${run.id}\` ${goesOn} at ${iso(until)}.${stuck}`,
    };
  }
  if (opening) {
    if (isApproved) return undefined;
    const missing = run.approvalsNeeded - approvedBy(run, run.openedAt).size;
    const sentence = `waits for ${missing} more approval${missing === 1 ? '' : 's'} of its plan (\`${approveCommand(view, run)}\`), else it is taken back at ${iso(expiresAt)}.`;
    return { kind: 'approval', since: run.openedAt, until: expiresAt, sentence };
  }
  if (failed !== undefined && mayBeSaved(run)) {
    const until = later(failed.at, patience);
    const where = isStuck(view, run) ? ` ${nobodyWrites}` : '';
    const sentence = `asks for a decision: step ${failed.step} failed (${failed.because}); ${orOf(decisionsOf(run))} decides, else it ends failed at ${iso(until)}.${where}`;
    return { kind: 'decision', since: failed.at, until, sentence, step: failed.step };
  }
  if (failed !== undefined) return undefined;
  if (control.asked !== undefined && !touchedWriter(run)) {
    const { at, until, step } = control.asked;
    const consent = consentOf(view, run);
    if (!consent.ok)
      return {
        kind: 'loss',
        since: at,
        until,
        step,
        sentence: `asks again before ${step}: ${consent.because}; \`${approveCommand(view, run)}\`, else it ends failed at ${iso(until)}.`,
      };
  }
  const asking = stepThatAsks(run);
  const step = asking === undefined ? undefined : run.steps.get(asking);
  if (asking === undefined || step?.startedAt === undefined) return taskWait(run);
  const sentence = `waits at step ${asking} for approvals until ${iso(step.deadline)}: \`resus approve ${run.id}\`.`;
  return { kind: 'approve-step', since: step.startedAt, until: step.deadline, step: asking, sentence };
}

const nobodyWrites = 'The old writer may be stopped and no new one is there.';
/** Something failed between the fence and the promotion, and nobody has seen the new writer. */
const isStuck = ({ known }: View, run: Readonly<Run>): boolean =>
  isWriterless(run) && failedStep(run) !== undefined && known.workloads.get(run.workload)?.primary !== run.plan.to;

/** The most pressing of what people are asked to do. */
function taskWait(run: Readonly<Run>): Wait | undefined {
  const [task, ...more] = tasksOf(run);
  if (task === undefined) return undefined;
  const { step, since, until, person, text, answer } = task;
  const others = more.length === 0 ? '' : ` Also asked: ${more.map((each) => `${each.step} (${each.person})`).join(', ')}.`;
  return {
    kind: 'confirmation',
    since,
    until,
    step,
    sentence: `asks ${person} until ${iso(until)}: ${text.replace(/[.?!]?$/, '.')} \`resus confirm ${run.id} ${step}${answer === undefined ? '' : ` --answer ${answer.toUpperCase()}`}\` says that it is done.${others}`,
  };
}

/** The step whose failure is the reason, and when the last of them failed. */
export function failedStep(run: Pick<Run, 'steps'>): { readonly step: string; readonly because: string; readonly at: Instant } | undefined {
  const failed = [...run.steps].filter(([, step]) => step.status === 'failed');
  const [first] = failed;
  if (first === undefined) return undefined;
  const at = Math.max(...failed.map(([, step]) => step.endedAt ?? 0)) as Instant;
  return { step: first[0], because: first[1].because, at };
}
/** Nobody is asked in a drill, and nobody can save a plan that fits nothing any more, unless it has stopped the old writer. */
export const mayBeSaved = (run: Readonly<Run>): boolean =>
  run.drill === undefined &&
  ([...run.steps.values()].every((step) => step.failedAs !== 'SITUATION_CHANGED') || (isWriterless(run) && !isPromoted(run)));

/** Who is called in which order, as the tier says; by default those who answer for the workload. */
export function peopleFor(tier: Tier | undefined, workload: Workload | undefined): readonly string[] {
  const order = tier?.approvals.escalateTo ?? calledRoles;
  return order.map((role) => (workload === undefined ? role : `${role}: ${workload[role]}`));
}
export const escalateMs = (tier: Tier | undefined): number => tier?.approvals.escalateMs ?? Math.round(patienceMs(tier) / 3);

/** The next person to call, when their time has come. A decision calls the first at once, and everybody when nobody can write. */
export function dueForWait(view: View, run: Readonly<Run>): Due {
  const wait = waitOf(view, run);
  if (wait === undefined) return { events: [] };
  const tier = view.tierOf(run.workload);
  const people = peopleFor(tier, view.known.estate?.workloads[run.workload]);
  const last = run.control.escalation;
  const level = last !== undefined && last.wait === wait.kind && last.since === wait.since ? last.level + 1 : 0;
  const to = people[level];
  // Nor does who holds it keep anybody from being called when nobody can write.
  const isUrgent = isStuck(view, run) && ['decision', 'stop', 'pause'].includes(wait.kind);
  // Whoever asked for approvals or paused it has told people already; the first call comes when they did not answer.
  const calls = isUrgent ? 0 : wait.kind === 'decision' ? level : level + 1;
  // A task has a time of its own, which may be over before the tier would call anybody.
  const pace = wait.kind === 'confirmation' ? Math.min(escalateMs(tier), Math.round((wait.until - wait.since) / 3)) : escalateMs(tier);
  const at = later(wait.since, calls * pace);
  if (to === undefined || run.drill !== undefined || at >= wait.until) return { events: [], wakeAt: wait.until };
  if (view.now < at) return { events: [], wakeAt: at };
  const { kind, since, until, sentence } = wait;
  const event: Event = { type: 'RunEscalated', data: { run: run.id, wait: kind, since, level, to, because: sentence, until } };
  return { events: [event] };
}

const orOf = (words: readonly string[]): string => [words.slice(0, -1).join(', '), ...words.slice(-1)].join(' or ');
const iso = (at: Instant): string => new Date(at).toISOString();
