// Why a run does what it does, or does nothing, in one sentence: what it waits for, who was called, what people can do about it.
import { changeWaitingFor } from '../decision/waiting-estate.ts';
import type { View } from '../kernel.ts';
import { isInFlight } from '../runbook/transitions.ts';
import { approveCommand } from '../runbook/approval.ts';
import { tasksOf } from '../runbook/human.ts';
import { accountOf, endingOf } from '../runbook/steps.ts';
import { waitOf } from '../runbook/wait.ts';
import { failedOf, gracelessOf, isSkippable } from '../runbook/ways.ts';
import { goesOnRegardless } from '../runbook/window.ts';
import type { Run } from '../state.ts';
import type { Instant, RunId } from '../values.ts';

export type RunWhy = {
  readonly run: RunId;
  readonly workload: string;
  readonly status: string;
  readonly sentence: string;
  /** By step: what is done, under way, failed, skipped, not done; empty where the sentence says it. */
  readonly account: string;
  /** Why people are asked to approve it; only while they are. */
  readonly asks?: readonly string[];
  readonly wait?: { readonly kind: string; readonly since: Instant; readonly until: Instant; readonly called?: string };
  /** Commands that would change something now. */
  readonly levers: readonly string[];
  readonly parent?: RunId;
  readonly child?: RunId;
};

export function runWhy(view: View, run: Readonly<Run>): RunWhy {
  const wait = waitOf(view, run);
  const { escalation, parent } = run.control;
  const called = wait !== undefined && escalation?.wait === wait.kind && escalation.since === wait.since ? escalation.to : undefined;
  const child = [...view.known.runs.values()].find((each) => each.control.parent === run.id)?.id;
  const [sentence, account] = [sentenceOfRun(view, run), accountOf(run)];
  return {
    run: run.id,
    workload: run.workload,
    status: run.status,
    sentence,
    account: sentence.includes(account) ? '' : account,
    ...(wait === undefined
      ? {}
      : { wait: { kind: wait.kind, since: wait.since, until: wait.until, ...(called === undefined ? {} : { called }) } }),
    ...(wait?.kind === 'approval' ? { asks: asksOf(run) } : {}),
    levers: leversOf(view, run),
    ...(parent === undefined ? {} : { parent }),
    ...(child === undefined ? {} : { child }),
  };
}

export function sentenceOfRun(view: View, run: Readonly<Run>): string {
  const change = changeWaitingFor(view, run.id);
  const said = ownSentence(view, run);
  return change === undefined ? said : `${said} What was declared since waits for its end: ${change}.`;
}

function ownSentence(view: View, run: Readonly<Run>): string {
  const { id, status, plan, control } = run;
  if (status === 'closed') return `Run ${id} ended ${run.outcome ?? ''}: ${run.outcomeBecause}.`;
  if (status === 'executed' || status === 'measuring')
    return `Run ${id} has sent everything (${run.outcomeBecause}) and ${status === 'executed' ? "watches the users' path until it is good again" : 'measures what was achieved'}.`;
  const regardless =
    view.known.stopped !== undefined || control.paused !== undefined || control.cancelling !== undefined
      ? goesOnRegardless(run)
      : new Set<string>();
  const first = regardless.size === 0 ? '' : ` It first goes on to the promotion (${[...regardless].join(', ')}): nobody can write before.`;
  const wait = waitOf(view, run);
  const inFlight = plan.steps.filter((planned) => isInFlight(run.steps.get(planned.id) ?? { status: 'pending' })).map((step) => step.id);
  if (wait !== undefined) {
    const isHeld = wait.kind === 'pause' || wait.kind === 'stop';
    const watched = isHeld && first === '' && inFlight.length > 0 ? ` Under way, and watched to its end: ${inFlight.join(', ')}.` : '';
    return `Run ${id} ${isHeld ? 'is held: ' : ''}${wait.sentence}${first}${watched}`;
  }
  const ending = endingOf(view, run);
  if (ending !== undefined) {
    const when = inFlight.length === 0 ? '' : ` when what is under way is seen to end: ${inFlight.join(', ')}`;
    return `Run ${id} ends ${ending.outcome} (${ending.because})${when}.${first}`;
  }
  if (inFlight.length > 0) return `Run ${id} waits for ${underWay(run, inFlight)}.`;
  return `Run ${id} is ${status} and begins what is next.`;
}

/** `route: Sent to the provider; tell: The provider took it and is working`. */
const underWay = (run: Readonly<Run>, steps: readonly string[]): string =>
  steps.map((step) => `${step}: ${(run.steps.get(step)?.because ?? '').replace(/\.$/, '')}`).join('; ');

const asksOf = ({ asks, requestedBy, because }: Readonly<Run>): readonly string[] =>
  asks.length === 0 ? [`${requestedBy} asked for it: ${because}`] : asks;

/** What answers the wait first, what would change something else after it, the end of everything last. */
function leversOf(view: View, run: Readonly<Run>): readonly string[] {
  const { id, status, control } = run;
  if (status === 'closed') return afterwards(view, run);
  if (status === 'executed' || status === 'measuring') return [];
  if (control.cancelling !== undefined || control.superseding !== undefined) return [];
  const wait = waitOf(view, run);
  const asks = wait?.kind === 'approval' || wait?.kind === 'loss' || wait?.kind === 'approve-step';
  const failed = failedOf(run);
  return [
    ...(wait?.kind === 'stop' ? ['resus release'] : []),
    ...(control.paused === undefined ? [] : [`resus resume ${id}`]),
    ...(asks ? [approveCommand(view, run)] : []),
    ...tasksOf(run).map(
      (task) => `resus confirm ${id} ${task.step}${task.answer === undefined ? '' : ` --answer ${task.answer.toUpperCase()}`}`,
    ),
    ...failed.map((planned) => `resus retry ${id} ${planned.id} --reason TEXT`),
    ...failed.filter(isSkippable).map((planned) => `resus skip ${id} ${planned.id} --reason TEXT`),
    ...(status === 'running' && gracelessOf(run).length > 0 ? [`resus ungraceful ${id} --reason TEXT`] : []),
    ...(control.paused === undefined && wait?.kind !== 'stop' ? [`resus pause ${id} --reason TEXT`] : []),
    `resus cancel ${id} --reason TEXT`,
  ];
}

/** A run that did not help, while what it was about is still there, and nothing has been opened since. */
function afterwards({ known }: View, { outcome, incident: id, workload }: Readonly<Run>): readonly string[] {
  const incident = id === undefined ? undefined : known.incidents.get(id);
  const isIdle = known.workloads.get(workload)?.openRun === undefined;
  const isStuck = outcome !== 'succeeded' && incident?.closedAt === undefined && incident?.treated.has(workload) === true;
  return isStuck && isIdle ? [`resus acknowledge ${incident.incident} --reason TEXT`] : [];
}
