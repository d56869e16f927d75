// Everything that can be true for ever: past-tense facts. Add, never change; `journal/upcast.ts` reads the old ones.
import type { DecisionData } from './decision/decision-events.ts';
import type { DiagnosisKind, FenceKind, Mode } from './estate.ts';
import type { Observed, Outcome } from './outcome.ts';
import type { RunControlData } from './runbook/control-events.ts';
import type { Plan } from './runbook/plan.ts';
import type { Measurement } from './objective/measurement.ts';
import type { DrillPhase, DrillVerdict } from './gameday/phases.ts';
import type { DrillId, Hash, IncidentId, Instant, RunId, SiteId, StepId, VantageId, WorkloadId } from './values.ts';

export interface EventData extends RunControlData, DecisionData {
  // the log itself
  EpochBegan: { readonly controller: string; readonly version: string; readonly lastSeq: number; readonly lastHash: Hash };
  /** The estate's canonical text is kept as a blob of this hash. */
  EstateDeclared: { readonly estate: Hash; readonly workloads: number };

  // what is seen
  VerdictChanged: { readonly target: string; readonly vantage: VantageId; readonly verdict: 'up' | 'down'; readonly because: string };
  /** Impact began at `lastGoodAt`: the last good answer on this population's path. */
  UsersPathFailed: { readonly workload: WorkloadId; readonly population: string; readonly lastGoodAt: Instant; readonly because: string };
  UsersPathRestored: {
    readonly workload: WorkloadId;
    readonly population: string;
    readonly firstGoodAt: Instant;
    readonly timeline: number;
  };
  IncidentOpened: {
    readonly incident: IncidentId;
    readonly diagnosis: DiagnosisKind;
    readonly site: SiteId;
    /** Only in journals of 0.1: the concerned workloads, listed. */
    readonly workloads?: readonly WorkloadId[];
    /** How many workloads it concerns, and the estate from which the list follows: every one with a target at or under `site`. */
    readonly workloadCount?: number;
    readonly estate?: Hash;
    /** A dead replica concerns its own workload alone. */
    readonly workload?: WorkloadId;
    readonly replica?: string;
    readonly sentence: string;
    /** Who convicts, by name: of very many the first, and the sentence says how many there are. */
    readonly vantages: readonly VantageId[];
    /** The drill whose fault this is, when it lies inside the fault domain that the drill took away. */
    readonly drill?: DrillId;
  };
  IncidentClosed: { readonly incident: IncidentId; readonly because: string };
  RoleChanged: { readonly workload: WorkloadId; readonly primary: string; readonly run?: RunId; readonly because: string };

  // decisions
  ActionWithheld: { readonly incident: IncidentId; readonly workload: WorkloadId; readonly guard: string; readonly because: string };
  RunOpened: {
    readonly run: RunId;
    readonly workload: WorkloadId;
    readonly mode: Mode;
    readonly plan: Hash;
    readonly incident?: IncidentId;
    readonly drill?: DrillId;
    readonly because: string;
    readonly reasons: readonly string[];
    readonly approvalsNeeded: number;
    /** The guards that ask for them, and why. */
    readonly asks?: readonly string[];
    /** The resources that it changes: nothing else touches them until it has sent all that it has to send. */
    readonly locks?: readonly string[];
    /** The run that was superseded by this one. */
    readonly parent?: RunId;
    /** The reference of the record of this deviation, where people chose the runbook by hand. */
    readonly record?: string;
  };
  /** The whole plan, so that the journal alone says what was approved; its hash is over these canonical bytes. */
  PlanCompiled: { readonly run: RunId; readonly hash: Hash; readonly plan: Plan };
  ApprovalGiven: {
    readonly run: RunId;
    readonly plan: Hash;
    readonly by: string;
    readonly comment?: string;
    /** The most loss, in milliseconds of writes, that it accepts; the tier's RPO when it names none. */
    readonly maxLossMs?: number;
    /** What was predicted when it was given. */
    readonly predictedLossMs?: number;
    /** Nobody could predict the loss when it was given. */
    readonly acceptsUnknownLoss?: true;
    /** Given alone, by the tier's emergency rule. */
    readonly emergency?: { readonly role: string; readonly reason: string };
    /** The reference of the record of this deviation, when it was given alone. */
    readonly record?: string;
  };
  /** Every approval is in: the approve phase ends here. */
  RunStarted: { readonly run: RunId };
  LookedAgain: { readonly run: RunId; readonly step: StepId; readonly holds: boolean; readonly sentence: string };
  FenceStated: { readonly run: RunId; readonly step: StepId; readonly fence: FenceKind; readonly sentence: string };

  // steps
  StepStarted: {
    readonly run: RunId;
    readonly step: StepId;
    readonly attempt: number;
    readonly uses: string;
    /** The step's input with every expression resolved, as the provider gets it. */
    readonly with: Plan['steps'][number]['with'];
    readonly token: string;
    readonly deadline: Instant;
    readonly variant?: 'ungraceful';
  };
  StepAnswered: { readonly run: RunId; readonly step: StepId; readonly attempt: number; readonly outcome: Outcome };
  StepObserving: {
    readonly run: RunId;
    readonly step: StepId;
    readonly attempt: number;
    readonly look: number;
    readonly deadline: Instant;
  };
  StepObserved: {
    readonly run: RunId;
    readonly step: StepId;
    readonly attempt: number;
    readonly look: number;
    readonly observed: Observed;
  };
  StepSkipped: {
    readonly run: RunId;
    readonly step: StepId;
    readonly because: string;
    /** The person who decided to do without it; absent where the plan says so. */
    readonly by?: string;
    /** The reference of the record of this deviation. */
    readonly record?: string;
    /** Steps that use its outputs, which will not be there. */
    readonly wantedBy?: readonly StepId[];
  };
  StepFailed: { readonly run: RunId; readonly step: StepId; readonly code: string; readonly because: string };

  // the end of a run
  RunExecuted: { readonly run: RunId; readonly outcome: 'succeeded' | 'failed' | 'cancelled'; readonly because: string };
  LedgerRequested: { readonly run: RunId; readonly workload: WorkloadId; readonly population: string; readonly from: Instant };
  /** What one population's canary client wrote and could read back; its samples are kept as a blob of this hash. */
  LedgerReceived: {
    readonly run: RunId;
    readonly population: string;
    readonly samples: Hash;
    readonly measurement: Measurement;
    /** By which rules it was measured (`objective/measure.ts`); absent in journals from before there was a second. */
    readonly rule?: number;
  };
  RunMeasured: { readonly run: RunId; readonly measurement: Measurement; readonly provisional: boolean };
  RunClosed: {
    readonly run: RunId;
    /** `superseded`: the situation changed before the writer was touched, and another plan was wanted. */
    readonly outcome: 'succeeded' | 'failed' | 'cancelled' | 'superseded';
    readonly fencing: FenceKind | 'none';
    readonly events: number;
    readonly because: string;
  };

  // game days
  ScheduleMissed: { readonly gameday: string; readonly dueAt: Instant; readonly because: string };
  DrillOpened: { readonly drill: DrillId; readonly gameday: string; readonly workload: WorkloadId };
  DrillPhaseEntered: { readonly drill: DrillId; readonly phase: DrillPhase };
  GateChecked: { readonly drill: DrillId; readonly gate: string; readonly holds: boolean };
  /**
   * Written before the injector is called; what undoes the fault is in it. `what`, here and below: the fault in words, what it does to
   * which site; absent in journals from before it was told.
   */
  FaultIntended: {
    readonly drill: DrillId;
    readonly fault: string;
    readonly what?: string;
    readonly token: string;
    readonly expiresAt: Instant;
    readonly deadline: Instant;
  };
  FaultAnswered: { readonly drill: DrillId; readonly fault: string; readonly what?: string; readonly outcome: Outcome };
  FaultBit: { readonly drill: DrillId; readonly fault: string; readonly what?: string; readonly because: string };
  FaultReverting: {
    readonly drill: DrillId;
    readonly fault: string;
    readonly what?: string;
    readonly attempt: number;
    readonly deadline: Instant;
  };
  FaultReverted: {
    readonly drill: DrillId;
    readonly fault: string;
    readonly what?: string;
    readonly attempt: number;
    readonly outcome: Outcome;
  };
  FaultChecking: {
    readonly drill: DrillId;
    readonly fault: string;
    readonly what?: string;
    readonly look: number;
    readonly deadline: Instant;
  };
  FaultChecked: {
    readonly drill: DrillId;
    readonly fault: string;
    readonly what?: string;
    readonly look: number;
    readonly observed: Observed;
  };
  DrillStopping: { readonly drill: DrillId; readonly verdict: DrillVerdict; readonly because: string };
  ExpectationChecked: { readonly drill: DrillId; readonly expectation: string; readonly holds: boolean };
  DrillClosed: { readonly drill: DrillId; readonly verdict: DrillVerdict; readonly because: string; readonly runs: readonly RunId[] };
}
export type EventType = keyof EventData;
export type Event = { readonly [T in EventType]: { readonly type: T; readonly data: EventData[T] } }[EventType];
export type EventOf<T extends EventType> = Extract<Event, { readonly type: T }>;
