// How long the steps of earlier runs took, and how long people took to approve, from entries of a journal. Floors are never mixed: a lab
// in seconds says nothing about AWS in minutes.
import type { Event } from '../core/event.ts';
import type { Measured } from '../core/objective/timing.ts';
import type { Floor, Instant } from '../core/values.ts';

/** An entry as a journal, a bundle or the API has it. */
export type Past = { readonly at: Instant; readonly floor: Floor } & Event;
/** A step counts from the start of its last attempt to where it was known to hold, people from the opening of the run to its start. */
export type History = Measured & {
  /** Runs of the workload that were found on this floor. */
  readonly runs: number;
  /** By runbook, ascending milliseconds: recovery times on the users' path, as they were measured last of each run. */
  readonly rtas?: ReadonlyMap<string, readonly number[]>;
};

type Opened = {
  readonly usesOf: Map<string, { readonly uses: string; readonly attempt: number; readonly at: Instant }>;
  readonly openedAt: Instant;
  readonly asks: boolean;
  runbook?: string;
  rtaMs?: number;
};

/**
 * Only runs of this workload on this floor, and of them only what ended well. Entries in the order of the journal; those of another journal may
 * follow, whose runs have the same ids.
 */
export function historyOf(entries: Iterable<Past>, workload: string, floor: Floor): History {
  const all: Opened[] = [];
  const runs = new Map<string, Opened>();
  const steps = new Map<string, number[]>();
  const approvalsMs: number[] = [];
  const ended = ({ usesOf }: Opened, step: string, attempt: number, at: Instant): void => {
    const started = usesOf.get(step);
    if (started === undefined || started.attempt !== attempt) return;
    usesOf.delete(step);
    const list = steps.get(started.uses);
    if (list === undefined) steps.set(started.uses, [at - started.at]);
    else list.push(at - started.at);
  };
  for (const entry of entries) {
    if (entry.floor !== floor) continue;
    if (entry.type === 'RunOpened' && entry.data.workload === workload) {
      const opened: Opened = { usesOf: new Map(), openedAt: entry.at, asks: entry.data.approvalsNeeded > 0 };
      runs.set(entry.data.run, opened);
      all.push(opened);
    }
    const run = 'run' in entry.data && entry.data.run !== undefined ? runs.get(entry.data.run) : undefined;
    if (run === undefined) continue;
    if (entry.type === 'PlanCompiled') run.runbook = entry.data.plan.runbook;
    if (entry.type === 'RunMeasured' && entry.data.measurement.rtaMs !== undefined) run.rtaMs = entry.data.measurement.rtaMs;
    if (entry.type === 'RunStarted' && run.asks) approvalsMs.push(entry.at - run.openedAt);
    if (entry.type === 'StepStarted') {
      const { step, uses, attempt } = entry.data;
      run.usesOf.set(step, { uses, attempt, at: entry.at });
    }
    if (entry.type === 'StepAnswered' && entry.data.outcome.kind === 'succeeded') ended(run, entry.data.step, entry.data.attempt, entry.at);
    if (entry.type === 'StepObserved' && entry.data.observed.kind === 'holds') ended(run, entry.data.step, entry.data.attempt, entry.at);
  }
  const ascending = (list: readonly number[]): readonly number[] => list.filter((ms) => ms >= 0).sort((a, b) => a - b);
  return {
    floor,
    runs: all.length,
    steps: new Map([...steps].map(([uses, list]) => [uses, ascending(list)])),
    approvalsMs: ascending(approvalsMs),
    rtas: new Map(
      [...new Set(all.flatMap(({ runbook }) => runbook ?? []))].map((runbook) => [
        runbook,
        ascending(all.flatMap((run) => (run.runbook === runbook ? (run.rtaMs ?? []) : []))),
      ]),
    ),
  };
}
