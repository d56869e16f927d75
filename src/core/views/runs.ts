// One run as its readers get it: the plan by its hash, every step with its status and sentence, who approved, what was
// measured. Instants are milliseconds since the epoch, as everywhere in the API.
import { isPending } from '../estate.ts';
import type { View } from '../kernel.ts';
import type { Measurement } from '../objective/measurement.ts';
import { rtoOfRun } from '../objective/target.ts';
import type { Approval } from '../runbook/approval.ts';
import type { Drill, Incident, Run } from '../state.ts';
import type { Instant, Json } from '../values.ts';
import { sentenceOfRun } from './run-why.ts';

export type StepView = {
  readonly step: string;
  readonly uses: string;
  /** What the step does, as the operator approved it. */
  readonly sentence: string;
  readonly needs: readonly string[];
  readonly status: string;
  /** What happened to it last. */
  readonly because: string;
  readonly attempts: number;
  readonly startedAt?: Instant;
  readonly endedAt?: Instant;
  readonly tookMs?: number;
  readonly outputs: Json;
};
export type RunView = {
  readonly run: string;
  readonly workload: string;
  readonly mode: string;
  readonly status: string;
  readonly outcome?: string;
  readonly because: string;
  readonly reasons: readonly string[];
  readonly plan: {
    readonly hash: string;
    readonly runbook: string;
    readonly from: string;
    readonly to: string;
    readonly leave?: string;
  };
  readonly incident?: string;
  readonly drill?: string;
  readonly requestedBy: string;
  readonly approvals: { readonly needed: number; readonly given: readonly Approval[] };
  /** What it does or waits for now, in one sentence. */
  readonly now: string;
  readonly parent?: string;
  readonly paused?: { readonly by: string; readonly reason: string; readonly until: Instant };
  /** Steps that go on in their ungraceful variant. */
  readonly ungraceful?: readonly string[];
  readonly fencing: string;
  readonly openedAt: Instant;
  readonly startedAt?: Instant;
  readonly executedAt?: Instant;
  readonly closedAt?: Instant;
  readonly steps: readonly StepView[];
  /** Of the loss that it treats. */
  readonly rtoMs?: number;
  readonly rpoMs?: number;
  readonly measurement?: Measurement;
};

export function runView(view: View, run: Readonly<Run>): RunView {
  const tier = view.tierOf(run.workload);
  const rtoMs = rtoOfRun(view, run);
  return {
    run: run.id,
    workload: run.workload,
    mode: run.mode,
    status: run.status,
    ...(run.outcome === undefined ? {} : { outcome: run.outcome }),
    because: run.outcomeBecause === '' ? run.because : run.outcomeBecause,
    reasons: run.reasons,
    plan: {
      hash: run.hash,
      runbook: run.plan.runbook,
      from: run.plan.from,
      to: run.plan.to,
      ...(run.plan.leave === undefined ? {} : { leave: run.plan.leave }),
      ...(run.plan.byHand === undefined ? {} : { byHand: run.plan.byHand }),
    },
    ...(run.incident === undefined ? {} : { incident: run.incident }),
    ...(run.drill === undefined ? {} : { drill: run.drill }),
    requestedBy: run.requestedBy,
    approvals: { needed: run.approvalsNeeded, given: run.approvals },
    now: sentenceOfRun(view, run),
    ...(run.control.parent === undefined ? {} : { parent: run.control.parent }),
    ...(run.control.paused === undefined ? {} : { paused: run.control.paused }),
    ...(run.control.ungraceful.size === 0 ? {} : { ungraceful: [...run.control.ungraceful] }),
    fencing: run.fencing,
    openedAt: run.openedAt,
    ...(run.startedAt === undefined ? {} : { startedAt: run.startedAt }),
    ...(run.executedAt === undefined ? {} : { executedAt: run.executedAt }),
    ...(run.closedAt === undefined ? {} : { closedAt: run.closedAt }),
    steps: run.plan.steps.map((planned) => stepView(run, planned)),
    ...(rtoMs === undefined ? {} : { rtoMs }),
    ...(tier === undefined || isPending(tier, 'rpo') ? {} : { rpoMs: tier.rpoMs }),
    ...(run.measurement === undefined ? {} : { measurement: run.measurement }),
  };
}

function stepView(run: Readonly<Run>, planned: Run['plan']['steps'][number]): StepView {
  const state = run.steps.get(planned.id);
  return {
    step: planned.id,
    uses: planned.uses,
    sentence: planned.sentence,
    needs: planned.needs,
    status: state?.status ?? 'pending',
    because: state?.because ?? '',
    attempts: state?.attempt ?? 0,
    ...(state?.startedAt === undefined ? {} : { startedAt: state.startedAt }),
    ...(state?.endedAt === undefined ? {} : { endedAt: state.endedAt }),
    ...(state?.startedAt === undefined || state.endedAt === undefined ? {} : { tookMs: state.endedAt - state.startedAt }),
    outputs: state?.outputs ?? null,
  };
}

export type IncidentView = Omit<
  Incident,
  'workloads' | 'replica' | 'drill' | 'treated' | 'shadowed' | 'withheld' | 'closedAt' | 'closedBecause'
> & {
  readonly workloads: readonly string[];
  readonly replica?: string;
  readonly drill?: string;
  readonly closedAt?: Instant;
  readonly closedBecause?: string;
  readonly treated: readonly string[];
  readonly shadowed: readonly string[];
  readonly withheld: readonly { readonly workload: string; readonly guard: string; readonly because: string }[];
};
export function incidentView(incident: Readonly<Incident>): IncidentView {
  const { workloads, replica, drill, closedAt, closedBecause, treated, shadowed, withheld, ...rest } = incident;
  return {
    ...rest,
    workloads: [...workloads],
    ...(replica === undefined ? {} : { replica }),
    ...(drill === undefined ? {} : { drill }),
    ...(closedAt === undefined ? {} : { closedAt }),
    ...(closedBecause === undefined ? {} : { closedBecause }),
    treated: [...treated],
    shadowed: [...shadowed],
    withheld: [...withheld].map(([workload, each]) => ({ workload, ...each })),
  };
}

export type DrillView = {
  readonly drill: string;
  readonly gameday: string;
  readonly workload: string;
  readonly by: string;
  readonly openedAt: Instant;
  readonly phase: string;
  readonly phaseAt: Instant;
  readonly gates: Drill['gates'];
  readonly faults: readonly {
    readonly fault: string;
    readonly what: string;
    readonly status: string;
    readonly bitten: boolean;
    readonly because: string;
  }[];
  readonly expectations: Drill['expectations'];
  readonly run?: string;
  readonly failback?: string;
  readonly verdict?: string;
  readonly because: string;
  readonly closedAt?: Instant;
};
export function drillView(drill: Readonly<Drill>): DrillView {
  return {
    drill: drill.id,
    gameday: drill.gameday,
    workload: drill.workload,
    by: drill.by,
    openedAt: drill.openedAt,
    phase: drill.phase,
    phaseAt: drill.phaseAt,
    gates: drill.gates,
    faults: [...drill.faults.values()].map(({ id, what = id, status, bitten, because }) => ({ fault: id, what, status, bitten, because })),
    expectations: drill.expectations,
    ...(drill.run === undefined ? {} : { run: drill.run }),
    ...(drill.failback === undefined ? {} : { failback: drill.failback }),
    ...(drill.verdict === undefined ? {} : { verdict: drill.verdict }),
    because: drill.verdictBecause === '' ? (drill.stopping?.because ?? '') : drill.verdictBecause,
    ...(drill.closedAt === undefined ? {} : { closedAt: drill.closedAt }),
  };
}
