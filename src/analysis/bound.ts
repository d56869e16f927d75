// The runbooks that a workload names, and where it names them.
import { diagnosisKinds, type Workload } from '../core/estate.ts';

/** `what` is a diagnosis, `switchover`, `failback`, or `byHand.NAME` of what people choose. */
export type Bound = { readonly what: string; readonly runbook: string; readonly pointer: string };

/** Diagnoses first; a runbook that is named twice is there twice. */
export function boundTo({ runbooks }: Pick<Workload, 'runbooks'>): readonly Bound[] {
  const { onDiagnosis, switchover, failback, byHand = {} } = runbooks;
  return [
    ...diagnosisKinds.map((what) => ({ what, runbook: onDiagnosis[what], pointer: `/spec/runbooks/onDiagnosis/${what}` })),
    { what: 'switchover', runbook: switchover, pointer: '/spec/runbooks/switchover' },
    { what: 'failback', runbook: failback, pointer: '/spec/runbooks/failback' },
    ...Object.entries(byHand).map(([name, runbook]) => ({ what: `byHand.${name}`, runbook, pointer: `/spec/runbooks/byHand/${name}` })),
  ].flatMap(({ runbook, ...each }) => (runbook === undefined ? [] : [{ runbook, ...each }]));
}
