// A runbook compiled with the inventory: nothing left to choose. What people approve is its hash.
import type { Effect } from '../catalogue.ts';
import type { Mode } from '../estate.ts';
import type { Json, SiteId, StepId, WorkloadId } from '../values.ts';

export type PlannedStep = {
  readonly id: StepId;
  readonly uses: string;
  /** Resolved, but for expressions over `steps.<id>.outputs`, which are resolved when the step starts. */
  readonly with: Json;
  readonly needs: readonly StepId[];
  readonly when?: string;
  readonly timeoutMs: number;
  /** Attempts after the first; each needs a proof that the one before did not take effect. */
  readonly retries: number;
  readonly expectMs: number;
  readonly settleMs: number;
  readonly effect: Effect;
  readonly mayLoseData: boolean;
  /** What an operator reads. */
  readonly sentence: string;
};
export type Plan = {
  readonly workload: WorkloadId;
  readonly mode: Mode;
  readonly runbook: string;
  /** Replica names: the one that loses the writer's role and the one that gets it; the same for a move inside a replica. */
  readonly from: string;
  readonly to: string;
  /** The fault domain to leave; absent in a planned move. */
  readonly leave?: SiteId;
  readonly steps: readonly PlannedStep[];
};
