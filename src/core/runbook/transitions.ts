// Everything that changes a step's state lives in this table: one row a state and fact, with the sentence that the
// operator reads. A fact that a state does not list changes nothing: late and repeated answers are harmless.
import type { Observed, Outcome } from '../outcome.ts';
import { later, type Instant, type Json } from '../values.ts';

export const stepStatuses = [
  'pending',
  'applying',
  'underway',
  'in-doubt',
  'observing',
  'absent',
  'waiting',
  'succeeded',
  'failed',
  'skipped',
] as const;
export type StepStatus = (typeof stepStatuses)[number];
export type StepState = {
  status: StepStatus;
  attempt: number;
  /** The epoch in which the call or look that is under way was ordered; an older one is lost with its controller. */
  epoch: number;
  /** When its first attempt was sent, and its latest. */
  startedAt: Instant | undefined;
  sentAt: Instant | undefined;
  /** How many approvals its run had when it began: those were for something else. */
  approvalsBefore: number;
  /** When the attempt that is under way stops counting as in flight. */
  deadline: Instant;
  /**
   * Until when the attempt may take effect unseen. A call is aborted after `callMs`, or died with its controller; one that the provider
   * took is in flight until the attempt's deadline.
   */
  inFlightUntil: Instant;
  /** How often the goal was looked at in this attempt. */
  look: number;
  nextAt: Instant;
  absentSince: Instant | undefined;
  /** Seen absent twice, the settle time apart, after the attempt was in flight: sending again is safe. */
  isAbsentTwice: boolean;
  /** The last look said that it was ended, on purpose or for good: nothing is waited for, and it is not sent again unasked. */
  isFinal: boolean;
  /** When a look last said something. */
  seenAt: Instant;
  endedAt: Instant | undefined;
  /** Who said that what it asks of people is done. */
  confirmed: { readonly by: string; readonly at: Instant; readonly answer?: string } | undefined;
  with: Json;
  outputs: Json;
  because: string;
  /** The code of the failure; empty while it has not failed. */
  failedAs: string;
  /** Another attempt is allowed up to this one, whatever the plan's `retries`: a person asked for it. */
  mayAttempt: number;
  /** The action of the last attempt, and whether it was the ungraceful variant: looks ask about what was sent. */
  uses: string;
  isUngraceful: boolean;
};
export type Fact =
  'started' | `answered:${Outcome['kind']}` | 'observing' | `observed:${Observed['kind']}` | 'skipped' | 'failed' | 'retried' | 'doubted';

type Row = { readonly to: StepStatus; readonly sentence: string };
export const transitions: Readonly<Record<StepStatus, Readonly<Partial<Record<Fact, Row>>>>> = {
  pending: {
    started: { to: 'applying', sentence: 'Sent to the provider.' },
    skipped: { to: 'skipped', sentence: 'Not needed.' },
    failed: { to: 'failed', sentence: 'Failed before anything was sent.' },
  },
  applying: {
    'answered:succeeded': { to: 'succeeded', sentence: 'The provider says that it is done.' },
    'answered:accepted': { to: 'underway', sentence: 'The provider took it and is working.' },
    'answered:failed': { to: 'waiting', sentence: 'The provider refused; nothing took effect.' },
    'answered:unknown': { to: 'in-doubt', sentence: 'Sent, and no answer that settles it: look before anything else.' },
    observing: { to: 'observing', sentence: 'The controller that sent it is gone, or its deadline passed: looking what became of it.' },
    failed: { to: 'failed', sentence: 'Failed.' },
  },
  underway: {
    observing: { to: 'observing', sentence: 'Looking whether it is done.' },
    failed: { to: 'failed', sentence: 'It did not finish in time.' },
  },
  'in-doubt': {
    observing: { to: 'observing', sentence: 'Looking whether it took effect.' },
    failed: { to: 'failed', sentence: 'Nobody could say whether it took effect.' },
  },
  observing: {
    'observed:holds': { to: 'succeeded', sentence: 'Seen: the goal holds.' },
    'observed:underway': { to: 'underway', sentence: 'Seen: the provider is still working.' },
    'observed:absent': { to: 'absent', sentence: 'Not seen; one look is not enough to try again.' },
    'observed:unknown': { to: 'in-doubt', sentence: 'The look said nothing.' },
    observing: { to: 'observing', sentence: 'The look was lost: looking again.' },
    failed: { to: 'failed', sentence: 'Failed.' },
  },
  absent: {
    observing: { to: 'observing', sentence: 'Looking a second time, after the provider has had time to settle.' },
    started: { to: 'applying', sentence: 'Seen twice not to have taken effect: sent again.' },
    skipped: { to: 'skipped', sentence: 'Seen twice not to have taken effect, and not wanted any more.' },
    failed: { to: 'failed', sentence: 'It did not take effect.' },
  },
  waiting: {
    started: { to: 'applying', sentence: 'Sent again after a refusal.' },
    skipped: { to: 'skipped', sentence: 'Refused by the provider, and not wanted any more.' },
    failed: { to: 'failed', sentence: 'The provider refused.' },
  },
  succeeded: {},
  // Only a person takes a failure back.
  failed: {
    retried: { to: 'pending', sentence: 'A person asked for it again; the earlier attempt is known not to have taken effect.' },
    doubted: { to: 'in-doubt', sentence: 'A person asked for it again: looking first whether the earlier attempt took effect.' },
    skipped: { to: 'skipped', sentence: 'A person does without it.' },
  },
  skipped: {},
};

export const isOver = (step: Pick<StepState, 'status'>): boolean =>
  step.status === 'succeeded' || step.status === 'failed' || step.status === 'skipped';
/** An effect may be under way outside: nothing that depends on its absence may happen. */
export const isInFlight = (step: Pick<StepState, 'status'>): boolean =>
  !isOver(step) && step.status !== 'pending' && step.status !== 'waiting';

export const newStep = (): StepState => ({
  status: 'pending',
  attempt: 0,
  epoch: 0,
  startedAt: undefined,
  sentAt: undefined,
  approvalsBefore: 0,
  deadline: 0 as Instant,
  inFlightUntil: 0 as Instant,
  look: 0,
  nextAt: 0 as Instant,
  absentSince: undefined,
  isAbsentTwice: false,
  isFinal: false,
  seenAt: 0 as Instant,
  endedAt: undefined,
  confirmed: undefined,
  with: null,
  outputs: null,
  because: '',
  failedAs: '',
  mayAttempt: 0,
  uses: '',
  isUngraceful: false,
});

/**
 * How long to the next look, by how long the latest attempt has run: what came before it, people asked included, slows no look down. In
 * the first seconds people wait for every tenth of one, and a few more looks cost nobody anything; after that an eighth of the elapsed
 * time, so that a slow provider is not hammered.
 */
export const pollAfterMs = (elapsedMs: number): number => (elapsedMs < 5_000 ? 100 : Math.min(5_000, Math.round(elapsedMs / 8)));
const nextLookAt = (step: StepState, at: Instant): Instant => later(at, pollAfterMs(at - (step.sentAt ?? at)));
/** How long one call may last. No action sends for longer; one that has more to do answers `accepted`. */
const callMs = 10_000;
/** From a refusal to the next attempt. */
export const retryAfterMs = (attempt: number): number => Math.min(30_000, 500 * 2 ** Math.min(attempt, 10));

/** The row for this fact, or undefined when it comes too late to matter. */
export const rowFor = (step: Pick<StepState, 'status'>, fact: Fact): Row | undefined => transitions[step.status][fact];

export type Started = {
  readonly attempt: number;
  readonly deadline: Instant;
  readonly with: Json;
  readonly uses: string;
  readonly variant?: 'ungraceful';
};
export function started(step: StepState, at: Instant, epoch: number, data: Started, approvals = 0): void {
  move(step, 'started');
  if (step.startedAt === undefined) step.approvalsBefore = approvals;
  step.uses = data.uses;
  step.isUngraceful = data.variant === 'ungraceful';
  step.attempt = data.attempt;
  step.epoch = epoch;
  step.startedAt ??= at;
  step.sentAt = at;
  step.deadline = data.deadline;
  step.inFlightUntil = Math.min(data.deadline, later(at, callMs)) as Instant;
  step.with = data.with;
  step.look = 0;
  step.absentSince = undefined;
  step.isAbsentTwice = false;
  step.isFinal = false;
  step.confirmed = undefined;
}
export function answered(step: StepState, at: Instant, outcome: Outcome): void {
  if (!move(step, `answered:${outcome.kind}`)) return;
  if (outcome.kind === 'succeeded') end(step, at, outcome.data);
  if (outcome.kind === 'accepted') taken(step, at, outcome.checkAt);
  if (outcome.kind === 'unknown') [step.nextAt, step.because] = [nextLookAt(step, at), outcome.message];
  if (outcome.kind === 'failed') {
    step.nextAt = outcome.retriable ? later(at, retryAfterMs(step.attempt)) : (Infinity as Instant);
    step.because = `${outcome.code}: ${outcome.message}`;
  }
}
function taken(step: StepState, at: Instant, checkAt: Instant): void {
  // What was confirmed while the call or look was under way is looked at again at once.
  // However late a provider wants to be asked, it is before the step's time is over.
  const wanted = Math.min(checkAt, step.deadline);
  step.nextAt = step.confirmed === undefined ? (Math.max(wanted, nextLookAt(step, at)) as Instant) : at;
  step.inFlightUntil = step.deadline;
}
export function observing(step: StepState, epoch: number, data: { look: number; deadline: Instant }, isAbsolute = true): void {
  const isOrphan = step.status === 'applying' && step.epoch < epoch;
  if (!move(step, 'observing')) return;
  // Nobody ended the call of a controller that is gone, or only frozen: what a second call would undo is in flight for all of its step's time.
  if (isOrphan && !isAbsolute) step.inFlightUntil = step.deadline;
  step.epoch = epoch;
  step.look = data.look;
  step.nextAt = data.deadline;
}
export function observed(step: StepState, at: Instant, answer: Observed, settleMs: number): void {
  if (!move(step, `observed:${answer.kind}`)) return;
  step.seenAt = at;
  if (answer.kind === 'holds') end(step, at, answer.data);
  if (answer.kind === 'underway') {
    taken(step, at, answer.checkAt);
    step.absentSince = undefined;
  }
  if (answer.kind === 'unknown') [step.nextAt, step.because] = [nextLookAt(step, at), answer.message];
  if (answer.kind === 'absent') {
    step.because = answer.because;
    step.isFinal = answer.isFinal === true;
    if (step.isFinal) step.inFlightUntil = at;
    // Only looks after the attempt was in flight count: before, it may still take effect.
    if (at >= step.inFlightUntil) step.absentSince ??= at;
    step.isAbsentTwice = step.isFinal || (step.absentSince !== undefined && at - step.absentSince >= settleMs);
    step.nextAt = nextLookAt(step, at);
  }
}
/** A person said that it is done: nothing is waited for before the next look. */
export function confirmed(step: StepState, at: Instant, by: string, answer?: string): void {
  step.confirmed = { by, at, ...(answer === undefined ? {} : { answer }) };
  if (step.status === 'underway') step.nextAt = at;
}
export function ended(step: StepState, at: Instant, fact: 'skipped' | 'failed', because: string, code = ''): void {
  if (!move(step, fact)) return;
  step.endedAt = at;
  step.because = because;
  step.failedAs = code;
}
export function retried(step: StepState, at: Instant, { look, deadline }: { readonly look: boolean; readonly deadline: Instant }): void {
  if (!move(step, look ? 'doubted' : 'retried')) return;
  step.endedAt = undefined;
  step.failedAs = '';
  step.mayAttempt = step.attempt + 1;
  step.absentSince = undefined;
  step.isAbsentTwice = false;
  step.nextAt = at;
  step.deadline = deadline;
}

/** Failures after which it is known that the attempt took no effect; after any other it is looked at before anything is sent. */
const harmless: ReadonlySet<string> = new Set(['REFUSED', 'EXPRESSION_FAILED', 'SITUATION_CHANGED', 'OUTPUT_MISSING']);
export const isKnownAbsent = (step: Pick<StepState, 'attempt' | 'failedAs' | 'status'>): boolean =>
  step.attempt === 0 || step.status === 'waiting' || (step.status === 'failed' && harmless.has(step.failedAs));
/** The attempt took effect, or nobody can say that it did not. */
export const mayHold = (step: Readonly<StepState>): boolean =>
  step.status === 'succeeded' ||
  (step.status === 'failed' && !isKnownAbsent(step) && step.failedAs !== 'DID_NOT_TAKE_EFFECT') ||
  (isInFlight(step) && !(step.status === 'absent' && step.isAbsentTwice));

function move(step: StepState, fact: Fact): boolean {
  const row = rowFor(step, fact);
  if (row === undefined) return false;
  step.status = row.to;
  step.because = row.sentence;
  return true;
}
function end(step: StepState, at: Instant, outputs: Json): void {
  step.endedAt = at;
  step.outputs = outputs;
}
