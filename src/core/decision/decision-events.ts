// The facts of people's control over what is decided: everything, one workload, one incident. Part of `EventData`: past tense, bounded,
// never changed.
import type { DrillId, Hash, IncidentId, Instant, RunId, WorkloadId } from '../values.ts';

export type DecisionData = {
  /**
   * An estate that would change the ground under what is open; its text is kept as a blob. It comes into force, with its own `EstateDeclared`,
   * when that has closed, unless another takes its place. Names a run or else a game day; there may be others.
   */
  EstateDeferred: {
    readonly estate: Hash;
    readonly workloads: number;
    readonly run?: RunId;
    readonly drill?: DrillId;
    readonly because: string;
  };
  /** Nothing new is started anywhere until `ActingReleased`; what is under way is observed. */
  ActingStopped: { readonly by: string; readonly reason: string };
  ActingReleased: { readonly by: string; readonly reason?: string };
  /** Automatic failover of the workload is withheld until `until`. A second one takes the place of the first. */
  MaintenanceBegan: { readonly workload: WorkloadId; readonly by: string; readonly reason: string; readonly until: Instant };
  /** `by` is absent when its time was over. */
  MaintenanceEnded: { readonly workload: WorkloadId; readonly by?: string; readonly because: string };
  /** Neither an earlier run nor its cooldown keeps another from opening: for one workload, or for all that the incident concerns. */
  IncidentAcknowledged: { readonly incident: IncidentId; readonly workload?: WorkloadId; readonly by: string; readonly reason: string };
  /** In shadow: every guard but the level of automation said go, and this plan would have been opened. Once for an incident and workload. */
  WouldHaveActed: {
    readonly incident: IncidentId;
    readonly workload: WorkloadId;
    readonly plan: Hash;
    readonly runbook: string;
    readonly from: string;
    readonly to: string;
    readonly reasons: readonly string[];
    /** For what people would have been asked. */
    readonly asks: readonly string[];
  };
};
