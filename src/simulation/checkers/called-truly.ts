// Who is called at night for what is already given looks for a fault in himself, and not in the place where the run stands.
import type { WaitKind } from '../../core/runbook/control-events.ts';
import type { History, RunTold } from '../history.ts';
import type { Checker } from '../truth.ts';

type Held = {
  isStopped: boolean;
  readonly paused: Set<string>;
  /** Runs that ask for more than their plan was approved for. */
  readonly asking: Set<string>;
  /** `RUN/STEP` that failed and that nobody has asked for again since. */
  readonly failed: Set<string>;
  /** `RUN/STEP` that asks a person who has not said that it is done. */
  readonly tasks: Set<string>;
};
const has = (set: ReadonlySet<string>, run: string): boolean => [...set].some((each) => each.startsWith(`${run}/`));
const usesOf = (run: RunTold | undefined, step: string): string | undefined => run?.starts.get(step)?.at(-1)?.uses;

/** By what somebody is called for: whether the run can be waiting for that. */
const canBeTrue: Readonly<Partial<Record<WaitKind, (run: RunTold, held: Held, history: History) => boolean>>> = {
  approval: ({ startedAt, approvals, approvalsNeeded }) =>
    startedAt === undefined && new Set(approvals.map(({ by }) => by)).size < approvalsNeeded,
  loss: ({ id }, { asking }) => asking.has(id),
  confirmation: ({ id }, { tasks }) => has(tasks, id),
  pause: ({ id }, { paused }) => paused.has(id),
  stop: (_, { isStopped }) => isStopped,
  decision: ({ id }, { failed }) => has(failed, id),
};

export const calledTruly: Checker = {
  name: 'called-truly',
  holds: 'People are called for what the run really waits for: approvals that are missing, the lever, a pause, a failed step, a task.',
  begin(violate, history) {
    const held: Held = { isStopped: false, paused: new Set(), asking: new Set(), failed: new Set(), tasks: new Set() };
    return {
      durable({ event: { type, data }, at }) {
        if (type === 'ActingStopped' || type === 'ActingReleased') held.isStopped = type === 'ActingStopped';
        if (type === 'RunPaused') held.paused.add(data.run);
        if (type === 'RunResumed') held.paused.delete(data.run);
        if (type === 'ApprovalAsked') held.asking.add(data.run);
        if (type === 'StepFailed') held.failed.add(`${data.run}/${data.step}`);
        if (type === 'StepRetried' || type === 'StepSkipped') held.failed.delete(`${data.run}/${data.step}`);
        if (type === 'StepStarted' && data.uses === 'human') held.tasks.add(`${data.run}/${data.step}`);
        // Asked again after a failure, it asks on.
        if (type === 'StepRetried' && usesOf(history.runs.get(data.run), data.step) === 'human') held.tasks.add(`${data.run}/${data.step}`);
        if (type === 'StepConfirmed' || type === 'StepFailed' || type === 'StepSkipped') held.tasks.delete(`${data.run}/${data.step}`);
        if (type !== 'RunEscalated') return;
        const run = history.runs.get(data.run);
        if (run !== undefined && canBeTrue[data.wait]?.(run, held, history) === false)
          violate(at, `${data.to} is called because ${data.run} waits (${data.wait}), and it does not wait for that`);
      },
    };
  },
};
