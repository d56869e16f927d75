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
  /** What becomes of the step when people give up on grace; absent where it is the same. */
  readonly ungraceful?: Ungraceful;
};
/** Approved with the plan, used only when a person asks for it. */
export type Ungraceful =
  | { readonly kind: 'skip' }
  | ({ readonly kind: 'replace' } & Pick<
      PlannedStep,
      'uses' | 'with' | 'timeoutMs' | 'expectMs' | 'settleMs' | 'effect' | 'mayLoseData' | 'sentence'
    >);
export type Plan = {
  readonly workload: WorkloadId;
  readonly mode: Mode;
  readonly runbook: string;
  /** Replica names: the one that loses the writer's role and the one that gets it; the same for a move inside a replica. */
  readonly from: string;
  readonly to: string;
  /** The fault domain to leave; absent in a planned move. */
  readonly leave?: SiteId;
  /** The name by which people chose the runbook (`runbooks.byHand`); absent where a diagnosis or the mode chooses it. */
  readonly byHand?: string;
  readonly steps: readonly PlannedStep[];
};

/** Names what must be so in the end: done twice, it is refused or changes nothing. A restart, or what people made of any call, may not be. */
export const isAbsolute = ({ effect }: Pick<PlannedStep, 'effect'>): boolean => effect !== 'restarts' && effect !== 'nothing';
export const changesWriter = ({ effect }: Pick<PlannedStep, 'effect'>): boolean => effect === 'fences' || promotes({ effect });
/** The runbook in words, with the name by which people chose it. */
export const saidRunbook = ({ runbook, byHand }: Pick<Plan, 'runbook' | 'byHand'>): string =>
  byHand === undefined ? runbook : `${runbook} (by hand: ${byHand})`;
/** Brings old data back where no copy is promoted: how much is lost is said by its steps, and by no lag of a copy. */
export const goesBack = ({ byHand, mode, steps }: Plan): boolean => byHand !== undefined && mode === 'failover' && !steps.some(promotes);
export const promotes = ({ effect }: Pick<PlannedStep, 'effect'>): boolean => effect === 'promotes' || effect === 'fences-and-promotes';

/** The step as it is done without grace. */
export function ungracefully(planned: PlannedStep): PlannedStep {
  if (planned.ungraceful?.kind !== 'replace') return planned;
  const { kind: _, ...instead } = planned.ungraceful;
  return { ...planned, ...instead };
}
/** The step as its last attempt did it. */
export const asDone = (planned: PlannedStep, step: { readonly isUngraceful: boolean } | undefined): PlannedStep =>
  step?.isUngraceful === true ? ungracefully(planned) : planned;
/** The step as its next attempt does it. */
export const asNext = (planned: PlannedStep, chosen: ReadonlySet<string>): PlannedStep =>
  chosen.has(planned.id) ? ungracefully(planned) : planned;
