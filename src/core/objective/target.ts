// Which RTO a recovery is judged by. A tier may promise more of a narrow loss than of a wide one; what it promises of no loss in particular,
// and every move that no diagnosis ordered, is held to its general RTO.
import { scopeOf } from '../decision/scope.ts';
import { isPending, type DiagnosisKind, type Loss, type Tier } from '../estate.ts';
import type { View } from '../kernel.ts';
import type { Plan } from '../runbook/plan.ts';
import type { Run } from '../state.ts';

type Targets = Pick<Tier, 'rtoMs' | 'pending' | 'byLoss'>;

/** Milliseconds; undefined while nobody has decided it. Without a diagnosis the general one. */
export function rtoOf(tier: Targets, diagnosis?: DiagnosisKind): number | undefined {
  const loss = ownLossOf(tier, diagnosis);
  const own = loss === undefined ? undefined : tier.byLoss?.[loss]?.rtoMs;
  return own ?? (isPending(tier, 'rto') ? undefined : tier.rtoMs);
}
/** The loss whose own target holds; undefined where the general one does. */
export function ownLossOf({ byLoss }: Pick<Targets, 'byLoss'>, diagnosis: DiagnosisKind | undefined): Loss | undefined {
  const loss = diagnosis === undefined ? undefined : scopeOf[diagnosis];
  return loss === undefined || byLoss?.[loss] === undefined ? undefined : loss;
}

/** What a failover treats. Where no incident ordered it, people did: for the widest loss, or, by a runbook of their choice, for none that is known. */
export function treats(
  { mode, byHand, from, to }: Pick<Plan, 'mode' | 'byHand' | 'from' | 'to'>,
  diagnosed?: DiagnosisKind,
): DiagnosisKind | undefined {
  if (mode !== 'failover') return undefined;
  if (diagnosed !== undefined) return diagnosed;
  return byHand === undefined ? lossBetween({ from, to }) : undefined;
}
/** By where it goes: one inside a replica leaves a zone, any other the region. */
export const lossBetween = ({ from, to }: Pick<Plan, 'from' | 'to'>): DiagnosisKind => (from === to ? 'ZoneLost' : 'RegionLost');

/** As `rtoOf`, for the loss that this run treats; undefined also where its workload is no longer declared. */
export function rtoOfRun(view: View, run: Readonly<Run>): number | undefined {
  const tier = view.tierOf(run.workload);
  const incident = run.incident === undefined ? undefined : view.known.incidents.get(run.incident);
  return tier === undefined ? undefined : rtoOf(tier, treats(run.plan, incident?.diagnosis));
}
