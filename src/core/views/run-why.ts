// Why a run does what it does, or does nothing, in one sentence: what it waits for, who was called, what people can do about it.
import { changeWaitingFor } from '../decision/waiting-estate.ts';
import type { View } from '../kernel.ts';
import { isInFlight } from '../runbook/transitions.ts';
import { tasksOf } from '../runbook/human.ts';
import { accountOf, endingOf } from '../runbook/steps.ts';
import { waitOf } from '../runbook/wait.ts';
import { goesOnRegardless } from '../runbook/window.ts';
import type { Run } from '../state.ts';
import type { Instant, RunId } from '../values.ts';

export type RunWhy = {
  readonly run: RunId;
  readonly workload: string;
  readonly status: string;
  readonly sentence: string;
  /** By step: what is done, under way, failed, skipped, not done. */
  readonly account: string;
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
  return {
    run: run.id,
    workload: run.workload,
    status: run.status,
    sentence: sentenceOfRun(view, run),
    account: accountOf(run),
    ...(wait === undefined
      ? {}
      : { wait: { kind: wait.kind, since: wait.since, until: wait.until, ...(called === undefined ? {} : { called }) } }),
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
  if (wait !== undefined) return `Run ${id} ${wait.kind === 'pause' || wait.kind === 'stop' ? 'is held: ' : ''}${wait.sentence}${first}`;
  const ending = endingOf(view, run);
  const inFlight = plan.steps.filter((planned) => isInFlight(run.steps.get(planned.id) ?? { status: 'pending' })).map((step) => step.id);
  if (ending !== undefined)
    return `Run ${id} is ending ${ending.outcome} (${ending.because}) when what is under way is seen to end: ${inFlight.join(', ') || 'nothing'}.${first}`;
  if (inFlight.length > 0)
    return `Run ${id} waits for ${inFlight.map((step) => `${step}: ${run.steps.get(step)?.because ?? ''}`).join(' ')}`;
  return `Run ${id} is ${status} and begins what is next.`;
}

function leversOf(view: View, run: Readonly<Run>): readonly string[] {
  const { id, status, control } = run;
  if (status === 'executed' || status === 'measuring' || status === 'closed') return [];
  if (control.cancelling !== undefined || control.superseding !== undefined) return [];
  const wait = waitOf(view, run);
  const failed = run.plan.steps.filter((planned) => run.steps.get(planned.id)?.status === 'failed');
  const graceless = run.plan.steps.some((planned) => planned.ungraceful !== undefined && !control.ungraceful.has(planned.id));
  return [
    ...(wait?.kind === 'approval' || wait?.kind === 'loss' || wait?.kind === 'approve-step' ? [`resus approve ${id}`] : []),
    ...tasksOf(run).map(
      (task) => `resus confirm ${id} ${task.step}${task.answer === undefined ? '' : ` --answer ${task.answer.toUpperCase()}`}`,
    ),
    ...(wait?.kind === 'stop' ? ['resus release'] : []),
    ...(control.paused === undefined ? [`resus pause ${id} --reason TEXT`] : [`resus resume ${id}`]),
    ...failed.map((planned) => `resus retry ${id} ${planned.id} --reason TEXT`),
    ...failed
      .filter(({ effect }) => effect === 'nothing' || effect === 'routes' || effect === 'restarts')
      .map((planned) => `resus skip ${id} ${planned.id} --reason TEXT`),
    ...(status === 'running' && graceless ? [`resus ungraceful ${id} --reason TEXT`] : []),
    `resus cancel ${id} --reason TEXT`,
  ];
}
