// A run that nobody answers calls the next one and then ends, at the time that it named; and it ends for nothing else.
import type { EventData, EventType } from '../../core/event.ts';
import type { RunTold } from '../history.ts';
import type { Checker } from '../truth.ts';

/** One turn and one append; a look at what is under way, and what it is given to end. */
const slackMs = { call: 5_000, end: 60_000 } as const;
/** A leader renews its lease more often than this while it reaches the store; without the store it can write nothing down. */
const renewedWithinMs = 3_000;

type Kind = 'approval' | 'stop' | 'pause' | 'decision' | 'loss';
/**
 * `until`: the last instant that was named; `from`: when it may end by itself at the earliest; `calledBy`: by then somebody is called, if
 * nobody answered.
 */
type Wait = { readonly since: number; readonly from: number; readonly until: number; calledBy: number; isCalled: boolean };
type Waiting = { readonly run: RunTold; readonly waits: Map<Kind, Wait> };

export const waitsEnd: Checker = {
  name: 'waits-end',
  holds:
    'A run that waits for people calls somebody within a third of their time and ends when it is over, under a leader that stays the leader; and no run fails while no step of it did and no time was over.',
  begin(violate, history) {
    const waiting = new Map<string, Waiting>();
    /** Runs for which what is owed by when is not known any more. */
    const lost = new Set<string>();
    const failed = new Set<string>();
    /** Nobody says it again to whoever takes over, who knows of it, and calls nobody about what fails in it before its own time. */
    const paused = new Set<string>();
    let stoppedAt: number | undefined;
    let isClockRight = true;
    let renewedAt = 0;
    const patienceMs = (run: RunTold): number => history.world.workloads[run.workload]?.approvalExpireMs ?? Infinity;
    /** By workload: the shortest time that people were ever given. What the files say is not in force everywhere at once. */
    const leastMs = new Map<string, number>();
    /** `until` where one was named; else people have the time of the tier. */
    const wait = (id: string, kind: Kind, since: number, firstCallMs: number, until?: number): void => {
      const run = history.runs.get(id);
      if (run === undefined || run.closedAt !== undefined) return;
      const it = waiting.get(id) ?? { run, waits: new Map<Kind, Wait>() };
      waiting.set(id, it);
      it.waits.set(kind, {
        since,
        from: until ?? since + (leastMs.get(run.workload) ?? 0),
        until: until ?? since + patienceMs(run),
        calledBy: since + firstCallMs,
        isCalled: false,
      });
    };
    const over = (id: string, ...kinds: Kind[]): void => {
      for (const kind of kinds) waiting.get(id)?.waits.delete(kind);
      if (waiting.get(id)?.waits.size === 0) waiting.delete(id);
    };
    const executed = new Set<string>();
    const isRunning = (run: RunTold): boolean =>
      run.startedAt !== undefined && run.closedAt === undefined && !executed.has(run.id) && !lost.has(run.id);
    const isApproved = (run: RunTold): boolean => new Set(run.approvals.map(({ by }) => by)).size >= run.approvalsNeeded;
    /** Nothing but the lever holds it now, from here on. */
    const heldByStop = (run: RunTold, at: number): void => {
      if (stoppedAt !== undefined) wait(run.id, 'stop', at, patienceMs(run) / 3);
    };
    const forget = (): void => {
      for (const run of history.runs.values()) if (run.closedAt === undefined) lost.add(run.id);
      waiting.clear();
    };
    const judge = (at: number): void => {
      if (at - renewedAt > renewedWithinMs) forget();
      for (const [id, { run, waits }] of waiting) {
        const until = Math.max(...[...waits.values()].map((each) => each.until));
        const [only, ...others] = waits.values();
        if (at > until + slackMs.end) {
          waiting.delete(id);
          violate(at, `${id} waits for people (${[...waits.keys()].join(', ')}) for ${at - until} ms longer than they have`);
        } else if (
          only !== undefined &&
          others.length === 0 &&
          !only.isCalled &&
          run.drill === undefined &&
          at > only.calledBy + slackMs.call
        ) {
          waiting.delete(id);
          violate(at, `${id} waits for people (${[...waits.keys()].join(', ')}) for ${at - only.since} ms, and nobody was called`);
        }
      }
    };
    type Rows = { readonly [T in EventType]?: (data: EventData[T], at: number, entryAt: number) => void };
    const rows: Rows = {
      RunOpened: ({ run, approvalsNeeded }, at) => {
        const told = history.runs.get(run);
        if (told === undefined || approvalsNeeded === 0) return;
        wait(run, 'approval', at, patienceMs(told) / 3);
      },
      RunStarted: ({ run }, at) => {
        over(run, 'approval');
        const told = history.runs.get(run);
        if (told !== undefined) heldByStop(told, at);
      },
      ActingStopped: (_, at) => {
        stoppedAt = at;
        for (const run of history.runs.values()) if (isRunning(run) && !failed.has(run.id)) heldByStop(run, at);
      },
      ActingReleased: () => {
        stoppedAt = undefined;
        for (const id of waiting.keys()) over(id, 'stop');
      },
      RunPaused: ({ run, until }, at) => {
        paused.add(run);
        wait(run, 'pause', at, Infinity, until);
      },
      RunResumed: ({ run: id }, at) => {
        paused.delete(id);
        over(id, 'pause');
        // While it was paused nobody was called for anything else.
        for (const [kind, each] of waiting.get(id)?.waits ?? []) each.calledBy = kind === 'decision' ? at : Math.max(each.calledBy, at);
        const run = history.runs.get(id);
        if (run !== undefined && run.startedAt === undefined && isApproved(run)) heldByStop(run, at);
      },
      StepFailed: ({ run: id }, at) => {
        failed.add(id);
        const run = history.runs.get(id);
        // Who has stopped everything is called about that first.
        const firstMs = paused.has(id) ? Infinity : run !== undefined && stoppedAt !== undefined ? patienceMs(run) / 3 : 0;
        if (run !== undefined && run.drill === undefined) wait(id, 'decision', at, firstMs);
      },
      StepRetried: ({ run: id }) => {
        failed.delete(id);
        over(id, 'decision');
        const run = history.runs.get(id);
        // The lever holds it again, and nobody has more time for it than they had, nor is called once more.
        if (run !== undefined && stoppedAt !== undefined) wait(id, 'stop', stoppedAt, Infinity);
      },
      StepSkipped: ({ run }) => over(run, 'decision'),
      ApprovalAsked: ({ run, until }, at) => wait(run, 'loss', at, Infinity, until),
      ApprovalGiven: ({ run: id }, at) => {
        over(id, 'loss');
        const run = history.runs.get(id);
        if (run === undefined || run.startedAt !== undefined || !isApproved(run)) return;
        const isPaused = waiting.get(id)?.waits.has('pause') === true;
        over(id, 'approval');
        if (!isPaused) heldByStop(run, at);
      },
      RunEscalated: ({ run }) => {
        for (const each of waiting.get(run)?.waits.values() ?? []) each.isCalled = true;
      },
      RunCancelling: ({ run }) => void waiting.delete(run),
      SituationChanged: ({ run }) => void waiting.delete(run),
      RunClosed: ({ run }) => void waiting.delete(run),
      RunExecuted: ({ run, outcome }, at, entryAt) => {
        const it = waiting.get(run);
        waiting.delete(run);
        executed.add(run);
        if (outcome !== 'failed' || failed.has(run) || lost.has(run)) return;
        const isOver = [...(it?.waits.values() ?? [])].some(({ from }) => entryAt >= from - slackMs.call);
        if (!isOver) violate(at, `${run} failed; no step of it did, and nobody's time was over`);
      },
    };
    return {
      declared({ world }) {
        for (const [id, { approvalExpireMs }] of Object.entries(world.workloads))
          leastMs.set(id, Math.min(leastMs.get(id) ?? Infinity, approvalExpireMs));
      },
      struck({ fault }) {
        if (fault === 'controller-clock-wrong' || fault === 'controller-clock-jumps') isClockRight = false;
        if (!isClockRight || fault.startsWith('journal-') || fault === 'files-changed') forget();
      },
      // A time that one leader named is the next one's to keep, which may need some of its own.
      controller: forget,
      'append-refused': forget,
      lease({ at, what }) {
        judge(at);
        if (what === 'granted') forget();
        renewedAt = at;
      },
      durable({ event, at, entryAt }) {
        judge(at);
        if (event.type === 'RunOpened') lost.delete(event.data.run);
        if (isClockRight)
          (rows[event.type] as ((data: object, at: number, entryAt: number) => void) | undefined)?.(event.data, at, entryAt);
      },
      acknowledged: ({ at }) => judge(at),
    };
  },
};
