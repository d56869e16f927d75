// How long the steps of earlier runs took, and how long people took to approve, from entries of a journal. Floors are never mixed: a lab
// in seconds says nothing about AWS in minutes.
import type { Event } from '../core/event.ts';
import type { Floor, Instant } from '../core/values.ts';

/** An entry as a journal, a bundle or the API has it. */
export type Past = { readonly at: Instant; readonly floor: Floor } & Event;
/** Ascending milliseconds. */
export type History = {
  readonly floor: Floor;
  /** Runs of the workload that were found on this floor. */
  readonly runs: number;
  /** By what the step uses: from the start of its last attempt to where it was known to hold. */
  readonly steps: ReadonlyMap<string, readonly number[]>;
  /** From the opening of a run that needs approvals to its start. */
  readonly approvalsMs: readonly number[];
  /** By runbook: recovery times on the users' path, as they were measured last of each run. */
  readonly rtas?: ReadonlyMap<string, readonly number[]>;
};
/** Fewer than these say too little: what is declared is used instead. */
export const leastSamples = 8;

type Open = {
  readonly usesOf: Map<string, { readonly uses: string; readonly attempt: number; readonly at: Instant }>;
  readonly openedAt: Instant;
  readonly asks: boolean;
};

/** Only runs of this workload on this floor, and of them only what ended well. Entries in the order of the journal. */
export function historyOf(entries: Iterable<Past>, workload: string, floor: Floor): History {
  const runs = new Map<string, Open>();
  const steps = new Map<string, number[]>();
  const approvalsMs: number[] = [];
  const runbookOf = new Map<string, string>();
  const rtaOf = new Map<string, number>();
  const ended = (run: string, step: string, attempt: number, at: Instant): void => {
    const started = runs.get(run)?.usesOf.get(step);
    if (started === undefined || started.attempt !== attempt) return;
    runs.get(run)?.usesOf.delete(step);
    const list = steps.get(started.uses);
    if (list === undefined) steps.set(started.uses, [at - started.at]);
    else list.push(at - started.at);
  };
  for (const entry of entries) {
    if (entry.floor !== floor) continue;
    if (entry.type === 'RunOpened' && entry.data.workload === workload)
      runs.set(entry.data.run, { usesOf: new Map(), openedAt: entry.at, asks: entry.data.approvalsNeeded > 0 });
    if (entry.type === 'PlanCompiled' && runs.has(entry.data.run)) runbookOf.set(entry.data.run, entry.data.plan.runbook);
    if (entry.type === 'RunMeasured' && runs.has(entry.data.run) && entry.data.measurement.rtaMs !== undefined)
      rtaOf.set(entry.data.run, entry.data.measurement.rtaMs);
    if (entry.type === 'RunStarted') {
      const run = runs.get(entry.data.run);
      if (run?.asks === true) approvalsMs.push(entry.at - run.openedAt);
    }
    if (entry.type === 'StepStarted') {
      const { run, step, uses, attempt } = entry.data;
      runs.get(run)?.usesOf.set(step, { uses, attempt, at: entry.at });
    }
    if (entry.type === 'StepAnswered' && entry.data.outcome.kind === 'succeeded')
      ended(entry.data.run, entry.data.step, entry.data.attempt, entry.at);
    if (entry.type === 'StepObserved' && entry.data.observed.kind === 'holds')
      ended(entry.data.run, entry.data.step, entry.data.attempt, entry.at);
  }
  const ascending = (list: readonly number[]): readonly number[] => list.filter((ms) => ms >= 0).sort((a, b) => a - b);
  return {
    floor,
    runs: runs.size,
    steps: new Map([...steps].map(([uses, list]) => [uses, ascending(list)])),
    approvalsMs: ascending(approvalsMs),
    rtas: new Map(
      [...new Set(runbookOf.values())].map((runbook) => [
        runbook,
        ascending([...rtaOf].flatMap(([run, ms]) => (runbookOf.get(run) === runbook ? [ms] : []))),
      ]),
    ),
  };
}
