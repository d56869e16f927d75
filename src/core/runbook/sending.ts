// The moment before a step is sent: whether it is wanted, whether people accept what it may lose, the last look before the writer is
// touched, what the fence is worth. Then its entry, which orders the call.
import type { Event } from '../event.ts';
import { lostRole } from '../detection/roles.ts';
import type { Due, View } from '../kernel.ts';
import type { Run } from '../state.ts';
import { earliest, later, type Json } from '../values.ts';
import { consentOf, lossAhead, patienceMs } from './approval.ts';
import { scopeOf } from './compile.ts';
import { expand } from './expand.ts';
import { isRoleUntold, isTargetUnseen, lastLook } from './last-look.ts';
import { asNext, changesWriter, type PlannedStep } from './plan.ts';
import type { StepState } from './transitions.ts';
import { isWriterless, touchedWriter } from './window.ts';

/** How soon a step that waits for people, or for what is seen, is thought over again. */
const lookAgainMs = 1_000;

/** The first attempt: `when`, and then as any other. */
export function beginning(view: View, run: Readonly<Run>, planned: PlannedStep, step: Readonly<StepState>): Due {
  if (planned.when !== undefined) {
    const when = view.facts.catalogue.evaluate(planned.when, stepScope(view, run));
    if (!when.ok) return { events: [failure(run, planned, 'EXPRESSION_FAILED', why(run, planned, when.message))] };
    if (when.value !== true)
      return {
        events: [{ type: 'StepSkipped', data: { run: run.id, step: planned.id, because: `\`when\` is ${JSON.stringify(when.value)}` } }],
      };
  }
  return sending(view, run, planned, step);
}

/** One attempt, in the variant that is chosen now. */
export function sending(view: View, run: Readonly<Run>, planned: PlannedStep, step: Readonly<StepState>): Due {
  const isUngraceful = run.control.ungraceful.has(planned.id) && planned.ungraceful !== undefined;
  if (isUngraceful && planned.ungraceful.kind === 'skip')
    return { events: [{ type: 'StepSkipped', data: { run: run.id, step: planned.id, because: 'the ungraceful way does without it' } }] };
  const next = asNext(planned, run.control.ungraceful);
  const events: Event[] = [];
  if (changesWriter(next)) {
    const asking = touchedWriter(run) ? undefined : asked(view, run, planned);
    if (asking !== undefined) return asking;
    if (!touchedWriter(run) && isTargetUnseen(view, run)) return { events: [], wakeAt: later(view.now, lookAgainMs) };
    if (run.incident !== undefined && !run.lookedAgain.has(planned.id)) {
      const look = lastLook(view, run);
      // Once this run has stopped the old writer, nobody writes until the promotion, whatever became of the loss.
      const mustGoOn = isWriterless(run);
      if (look.kind === 'unsure' && !mustGoOn) return { events: [], wakeAt: look.until };
      const holds = look.kind === 'holds';
      const sentence = look.kind === 'unsure' ? 'What is seen now does not decide it; the old writer is stopped already.' : look.sentence;
      events.push({ type: 'LookedAgain', data: { run: run.id, step: planned.id, holds, sentence } });
      if (!holds && !mustGoOn)
        return {
          events: [...events, failure(run, planned, 'SITUATION_CHANGED', `${sentence.replace(/\.$/, '')}; ${planned.id} was not sent`)],
        };
    }
    if (run.fencing === 'none')
      events.push({
        type: 'FenceStated',
        data: {
          run: run.id,
          step: planned.id,
          fence: 'provider-asserted',
          sentence: `${next.uses} fences the old writer as part of the same call; that is the provider's word, not a proof, until its own event says so.`,
        },
      });
  }
  if (next.effect === 'routes' && run.isRoleTold) {
    // Others may have moved the writer since this run promoted it: users are not led to where nobody writes.
    const lost = lostRole(view, run.workload, run.plan.to);
    if (lost?.kind === 'unsure' || (lost === undefined && isRoleUntold(view, run)))
      return { events: [], wakeAt: later(view.now, lookAgainMs) };
    if (lost !== undefined)
      return { events: [failure(run, planned, 'SITUATION_CHANGED', `users are not led to ${run.plan.to}: ${lost.because}`)] };
  }
  const input = expand(next.with, stepScope(view, run), view.facts.catalogue.evaluate, 'now');
  if (!input.ok) return { events: [failure(run, planned, 'EXPRESSION_FAILED', why(run, planned, input.error))] };
  events.push({
    type: 'StepStarted',
    data: {
      run: run.id,
      step: planned.id,
      attempt: step.attempt + 1,
      uses: next.uses,
      with: input.value,
      token: `${run.id}/${planned.id}`,
      deadline: later(view.now, next.timeoutMs),
      ...(isUngraceful ? { variant: 'ungraceful' as const } : {}),
    },
  });
  return { events };
}

/** What to do while people do not accept it: ask, once, and wait for them. */
function asked(view: View, run: Readonly<Run>, planned: PlannedStep): Due | undefined {
  const consent = consentOf(view, run);
  if (consent.ok) return undefined;
  const loss = lossAhead(view, run);
  // A leader that has only just begun has seen no heartbeat yet.
  const informedAt = later(view.known.epochBeganAt, 5_000);
  // What would be lost may be known, or less, before that: whoever waits for it looks again.
  const lookAgainAt = later(view.now, lookAgainMs);
  if (loss === 'unknown' && view.now < informedAt) return { events: [], wakeAt: earliest(informedAt, lookAgainAt) ?? lookAgainAt };
  if (run.control.asked !== undefined) return { events: [], wakeAt: earliest(run.control.asked.until, lookAgainAt) ?? lookAgainAt };
  const tier = view.tierOf(run.workload);
  return {
    events: [
      {
        type: 'ApprovalAsked',
        data: {
          run: run.id,
          step: planned.id,
          people: Math.max(1, run.approvalsNeeded, tier?.approvals.people ?? 1),
          ...(typeof loss === 'number' ? { lossMs: loss } : {}),
          because: consent.because,
          until: later(view.now, patienceMs(tier)),
        },
      },
    ],
  };
}

const failure = (run: Readonly<Run>, planned: PlannedStep, code: string, because: string): Event => ({
  type: 'StepFailed',
  data: { run: run.id, step: planned.id, code, because },
});

/** An expression over the outputs of a step that people skipped cannot be resolved: say that, not only what the evaluator says. */
function why(run: Readonly<Run>, planned: PlannedStep, message: string): string {
  const text = JSON.stringify([planned.with, planned.when ?? '', planned.ungraceful ?? '']);
  const skipped = [...run.steps].filter(([id, step]) => step.status === 'skipped' && speaksOf(text, id)).map(([id]) => id);
  return skipped.length === 0 ? message : `it needs what ${skipped.join(', ')} would have given, which was skipped: ${message}`;
}
/** Whether an expression in this text speaks of the step's outputs. */
export const speaksOf = (text: string, step: string): boolean =>
  text.includes(`steps.${step}.`) || text.includes(`steps[\\"${step}\\"]`) || text.includes(`steps['${step}']`);

/** Everything that expressions may speak of when a step starts. */
function stepScope(view: View, run: Readonly<Run>): Record<string, Json> {
  const steps = Object.fromEntries([...run.steps].map(([id, step]) => [id, { status: step.status, outputs: step.outputs }]));
  const workload = view.known.estate?.workloads[run.workload];
  const from = workload?.replicas.find((replica) => replica.name === run.plan.from);
  const to = workload?.replicas.find((replica) => replica.name === run.plan.to);
  if (workload === undefined || from === undefined || to === undefined) return { steps };
  return { ...scopeOf({ workload, from, to, ...(run.plan.leave === undefined ? {} : { leave: run.plan.leave }) }), steps };
}
