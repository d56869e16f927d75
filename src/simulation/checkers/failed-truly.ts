// A step that is given up for a reason that is none leaves the ward without a writer, and sends people to look for a fault that nobody
// made.
import type { EventData } from '../../core/event.ts';
import type { History, RunTold } from '../history.ts';
import type { PlannedStep } from '../../core/runbook/plan.ts';
import type { Checker } from '../truth.ts';

/** A look may show things as they were a moment ago, and an answer takes its way. */
const newsMs = 10_000;
/** Beside what may still be acted upon: a leader that has just begun asks twice. */
const longMs = 60_000;

type Case = {
  readonly history: History;
  readonly run: RunTold;
  readonly planned: PlannedStep;
  readonly told: EventData['StepFailed'];
  /** People or another situation end the run, or hold it. */
  readonly isEnding: boolean;
  readonly isClockRight: boolean;
  /** When an eye last failed, or was well again. */
  readonly eyesAt: number;
  /** When a person said that the step is done; absent while nobody has, since its leader is the same. */
  readonly confirmedAt: number | undefined;
  /** Until when it had to be looked at: while people hold it, or are asked, nobody looks again at what was seen twice not to be so. */
  readonly lookedUntil: number;
  /** Who has written since when: of those that write now. */
  readonly writesSince: ReadonlyMap<string, number>;
  readonly at: number;
};
const startsOf = ({ run, told }: Case) => run.starts.get(told.step) ?? [];
const isTriedEnough = (it: Case): boolean => it.isEnding || startsOf(it).length > it.planned.retries;
const hadItsTime = (it: Case): boolean =>
  !it.isClockRight || it.at - (startsOf(it).at(-1)?.at ?? -Infinity) >= it.planned.timeoutMs - newsMs;

/** By the code of the failure: why it cannot be so; undefined when it can. */
const untrue: Readonly<Record<string, (it: Case) => string | undefined>> = {
  EXPRESSION_FAILED: () => 'every expression of the hospital has a value',
  REFUSED: (it) => (isTriedEnough(it) ? undefined : `it was tried ${startsOf(it).length} times of ${it.planned.retries + 1}`),
  DID_NOT_TAKE_EFFECT: (it) => {
    if (!isTriedEnough(it)) return `it was tried ${startsOf(it).length} times of ${it.planned.retries + 1}`;
    const since = it.writesSince.get(it.run.to);
    const isPromotion = it.planned.effect === 'promotes' || it.planned.effect === 'fences-and-promotes';
    const wasSeen = since !== undefined && it.lookedUntil - since > newsMs;
    return isPromotion && it.run.from !== it.run.to && wasSeen ? `${it.run.to} has been writing for ${it.at - since} ms` : undefined;
  },
  TIMED_OUT: (it) => {
    if (it.confirmedAt !== undefined && it.at - it.confirmedAt > newsMs)
      return `a person said ${it.at - it.confirmedAt} ms ago that it is done`;
    return hadItsTime(it) ? undefined : `its last attempt was sent ${it.at - (startsOf(it).at(-1)?.at ?? 0)} ms ago`;
  },
  UNKNOWN_OUTCOME: (it) => (hadItsTime(it) ? undefined : `its last attempt was sent ${it.at - (startsOf(it).at(-1)?.at ?? 0)} ms ago`),
  // Before the writer is touched: the loss for which it was opened is over. While users are led: others have moved the writer.
  SITUATION_CHANGED: ({ history, run, planned, at, writesSince, eyesAt, isClockRight }) => {
    // By a clock that is ahead everything that was seen is too old to say anything.
    if (!isClockRight) return undefined;
    const longSince = (run.promised?.freshMs ?? Infinity) + longMs;
    if (planned.effect === 'routes') {
      const since = writesSince.get(run.to);
      const isOnly = [...writesSince.keys()].every((each) => each === run.to);
      return isOnly && since !== undefined && at - since > longSince
        ? `${run.to} has been the only writer for ${at - since} ms`
        : undefined;
    }
    // Where an eye has failed, or lied, or was lost with the place of the standby, no majority may be left that can say so.
    if (at - eyesAt < longSince || history.harms.stoodInTheWay(run.workload, run.to, at - longSince, at)) return undefined;
    const { vantages } = history.world;
    const isHidden = (replica: string): boolean =>
      Object.keys(vantages).every((vantage) => history.harms.hiddenFrom(run.workload, replica, vantage, at) > longSince);
    const isZoned = Object.entries(history.world.regions).some(
      ([site, around]) => site !== around && around === run.promised?.replicas[run.from]?.region,
    );
    return !isZoned && isHidden(run.from) && !isHidden(run.to) ? `nobody has seen ${run.from} for more than ${longSince} ms` : undefined;
  },
};

export const failedTruly: Checker = {
  name: 'failed-truly',
  holds:
    'A step fails only for a reason that is there: it was tried as often as planned, had its time, took no effect, or is not called for any more.',
  begin(violate, history) {
    const ending = new Set<string>();
    const paused = new Set<string>();
    const failed = new Set<string>();
    /** By `RUN/STEP`. Whoever takes over has to look again. */
    const confirmedAt = new Map<string, number>();
    const lookedAt = new Map<string, number>();
    /** By run: since when something holds it without a break, and what does now. */
    const held = new Map<string, { since: number; readonly by: Set<string> }>();
    const hold = (run: string, by: string, at: number): void => {
      const it = held.get(run) ?? { since: at, by: new Set() };
      held.set(run, { since: it.since, by: it.by.add(by) });
    };
    const release = (run: string, by: string): void => {
      const it = held.get(run);
      if (it?.by.delete(by) === true && it.by.size === 0) held.delete(run);
    };
    const writesSince = new Map<string, Map<string, number>>();
    let isStopped = false;
    let isClockRight = true;
    let eyesAt = -Infinity;
    const standing = new Set<number>();
    return {
      healed({ id, at }) {
        if (standing.delete(id)) eyesAt = at;
      },
      struck({ fault, id, harms, at }) {
        const takesEyesOnly = fault.startsWith('region-lost') && harms.length === 0;
        if (takesEyesOnly || fault.startsWith('vantage-') || fault.startsWith('partition-') || fault === 'reports-reordered') {
          standing.add(id);
          eyesAt = at;
        }
        if (fault === 'controller-clock-wrong' || fault === 'controller-clock-jumps') isClockRight = false;
      },
      writer({ workload, replica, writes, at }) {
        let since = writesSince.get(workload);
        if (since === undefined) writesSince.set(workload, (since = new Map()));
        if (!writes) since.delete(replica);
        else if (!since.has(replica)) since.set(replica, at);
      },
      controller: () => confirmedAt.clear(),
      'append-refused': () => confirmedAt.clear(),
      durable({ event, at }) {
        if (event.type === 'ActingStopped' || event.type === 'ActingReleased') isStopped = event.type === 'ActingStopped';
        // Whoever is asked and does not answer ends it, too.
        if (event.type === 'RunCancelling' || event.type === 'SituationChanged' || event.type === 'ApprovalAsked')
          ending.add(event.data.run);
        if (event.type === 'RunPaused') paused.add(event.data.run);
        if (event.type === 'RunResumed') paused.delete(event.data.run);
        if (event.type === 'StepObserved') lookedAt.set(`${event.data.run}/${event.data.step}`, at);
        if (event.type === 'ActingStopped') for (const run of history.runs.keys()) hold(run, 'stop', at);
        if (event.type === 'ActingReleased') for (const run of history.runs.keys()) release(run, 'stop');
        if (event.type === 'RunPaused') hold(event.data.run, 'pause', at);
        if (event.type === 'RunResumed') release(event.data.run, 'pause');
        if (event.type === 'ApprovalAsked') hold(event.data.run, 'asked', at);
        if (event.type === 'StepStarted') release(event.data.run, 'asked');
        if (event.type === 'StepRetried' || event.type === 'StepSkipped') release(event.data.run, event.data.step);
        if (event.type === 'StepConfirmed') confirmedAt.set(`${event.data.run}/${event.data.step}`, at);
        if (event.type !== 'StepFailed') return;
        const { run: id, step, code } = event.data;
        const run = history.runs.get(id);
        const planned = run?.steps.find((each) => each.id === step);
        // What failed before holds the rest of a run as people do.
        const isEnding = ending.has(id) || paused.has(id) || isStopped || failed.has(id);
        failed.add(id);
        const heldSince = held.get(id)?.since;
        hold(id, step, at);
        if (run === undefined || planned === undefined) return;
        const since = writesSince.get(run.workload) ?? new Map<string, number>();
        const why = untrue[code]?.({
          history,
          run,
          planned,
          told: event.data,
          isEnding,
          isClockRight,
          eyesAt: standing.size > 0 ? at : eyesAt,
          confirmedAt: confirmedAt.get(`${id}/${step}`),
          lookedUntil: heldSince === undefined ? at : Math.max(heldSince, lookedAt.get(`${id}/${step}`) ?? 0),
          writesSince: since,
          at,
        });
        if (why !== undefined) violate(at, `${step} of ${id} is said to have failed, ${code}; ${why}`);
      },
    };
  },
};
