// Full control of a machine is what it does when it is told.
import type { FactOf } from '../truth.ts';
import type { Checker, WorkloadAsBuilt } from '../truth.ts';
import type { History } from '../history.ts';
import type { Event } from '../../core/event.ts';

/** One turn, one append that may wait for another one. */
const boundMs = 5_000;
/** A leader renews its lease more often than this while it reaches the store; without the store it can write nothing down. */
const renewedWithinMs = 3_000;
/** Who accepts so much loss accepts any. */
const anyLossMs = 900_000;

type Click = FactOf<'clicked'>;
/** What people have done so far that decides whether a request still asks for anything. */
type Held = {
  isStopped: boolean;
  readonly maintained: Map<string, number>;
  readonly paused: Set<string>;
  /** Executed, or on their way out. */
  readonly ending: Set<string>;
  readonly openDrills: Set<string>;
  /** `RUN/STEP` that failed and that nobody has asked for again since. */
  readonly failed: Set<string>;
  /** `RUN/STEP` at which a person is asked to do something, and nobody has said that it is done. */
  readonly asking: Set<string>;
};
type Row = {
  /** Whether nothing speaks against it. */
  readonly isDue: (click: Click, history: History, held: Held) => boolean;
  readonly isDone: (event: Event, click: Click) => boolean;
};
const isOpen = ({ request }: Click, history: History): boolean => {
  const run = history.runs.get(request.run ?? '');
  return run !== undefined && run.closedAt === undefined;
};
const isRunning = (click: Click, history: History, { ending }: Held): boolean =>
  isOpen(click, history) && history.runs.get(click.request.run ?? '')?.startedAt !== undefined && !ending.has(click.request.run ?? '');
/** Whether the step asks for something that is given with the word that it is done. */
function asksForAnswer({ request }: Click, history: History): boolean {
  const input = history.runs.get(request.run ?? '')?.steps.find(({ id }) => id === request.step)?.with;
  return typeof input === 'object' && input !== null && 'answer' in input;
}
const ofRun = (event: Event, { request }: Click): boolean => 'run' in event.data && event.data.run === request.run;
/** By any clock that a controller may have. */
const isQuiet = (promised: WorkloadAsBuilt | undefined, at: number, skewMs: number): boolean => {
  const { startsAt, endsAt } = promised?.blackout ?? { startsAt: Infinity, endsAt: Infinity };
  return startsAt <= at + boundMs + skewMs && at - skewMs < endsAt;
};
const standsFor = (history: History, workload: string): boolean => {
  const promised = history.world.workloads[workload];
  return Object.values(promised?.replicas ?? {}).every(({ residency }) => promised?.residency.includes(residency ?? '') === true);
};

const rows: Readonly<Record<string, Row>> = {
  stop: { isDue: (_, __, { isStopped }) => !isStopped, isDone: (event) => event.type === 'ActingStopped' },
  release: { isDue: (_, __, { isStopped }) => isStopped, isDone: (event) => event.type === 'ActingReleased' },
  maintain: {
    isDue: ({ at, request }, { world }) => (request.until ?? Infinity) > at + boundMs + 2 * world.skewMs,
    isDone: (event, { request }) => event.type === 'MaintenanceBegan' && event.data.workload === request.workload,
  },
  'end-maintenance': {
    isDue: ({ request, at }, { world }, { maintained }) =>
      (maintained.get(request.workload ?? '') ?? -Infinity) > at + boundMs + 2 * world.skewMs,
    isDone: (event, { request }) => event.type === 'MaintenanceEnded' && event.data.workload === request.workload,
  },
  cancel: {
    isDue: (click, history, held) => isOpen(click, history) && !held.ending.has(click.request.run ?? ''),
    isDone: (event, click) => (event.type === 'RunCancelling' || event.type === 'RunClosed') && ofRun(event, click),
  },
  pause: {
    isDue: (click, history, held) =>
      isOpen(click, history) && !held.ending.has(click.request.run ?? '') && !held.paused.has(click.request.run ?? ''),
    isDone: (event, click) => event.type === 'RunPaused' && ofRun(event, click),
  },
  resume: {
    isDue: (click, history, held) => isOpen(click, history) && held.paused.has(click.request.run ?? ''),
    isDone: (event, click) => event.type === 'RunResumed' && ofRun(event, click),
  },
  retry: {
    isDue: (click, history, held) => isRunning(click, history, held) && held.failed.has(`${click.request.run}/${click.request.step}`),
    isDone: (event, click) => event.type === 'StepRetried' && ofRun(event, click),
  },
  confirm: {
    isDue: (click, history, held) =>
      isRunning(click, history, held) &&
      held.asking.has(`${click.request.run}/${click.request.step}`) &&
      asksForAnswer(click, history) === (click.request.answer !== undefined),
    isDone: (event, click) => event.type === 'StepConfirmed' && ofRun(event, click),
  },
  approve: {
    isDue: ({ by, request }, history) => {
      const run = history.runs.get(request.run ?? '');
      if (run === undefined || run.closedAt !== undefined || run.startedAt !== undefined || run.approvalsNeeded === 0) return false;
      const isOther = run.requestedBy.id !== by.id && run.approvals.every((each) => each.by !== by.id);
      return isOther && run.hash === request.plan && (request.maxLossMs ?? 0) >= anyLossMs;
    },
    isDone: (event, click) => event.type === 'ApprovalGiven' && ofRun(event, click) && event.data.by === click.by.id,
  },
  run: {
    isDue: ({ request }, history, { isStopped }) =>
      !isStopped && [...history.runs.values()].every((run) => run.closedAt !== undefined) && standsFor(history, request.workload ?? ''),
    isDone: (event, { request }) => event.type === 'RunOpened' && event.data.workload === request.workload,
  },
  drill: {
    isDue: ({ at }, { world }, { isStopped, maintained, openDrills }) =>
      !isStopped &&
      openDrills.size === 0 &&
      Object.values(world.gamedays).every(
        ({ workload }) => !maintained.has(workload) && !isQuiet(world.workloads[workload], at, world.skewMs),
      ),
    isDone: (event) => event.type === 'DrillOpened',
  },
};

export const peopleHeard: Checker = {
  name: 'people-heard',
  holds:
    'What people ask for and nothing speaks against is done soon, by a leader that stays the leader: stop, pause, cancel, approve, move.',
  begin(violate, history) {
    const held: Held = {
      isStopped: false,
      maintained: new Map(),
      paused: new Set(),
      ending: new Set(),
      openDrills: new Set(),
      failed: new Set(),
      asking: new Set(),
    };
    let isSpent = 0;
    let renewedAt = 0;
    let waiting: { readonly click: Click; readonly row: Row; readonly epoch: number }[] = [];
    const fold = ({ type, data }: Event): void => {
      if (type === 'ActingStopped' || type === 'ActingReleased') held.isStopped = type === 'ActingStopped';
      if (type === 'MaintenanceBegan') held.maintained.set(data.workload, data.until);
      if (type === 'MaintenanceEnded') held.maintained.delete(data.workload);
      if (type === 'RunPaused') held.paused.add(data.run);
      if (type === 'RunResumed') held.paused.delete(data.run);
      if (type === 'RunCancelling' || type === 'SituationChanged' || type === 'RunExecuted') held.ending.add(data.run);
      if (type === 'DrillOpened') held.openDrills.add(data.drill);
      if (type === 'DrillClosed') held.openDrills.delete(data.drill);
      if (type === 'StepStarted' && data.uses === 'human') held.asking.add(`${data.run}/${data.step}`);
      if (type === 'StepConfirmed' || type === 'StepFailed' || type === 'StepSkipped') held.asking.delete(`${data.run}/${data.step}`);
      if (type === 'StepFailed') held.failed.add(`${data.run}/${data.step}`);
      if (type === 'StepRetried') held.failed.delete(`${data.run}/${data.step}`);
    };
    const judge = (at: number): void => {
      if (at - renewedAt > renewedWithinMs) waiting = [];
      const over = waiting.filter(({ click }) => at - click.at > boundMs);
      if (over.length === 0) return;
      waiting = waiting.filter((each) => !over.includes(each));
      for (const { click, row, epoch } of over)
        if (history.epoch === epoch && row.isDue(click, history, held)) {
          const { kind, run, workload } = click.request;
          violate(at, `${click.by.id} asked for ${kind} ${run ?? workload ?? ''}; nothing spoke against it, and nothing was done`);
        }
    };
    return {
      clicked(click) {
        judge(click.at);
        const row = rows[click.request.kind];
        if (isSpent === 0 && row?.isDue(click, history, held) === true) waiting.push({ click, row, epoch: history.epoch });
      },
      // Nothing is begun that could not be written down to its end.
      struck({ fault }) {
        if (fault.startsWith('journal-')) waiting = [];
        if (fault === 'journal-spent') isSpent += 1;
      },
      healed({ fault }) {
        if (fault === 'journal-spent') isSpent -= 1;
      },
      // Whoever was asked may have died over it, or stood still.
      controller: () => (waiting = []),
      'append-refused': () => (waiting = []),
      // A gap is one even when the lease is renewed after it: what was written meanwhile may not have arrived.
      lease({ at }) {
        judge(at);
        renewedAt = at;
      },
      durable({ event, at }) {
        judge(at);
        fold(event);
        waiting = waiting.filter(({ click, row }) => !row.isDone(event, click));
      },
      acknowledged: ({ at }) => judge(at),
    };
  },
};
