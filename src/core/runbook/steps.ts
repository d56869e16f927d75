// The steps of a run that is under way: which begin, which are looked at, which are sent again, and how the run ends. People may hold it
// or end it; then nothing new is sent and what is under way is observed to its end. Only between fence and promotion it goes on.
import { saidStopped } from '../decision/hold.ts';
import type { Event } from '../event.ts';
import type { Due, View } from '../kernel.ts';
import type { Run } from '../state.ts';
import { earliest, later, type Instant } from '../values.ts';
import { beginning, sending } from './sending.ts';
import { asDone, asNext, promotes, type PlannedStep } from './plan.ts';
import { changedSituation } from './situation.ts';
import { isInFlight, isOver, retryAfterMs, type StepState } from './transitions.ts';
import { consentOf } from './approval.ts';
import { dueForWait, failedStep, mayBeSaved, waitOf } from './wait.ts';
import { goesOnRegardless, isPromoted, isWriterless } from './window.ts';

/** How long a look at the provider may take before it counts as lost. */
const lookMs = 8_000;
/** For how long a promotion that is refused is sent again while nobody can write: an operation that stands in its way may last a minute and more. */
const pressMs = 120_000;

export type Ending = { readonly outcome: 'failed' | 'cancelled' | 'superseded'; readonly because: string };
/** `hold`: nothing new is sent, and it may go on later. `end`: nothing new is sent any more. */
type Pace = 'go' | 'hold' | 'end';

export function dueForSteps(view: View, run: Readonly<Run>): Due {
  const events: Event[] = newRole(run);
  const changed = run.control.superseding === undefined ? changedSituation(view, run) : undefined;
  if (changed !== undefined && run.control.cancelling === undefined)
    return { events: [...events, { type: 'SituationChanged', data: { run: run.id, because: changed } }] };
  const ending = endingOf(view, run);
  const pace: Pace = ending !== undefined ? 'end' : isHeld(view, run) ? 'hold' : 'go';
  const regardless = pace === 'go' ? undefined : goesOnRegardless(run);
  let wakeAt: Instant | undefined;
  for (const planned of run.plan.steps) {
    const step = run.steps.get(planned.id);
    if (step === undefined || isOver(step)) continue;
    const own = regardless === undefined || regardless.has(planned.id) ? 'go' : pace;
    if (step.status === 'pending' && (own !== 'go' || !planned.needs.every((need) => isDone(run.steps.get(need))))) continue;
    const due = step.status === 'pending' ? beginning(view, run, planned, step) : continuing(view, run, planned, step, own);
    events.push(...due.events);
    wakeAt = earliest(wakeAt, due.wakeAt);
  }
  if (events.length > 0) return { events };
  const steps = [...run.steps.values()];
  if (steps.every(isDone))
    return {
      events: [...ledRole(view, run), { type: 'RunExecuted', data: { run: run.id, outcome: 'succeeded', because: 'every step holds' } }],
    };
  if (ending !== undefined && regardless?.size === 0 && !steps.some(isInFlight)) return { events: [endOf(view, run, ending)] };
  const wait = dueForWait(view, run);
  if (wait.events.length > 0) return wait;
  wakeAt = earliest(wakeAt, wait.wakeAt);
  return wakeAt === undefined ? { events: [] } : { events: [], wakeAt };
}

const isHeld = (view: View, run: Readonly<Run>): boolean =>
  view.known.stopped !== undefined || run.control.paused !== undefined || failedStep(run) !== undefined;

/** Why the run is to end, if it is. Time alone ends every wait for people. */
export function endingOf(view: View, run: Readonly<Run>): Ending | undefined {
  const { cancelling, superseding, paused } = run.control;
  if (cancelling !== undefined) return { outcome: 'cancelled', because: `${cancelling.by}: ${cancelling.reason}` };
  if (superseding !== undefined) return { outcome: 'superseded', because: superseding };
  const failed = failedStep(run);
  if (failed !== undefined && !mayBeSaved(run)) return { outcome: 'failed', because: `step ${failed.step}: ${failed.because}` };
  const wait = waitOf(view, run);
  if (wait === undefined || view.now < wait.until) return undefined;
  const at = new Date(wait.until).toISOString();
  if (wait.kind === 'stop')
    return {
      outcome: 'failed',
      because: `${view.known.stopped === undefined ? '?' : saidStopped(view.known.stopped)}; nobody released it until ${at}`,
    };
  if (wait.kind === 'pause') return { outcome: 'failed', because: `paused by ${paused?.by ?? '?'}, and nobody resumed it until ${at}` };
  if (wait.kind === 'decision' && failed !== undefined)
    return { outcome: 'failed', because: `step ${failed.step}: ${failed.because}; nobody decided until ${at}` };
  const consent = wait.kind === 'loss' ? consentOf(view, run) : undefined;
  return consent?.ok === false ? { outcome: 'failed', because: `${consent.because}; nobody accepted that until ${at}` } : undefined;
}

/** Its promotion was given up, and took effect all the same. */
const isAdopted = (view: View, run: Readonly<Run>): boolean => view.known.workloads.get(run.workload)?.primary === run.plan.to;

/** A run that sent nothing has nothing to measure. */
function endOf(view: View, run: Readonly<Run>, { outcome, because }: Ending): Event {
  const isUntouched = [...run.steps.values()].every((step) => step.attempt === 0);
  if (outcome === 'failed' || (outcome === 'cancelled' && !isUntouched)) {
    const said = outcome === 'cancelled' ? `${because}; ${accountOf(run)}` : because;
    return {
      type: 'RunExecuted',
      data: { run: run.id, outcome, because: isWriterless(run) && !isAdopted(view, run) ? `${said}; no replica may be writing` : said },
    };
  }
  const said = isUntouched ? `${because}; nothing was sent` : `${because}; ${accountOf(run)}`;
  return { type: 'RunClosed', data: { run: run.id, outcome, fencing: run.fencing, events: run.events + 1, because: said } };
}

/** `done: promote; not done: route`: what is in effect and what is not, by step. */
export function accountOf(run: Readonly<Pick<Run, 'plan' | 'steps'>>): string {
  const groups: readonly [string, (step: Readonly<StepState>) => boolean][] = [
    ['done', (step) => step.status === 'succeeded'],
    ['under way', (step) => isInFlight(step)],
    ['failed', (step) => step.status === 'failed'],
    ['skipped', (step) => step.status === 'skipped'],
    ['not done', (step) => step.status === 'pending' || step.status === 'waiting'],
  ];
  return groups
    .flatMap(([name, is]) => {
      const ids = run.plan.steps.flatMap(({ id }) => {
        const step = run.steps.get(id);
        return step !== undefined && is(step) ? [id] : [];
      });
      return ids.length === 0 ? [] : [`${name}: ${ids.join(', ')}`];
    })
    .join('; ');
}

/** Known to everybody as soon as the promoting step holds, whatever becomes of the rest of the run. */
function newRole(run: Readonly<Run>): Event[] {
  return run.isRoleTold || run.plan.from === run.plan.to || !isPromoted(run) ? [] : [roleOf(run, 'promoted')];
}
const roleOf = (run: Readonly<Run>, did: string): Event => ({
  type: 'RoleChanged',
  data: { workload: run.workload, primary: run.plan.to, run: run.id, because: `run ${run.id} ${did} ${run.plan.to}` },
});

/** Of what copies nothing no replica is the writer: when every step holds, the one that users were led to has the role. */
function ledRole({ known }: View, run: Readonly<Run>): Event[] {
  const { plan } = run;
  const leading = plan.steps.filter(({ effect }) => effect === 'routes');
  const isLed =
    plan.from !== plan.to &&
    known.estate?.workloads[run.workload]?.replication.length === 0 &&
    !plan.steps.some((planned) => promotes(planned)) &&
    leading.length > 0 &&
    leading.every(({ id }) => run.steps.get(id)?.status === 'succeeded');
  return isLed ? [roleOf(run, 'led the users to')] : [];
}

const isDone = (step: Readonly<StepState> | undefined): boolean => step?.status === 'succeeded' || step?.status === 'skipped';

/** A step that is under way: wait, look, try again when that is proven safe, or give up. */
function continuing(view: View, run: Readonly<Run>, planned: PlannedStep, step: Readonly<StepState>, pace: Pace): Due {
  const { now, known } = view;
  const sent = asDone(planned, step);
  const look = (): Due => ({
    events: [
      {
        type: 'StepObserving',
        data: { run: run.id, step: planned.id, attempt: step.attempt, look: step.look + 1, deadline: later(now, lookMs) },
      },
    ],
  });
  const fail = (code: string, because: string): Due => ({
    events: [{ type: 'StepFailed', data: { run: run.id, step: planned.id, code, because } }],
  });
  const lost = step.epoch < known.epoch;
  // A leader that came when the step's time was over still gets the time to look: its predecessor may have been away for long.
  const overAt = later(step.deadline > known.epochBeganAt ? step.deadline : known.epochBeganAt, lookMs);
  const givenUpAt = later(overAt, Math.max(lookMs, sent.settleMs * 2));
  const isSwitched = planned.ungraceful !== undefined && run.control.ungraceful.has(planned.id) && !step.isUngraceful;
  const pressedUntil = later(step.startedAt ?? now, Math.max(planned.timeoutMs, pressMs));
  const isPressing = mustPromote(run, planned, step) && now < pressedUntil;
  const isLeft = step.attempt <= planned.retries && !step.isFinal;
  const mayRetry = isLeft || step.attempt < step.mayAttempt || isSwitched || isPressing;
  switch (step.status) {
    case 'applying':
      return lost || now >= step.inFlightUntil ? look() : { events: [], wakeAt: step.inFlightUntil };
    case 'observing':
      return lost || now >= step.nextAt ? look() : { events: [], wakeAt: step.nextAt };
    case 'underway':
      if (now >= overAt && step.uses === 'human') return fail('TIMED_OUT', `nobody confirmed it within ${sent.timeoutMs / 1_000} s`);
      if (now >= overAt) return fail('TIMED_OUT', `not done ${sent.timeoutMs / 1_000} s after it was sent; the provider is still working`);
      return now >= step.nextAt ? look() : { events: [], wakeAt: earliest(step.nextAt, overAt) ?? overAt };
    case 'in-doubt':
      if (now >= givenUpAt) return fail('UNKNOWN_OUTCOME', `nobody could say whether it took effect: ${step.because}`);
      return now >= step.nextAt ? look() : { events: [], wakeAt: earliest(step.nextAt, givenUpAt) ?? givenUpAt };
    case 'absent':
      if (step.isAbsentTwice && now >= step.inFlightUntil) {
        if (pace === 'end' || !mayRetry) return fail('DID_NOT_TAKE_EFFECT', step.because);
        if (pace === 'hold') return { events: [] };
        const next = sending(view, run, planned, step);
        // Held for long, the proof is old: somebody may have done it by hand meanwhile. While people are asked nothing is sent, and any
        // proof will do.
        return next.events.length === 0 || now < later(step.seenAt, lookMs) ? next : look();
      }
      return now >= step.nextAt ? look() : { events: [], wakeAt: step.nextAt };
    case 'waiting': {
      if (isSwitched && pace === 'go') return sending(view, run, planned, step);
      if (step.nextAt === Infinity || !mayRetry || pace === 'end') return fail('REFUSED', step.because);
      if (pace === 'hold') return { events: [] };
      const nextAt = isPressing ? (earliest(pressedAt(step), pressedUntil) ?? pressedUntil) : step.nextAt;
      return now >= nextAt ? sending(view, run, planned, step) : { events: [], wakeAt: nextAt };
    }
    case 'pending':
    case 'succeeded':
    case 'failed':
    case 'skipped':
      return { events: [] };
    default:
      return { events: [] };
  }
}

/** While nobody can write, what promotes is sent again however often it was refused. */
const mustPromote = (run: Readonly<Run>, planned: PlannedStep, step: Readonly<StepState>): boolean =>
  step.attempt > 0 && isWriterless(run) && promotes(asNext(planned, run.control.ungraceful));
/** A refusal waits no longer than this for its next attempt then. */
const pressEveryMs = 5_000;
const pressedAt = ({ nextAt, attempt }: Readonly<StepState>): Instant =>
  Math.min(nextAt, later(nextAt, pressEveryMs - retryAfterMs(attempt))) as Instant;

/** From when a stop that is asked for now takes hold. */
export function holdsFrom(run: Readonly<Run>): 'now' | 'after the steps that are under way' | 'after the promotion' {
  if (goesOnRegardless(run).size > 0 || isPromoting(run)) return 'after the promotion';
  return [...run.steps.values()].some(isInFlight) ? 'after the steps that are under way' : 'now';
}
const isPromoting = (run: Readonly<Run>): boolean =>
  run.plan.steps.some((planned) => {
    const step = run.steps.get(planned.id);
    return step !== undefined && promotes(asDone(planned, step)) && isInFlight(step);
  });
