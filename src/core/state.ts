// What the journal says, folded. Only `evolve` changes it, in place; everybody else gets the read-only `Known`.
import type { Catalogue } from './catalogue.ts';
import type { DiagnosisKind, Estate, FenceKind, GameDay, Mode } from './estate.ts';
import type { EventData } from './event.ts';
import type { DrillPhase, DrillVerdict } from './gameday/phases.ts';
import type { Measurement } from './objective/measurement.ts';
import type { Approval } from './runbook/approval.ts';
import type { Control } from './runbook/control.ts';
import type { Plan } from './runbook/plan.ts';
import type { StepState } from './runbook/transitions.ts';
import type { Doubts } from './detection/doubt.ts';
import type { Targets } from './detection/targets.ts';
import type { DrillId, Floor, Hash, IncidentId, Instant, Json, RunId, SiteId, VantageId, WorkloadId } from './values.ts';

/** What does not come from the journal: how real the ground is, what actions are, the estates by their hash. */
export type Facts = {
  readonly floor: Floor;
  readonly catalogue: Catalogue;
  readonly estates: { get(hash: Hash): Estate | undefined };
  /** SHA-256 over the canonical bytes of a value. */
  digest(value: Json): Hash;
};

/** Who holds something, why and since when. */
export type Held = { readonly by: string; readonly reason: string; readonly at: Instant };
export type WorkloadState = {
  readonly id: WorkloadId;
  primary: string;
  /** Since when it is, as far as the journal knows; 0 while it is the declared one. */
  roleChangedAt: Instant;
  /** A run has told so; the provider says that it promoted. */
  isRoleOfRun: boolean;
  /** The open ones that concern it. */
  readonly incidents: Set<IncidentId>;
  runs: number;
  openRun: RunId | undefined;
  /** The last run that sent anything, unless somebody acknowledged what it was for: the cooldown counts from here. */
  lastRunClosedAt: Instant | undefined;
  /** While it lasts nothing is done about the workload without a person. */
  maintenance: (Held & { readonly until: Instant }) | undefined;
  /** The last run that closed because another plan was wanted, until that one opens. */
  superseded: RunId | undefined;
  /** By population: impact that has not ended. */
  readonly failing: Map<string, { readonly since: Instant; readonly because: string }>;
  readonly restored: Map<string, { readonly at: Instant; readonly timeline: number }>;
};
export type Incident = {
  readonly incident: IncidentId;
  readonly diagnosis: DiagnosisKind;
  readonly site: SiteId;
  /** Found from the estate when it opened; a workload that is declared later is not in it. */
  readonly workloads: ReadonlySet<WorkloadId>;
  readonly replica: string | undefined;
  readonly sentence: string;
  readonly vantages: readonly VantageId[];
  readonly drill: DrillId | undefined;
  readonly openedAt: Instant;
  closedAt: Instant | undefined;
  closedBecause: string | undefined;
  /** A run that closed has treated it: only recovery, cooldown or an acknowledgement lets another open. */
  readonly treated: Set<WorkloadId>;
  /** It was said what would have been done. */
  readonly shadowed: Set<WorkloadId>;
  /** The last reason why nothing was done, by workload. */
  readonly withheld: Map<WorkloadId, { readonly guard: string; readonly because: string }>;
};
export type RunStatus = 'awaiting-approval' | 'running' | 'executed' | 'measuring' | 'closed';
export type Run = {
  readonly id: RunId;
  readonly workload: WorkloadId;
  readonly mode: Mode;
  readonly hash: Hash;
  plan: Plan;
  readonly incident: IncidentId | undefined;
  readonly drill: DrillId | undefined;
  readonly because: string;
  readonly reasons: readonly string[];
  readonly approvalsNeeded: number;
  /** Why they are needed, as the guards said when it opened; empty for a run that somebody asked for. */
  readonly asks: readonly string[];
  readonly requestedBy: string;
  readonly openedAt: Instant;
  status: RunStatus;
  readonly approvals: Approval[];
  /** The resources that it changes, which no other run may touch meanwhile. */
  readonly locks: readonly string[];
  /** What people asked of it while it was under way. */
  readonly control: Control;
  startedAt: Instant | undefined;
  readonly steps: Map<string, StepState>;
  readonly lookedAgain: Map<string, boolean>;
  fencing: FenceKind | 'none';
  executedAt: Instant | undefined;
  /** It was said that its promotion holds: once, because others may change the role after that. */
  isRoleTold: boolean;
  outcome: EventData['RunClosed']['outcome'] | undefined;
  outcomeBecause: string;
  /** When the impact began that was there when the run opened; when it opened, if there was none. People may open a run late. */
  readonly impactSince: Instant;
  ledgerRequestedAt: Instant | undefined;
  /** Where the canary clients start reading back, by population. */
  readonly ledgersWanted: Map<string, Instant>;
  readonly ledgers: Map<string, Measurement>;
  measurement: Measurement | undefined;
  closedAt: Instant | undefined;
  events: number;
};
export type FaultState = {
  readonly id: string;
  /** In words; undefined when the journal that began it told none. */
  readonly what: string | undefined;
  token: string;
  expiresAt: Instant;
  status: 'intended' | 'standing' | 'unsure' | 'refused' | 'reverting' | 'reverted' | 'checking' | 'gone';
  bitten: boolean;
  because: string;
  epoch: number;
  attempt: number;
  look: number;
  /** Looks at which it still stood, or nobody could say, since it was last asked to end. */
  looksInVain: number;
  deadline: Instant;
  nextAt: Instant;
};
export type Drill = {
  readonly id: DrillId;
  readonly gameday: string;
  readonly workload: WorkloadId;
  /** As declared when it opened: a change of the file does not change a drill that runs. */
  readonly spec: GameDay;
  readonly by: string;
  readonly openedAt: Instant;
  phase: DrillPhase;
  phaseAt: Instant;
  readonly faults: Map<string, FaultState>;
  readonly gates: { readonly gate: string; readonly holds: boolean }[];
  readonly expectations: { readonly expectation: string; readonly holds: boolean }[];
  run: RunId | undefined;
  failback: RunId | undefined;
  stopping: { readonly verdict: DrillVerdict; readonly because: string } | undefined;
  verdict: DrillVerdict | undefined;
  verdictBecause: string;
  closedAt: Instant | undefined;
};

export type State = {
  /** While it stands nothing new is started. */
  stopped: Held | undefined;
  epoch: number;
  epochBeganAt: Instant;
  controller: string;
  estateHash: Hash | undefined;
  estate: Estate | undefined;
  targets: Targets | undefined;
  /** Declared, and in force when what it would change the ground under has closed. */
  waitingEstate: { readonly estate: Hash; readonly workloads: number } | undefined;
  readonly verdicts: Map<string, Map<string, 'up' | 'down'>>;
  /** Follows from the verdicts. */
  readonly doubts: Doubts['doubts'];
  readonly accused: Doubts['accused'];
  readonly workloads: Map<WorkloadId, WorkloadState>;
  /** Not declared any more, as they were then: one that is declared again goes on from there. */
  readonly undeclared: Map<WorkloadId, WorkloadState>;
  readonly incidents: Map<IncidentId, Incident>;
  readonly openIncidents: Set<IncidentId>;
  readonly runs: Map<RunId, Run>;
  readonly openRuns: Set<RunId>;
  /** Which run holds a resource. */
  readonly held: Map<string, RunId>;
  /** When the machine last opened a run without a person, by incident; the newest last, and only the last thousand. */
  readonly automatic: Map<IncidentId, Instant>;
  readonly drills: Map<DrillId, Drill>;
  openDrill: DrillId | undefined;
  readonly missed: { readonly gameday: string; readonly dueAt: Instant; readonly because: string }[];
  readonly counts: Map<string, number>;
};
/** The same, for readers: neither the fields nor the maps can be changed through it. */
export type Known = Readonly<{
  [K in keyof State]: State[K] extends Map<infer A, infer B>
    ? ReadonlyMap<A, B extends string | number ? B : Readonly<B>>
    : State[K] extends Set<infer C>
      ? ReadonlySet<C>
      : State[K];
}>;

export const newState = (): State => ({
  stopped: undefined,
  epoch: 0,
  epochBeganAt: 0 as Instant,
  controller: '',
  estateHash: undefined,
  estate: undefined,
  targets: undefined,
  waitingEstate: undefined,
  verdicts: new Map(),
  doubts: new Map(),
  accused: new Map(),
  workloads: new Map(),
  undeclared: new Map(),
  incidents: new Map(),
  openIncidents: new Set(),
  runs: new Map(),
  openRuns: new Set(),
  held: new Map(),
  automatic: new Map(),
  drills: new Map(),
  openDrill: undefined,
  missed: [],
  counts: new Map(),
});
