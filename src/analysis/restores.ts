// Which workloads come back from a backup: by what their tier has ready, or by a runbook that restores.
import { declaredAs, type Estate, type StepSpec, type Workload } from '../core/estate.ts';
import { boundTo, type Bound } from './bound.ts';

/** Why it comes back from a backup when it is lost, in words; undefined where it does not. */
export function restoredBecause(estate: Estate, workload: Workload): string | undefined {
  const strategy = declaredAs(estate.tiers, workload.tier)?.strategy;
  if (strategy === 'backup-restore' && workload.replication.length === 0)
    return `tier ${workload.tier} is ${strategy}, and no replication is declared`;
  return restoringIn(estate, boundTo({ runbooks: { ...workload.runbooks, byHand: {} } }));
}

/** Why people may bring it back from one, by a runbook that only they choose. */
export const restorableBecause = (estate: Estate, { runbooks }: Workload): string | undefined =>
  restoringIn(estate, boundTo({ runbooks: { onDiagnosis: {}, byHand: runbooks.byHand ?? {} } }));

function restoringIn(estate: Estate, runbooks: readonly Bound[]): string | undefined {
  for (const { runbook } of runbooks) {
    const step = declaredAs(estate.runbooks, runbook)?.steps.find(restores);
    if (step !== undefined) return `step ${step.id} of runbook ${runbook} restores`;
  }
  return undefined;
}

/** A general call of an operation such as `RestoreDBClusterToPointInTime` or `StartRestoreJob`. */
function restores({ with: input }: StepSpec): boolean {
  const operation = typeof input === 'object' && input !== null && 'operation' in input ? input['operation'] : undefined;
  return typeof operation === 'string' && /restore/i.test(operation);
}
