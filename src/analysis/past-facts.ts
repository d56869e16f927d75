// What a finding may know of what happened: drills that were run, what runs measured, how far replicas were behind. Folded once from the
// entries of a journal and the lines of recordings; of one floor, since a lab in seconds says nothing of AWS in minutes.
import type { DiagnosisKind, Mode } from '../core/estate.ts';
import type { Event } from '../core/event.ts';
import type { DrillVerdict } from '../core/gameday/phases.ts';
import { treats } from '../core/objective/target.ts';
import type { Measured } from '../core/objective/timing.ts';
import type { Floor, Instant } from '../core/values.ts';

/** An entry of a journal. */
export type Happened = { readonly at: Instant; readonly floor: Floor } & Event;
/** One line of a recording: what a probe measured, and when. `target` is `WORKLOAD/REPLICA/PROBE`. */
export type Recorded = { readonly target: string; readonly at: Instant; readonly measured: Readonly<Record<string, number | string>> };

/** One that has ended. `runbooks`: those that moved the workload out, not home; `diagnoses`: those that were found in it. */
export type DrillDone = {
  readonly drill: string;
  readonly gameday: string;
  readonly workload: string;
  readonly at: Instant;
  readonly verdict: DrillVerdict;
  readonly runbooks: ReadonlySet<string>;
  readonly diagnoses: ReadonlySet<DiagnosisKind>;
};
/** One that was measured on the users' path. */
export type RunDone = {
  readonly run: string;
  readonly workload: string;
  readonly mode: Mode;
  readonly runbook?: string;
  /** What it treated; absent of a planned move, and of what people chose by hand. */
  readonly treats?: DiagnosisKind;
  readonly at: Instant;
  readonly rtaMs?: number;
  /** An upper bound. */
  readonly rpaMs?: number;
  readonly drill?: string;
};
export type PastFacts = {
  /** Undefined where only recordings were given. */
  readonly floor: Floor | undefined;
  readonly now: Instant;
  /** When the journal begins; undefined where it holds nothing. */
  readonly since: Instant | undefined;
  /** In the order in which they ended. */
  readonly drills: readonly DrillDone[];
  /** In the order in which they were opened. */
  readonly runs: readonly RunDone[];
  /** By target. */
  readonly recorded: ReadonlyMap<string, readonly Recorded[]>;
  /** How long the steps of a workload's earlier runs took; undefined where it had none. Asked often. */
  readonly measuredOf?: (workload: string) => Measured | undefined;
};

type OpenDrill = { readonly gameday: string; readonly workload: string; runbooks: Set<string>; diagnoses: Set<DiagnosisKind> };
type OpenRun = { -readonly [K in keyof RunDone]: RunDone[K] } & { readonly incident?: string };

/** Entries in the order of the journal; those of other floors are left out. */
export function pastFacts(
  entries: Iterable<Happened>,
  { floor, now, recorded = [] }: { readonly floor: Floor | undefined; readonly now: Instant; readonly recorded?: readonly Recorded[] },
): PastFacts {
  const open = new Map<string, OpenDrill>();
  const drills: DrillDone[] = [];
  const runs = new Map<string, OpenRun>();
  const all: OpenRun[] = [];
  const diagnosed = new Map<string, DiagnosisKind>();
  let since: Instant | undefined;
  for (const entry of entries) {
    if (entry.floor !== floor) continue;
    since ??= entry.at;
    if (entry.type === 'DrillOpened') {
      const { drill, gameday, workload } = entry.data;
      open.set(drill, { gameday, workload, runbooks: new Set(), diagnoses: new Set() });
    }
    if (entry.type === 'IncidentOpened') {
      diagnosed.set(entry.data.incident, entry.data.diagnosis);
      open.get(entry.data.drill ?? '')?.diagnoses.add(entry.data.diagnosis);
    }
    if (entry.type === 'RunOpened') {
      const { run, workload, mode, drill, incident } = entry.data;
      const opened: OpenRun = {
        run,
        workload,
        mode,
        at: entry.at,
        ...(drill === undefined ? {} : { drill }),
        ...(incident === undefined ? {} : { incident }),
      };
      runs.set(run, opened);
      all.push(opened);
    }
    if (entry.type === 'PlanCompiled') {
      const run = runs.get(entry.data.run);
      if (run === undefined) continue;
      run.runbook = entry.data.plan.runbook;
      const treated = treats(entry.data.plan, diagnosed.get(run.incident ?? ''));
      if (treated !== undefined) run.treats = treated;
      if (run.mode !== 'failback') open.get(run.drill ?? '')?.runbooks.add(run.runbook);
    }
    if (entry.type === 'RunMeasured') {
      const run = runs.get(entry.data.run);
      const { rtaMs, rpaMs } = entry.data.measurement;
      if (run !== undefined && rtaMs !== undefined) run.rtaMs = rtaMs;
      if (run !== undefined && rpaMs !== undefined) run.rpaMs = rpaMs;
    }
    if (entry.type === 'DrillClosed') {
      const { drill, verdict } = entry.data;
      const ended = open.get(drill);
      if (ended === undefined) continue;
      open.delete(drill);
      drills.push({ drill, ...ended, at: entry.at, verdict });
    }
  }
  const byTarget = new Map<string, Recorded[]>();
  for (const each of recorded) {
    const list = byTarget.get(each.target);
    if (list === undefined) byTarget.set(each.target, [each]);
    else list.push(each);
  }
  const done = all.filter(({ rtaMs, rpaMs }) => rtaMs !== undefined || rpaMs !== undefined);
  return { floor, now, since, drills, runs: done, recorded: byTarget };
}
