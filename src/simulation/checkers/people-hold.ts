// When people say stop, the machine stops, but never halfway.
import type { Effect } from '../../core/catalogue.ts';
import type { EventData, EventType } from '../../core/event.ts';
import type { History } from '../history.ts';
import type { Checker } from '../truth.ts';

const touching: ReadonlySet<Effect> = new Set<Effect>(['fences', 'promotes', 'fences-and-promotes']);

export const peopleHold: Checker = {
  name: 'people-hold',
  holds:
    'While people hold everything or a run, nothing new opens, starts or is sent, but what a run that touched the writer needs; while they maintain a workload, no incident opens a run of it.',
  begin(violate, history) {
    let isStopped = false;
    /** Runs that are paused, or on their way out. */
    const held = new Set<string>();
    const maintained = new Map<string, number>();
    const isHeld = (run: string): boolean => isStopped || held.has(run);
    type Rows = { readonly [T in EventType]?: (data: EventData[T], at: number, entryAt: number) => void };
    const rows: Rows = {
      ActingStopped: () => (isStopped = true),
      ActingReleased: () => (isStopped = false),
      RunPaused: ({ run }) => held.add(run),
      RunCancelling: ({ run }) => held.add(run),
      RunResumed: ({ run }) => held.delete(run),
      MaintenanceBegan: ({ workload, until }) => maintained.set(workload, until),
      MaintenanceEnded: ({ workload }) => maintained.delete(workload),
      RunOpened: ({ run, workload, incident }, at, entryAt) => {
        if (isStopped) violate(at, `${run} opened while acting was stopped`);
        if (incident !== undefined && entryAt < (maintained.get(workload) ?? -Infinity))
          violate(at, `${run} opened for ${incident} while ${workload} was maintained`);
      },
      RunStarted: ({ run }, at) => {
        if (isHeld(run)) violate(at, `${run} started while people held it`);
      },
      StepStarted: ({ run, step, attempt }, at) => {
        if (isHeld(run) && !hadTouched(history, run, attempt > 1 ? undefined : step))
          violate(at, `${run} sent ${step}, attempt ${attempt}, while people held it and nothing had touched the writer`);
      },
    };
    return {
      durable: ({ event, at, entryAt }) =>
        (rows[event.type] as ((data: object, at: number, entryAt: number) => void) | undefined)?.(event.data, at, entryAt),
    };
  },
};

/** Whether a step that fences or promotes was sent before; `but`: the step that is being judged. */
function hadTouched(history: History, id: string, but: string | undefined): boolean {
  const run = history.runs.get(id);
  return run?.steps.some(({ id: step, effect }) => step !== but && touching.has(effect) && run.starts.has(step)) ?? false;
}
