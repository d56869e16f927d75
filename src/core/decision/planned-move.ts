// The move that a person asks for, between two replicas: may the data be there, and which runbook serves the mode. A controller and a
// command without one choose alike, so that both compile the same plan.
import { refusal, type Refusal } from '../errors.ts';
import type { Estate, Mode, Replica, Workload } from '../estate.ts';
import type { Move } from '../runbook/compile.ts';
import type { Result } from '../values.ts';
import { residencyOf } from './residency.ts';

type Asked = { readonly workload: Workload; readonly mode: Mode; readonly from: Replica; readonly to: Replica };

/** Where a workload names the runbook of a mode: what people order as a failover is the treatment of the widest loss. */
const keyOf: Readonly<Record<Mode, string>> = {
  failover: 'onDiagnosis.RegionLost',
  switchover: 'switchover',
  failback: 'failback',
};

export function plannedMove(estate: Estate | undefined, { workload, mode, from, to }: Asked): Result<Move, Refusal> {
  const { id, runbooks } = workload;
  const residency = residencyOf(estate, workload, to);
  if (residency.kind === 'outside')
    return refusal(
      'OUTSIDE_RESIDENCY',
      `The data of ${id} may not be there: ${residency.because}.`,
      'Allow it in `residency` of the workload, if the law does.',
    );
  const runbook =
    mode === 'failover'
      ? runbooks.onDiagnosis.RegionLost
      : mode === 'failback'
        ? (runbooks.failback ?? runbooks.switchover)
        : runbooks.switchover;
  if (runbook === undefined)
    return refusal('NO_RUNBOOK', `${id} names no runbook for ${mode}.`, `Add \`runbooks.${keyOf[mode]}\` to the workload.`);
  return { ok: true, value: { workload, mode, runbook, from, to, ...(mode === 'failover' ? { leave: from.site } : {}) } };
}
