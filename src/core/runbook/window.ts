// Between the fence and the promotion nobody can write, so no run rests there: whatever else stops, what the promotion needs
// goes on. Says from the state alone whether a run is there, and what that is.
import type { Run } from '../state.ts';
import { asDone, asNext, changesWriter, promotes } from './plan.ts';
import { isInFlight, isOver, mayHold, type StepState } from './transitions.ts';

export type Standing = Readonly<Pick<Run, 'plan' | 'steps' | 'control'>>;

/** Something of the run may have stopped or moved the writer. Until then a run can be given up without a trace. */
export const touchedWriter = (run: Standing): boolean => someStep(run, (step, effect) => changesWriter({ effect }) && mayHold(step));
export const isPromoted = (run: Standing): boolean => someStep(run, (step, effect) => promotes({ effect }) && step.status === 'succeeded');
/** The old writer may be stopped, and no new one is there. */
export const isWriterless = (run: Standing): boolean =>
  !isPromoted(run) && someStep(run, (step, effect) => (effect === 'fences' || effect === 'fences-and-promotes') && mayHold(step));

/** What the run has sent, or sends whatever happens, decides who the writer is: what is seen meanwhile is half of a change. */
export const movesWriter = (run: Standing & Readonly<Pick<Run, 'status'>>): boolean =>
  run.status === 'running' &&
  (goesOnRegardless(run).size > 0 || someStep(run, (step, effect) => changesWriter({ effect }) && isInFlight(step)));

function someStep(
  { plan, steps }: Standing,
  is: (step: Readonly<StepState>, effect: ReturnType<typeof asDone>['effect']) => boolean,
): boolean {
  return plan.steps.some((planned) => {
    const step = steps.get(planned.id);
    return step !== undefined && is(step, asDone(planned, step).effect);
  });
}

/**
 * The steps that go on although the run is to stop: the promotions and what they wait for, once the old writer may be stopped. Empty
 * outside that window, and when no promotion can be reached any more because something that it needs has failed.
 */
export function goesOnRegardless(run: Standing): ReadonlySet<string> {
  const needed = new Set<string>();
  if (!isWriterless(run)) return needed;
  const byId = new Map(run.plan.steps.map((planned) => [planned.id as string, planned]));
  const statusOf = (id: string): StepState['status'] | undefined => run.steps.get(id)?.status;
  const chainOf = (id: string, chain: Set<string>): Set<string> => {
    if (chain.has(id)) return chain;
    chain.add(id);
    for (const need of byId.get(id)?.needs ?? []) chainOf(need, chain);
    return chain;
  };
  for (const planned of run.plan.steps) {
    const step = run.steps.get(planned.id);
    if (step === undefined || isOver(step) || !promotes(asNext(planned, run.control.ungraceful))) continue;
    const chain = chainOf(planned.id, new Set());
    // A call that fenced and promoted at once, and is known to have done neither, keeps nobody from stopping.
    if ([...chain].some((id) => statusOf(id) === 'failed')) continue;
    for (const id of chain) if (statusOf(id) !== 'succeeded' && statusOf(id) !== 'skipped') needed.add(id);
  }
  return needed;
}
