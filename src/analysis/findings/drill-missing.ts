// A runbook that nobody practises.
import type { Estate, Workload } from '../../core/estate.ts';
import type { Finding } from '../finding.ts';

export const drillMissing: Finding = {
  code: 'DRILL_MISSING',
  severity: 'warning',
  means: 'No game day practises a runbook that a workload relies on.',
  why: 'What is not practised does not work: certificates end, quotas fill, people change. A runbook that runs for the first time in an emergency is a plan on paper.',
  fix: 'Declare a game day for the diagnosis (or the switchover), with gates and aborts, and start it in the lab.',
  example: `kind: GameDay
metadata: { name: zone-loss }
spec: { workload: ehr, practises: fault, diagnosis: ZoneLost }`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads))
      for (const { runbook, pointer, what } of usesOf(workload)) {
        if (practising(estate, workload, runbook).length > 0) continue;
        yield {
          at: { kind: 'Workload', name: workload.id, pointer },
          sentence: `no game day practises ${what}`,
          evidence: [`runbook ${runbook}`],
          remedy:
            what === 'the switchover' ? 'declare a GameDay with `practises: switchover`' : `declare a GameDay with \`diagnosis: ${what}\``,
        };
      }
  },
};

/** Each runbook once, where it is first named: a drill that practises it does so for every diagnosis that it treats. */
export function usesOf({ runbooks }: Workload): readonly { readonly runbook: string; readonly pointer: string; readonly what: string }[] {
  const uses = [
    ...Object.entries(runbooks.onDiagnosis).map(([what, runbook]) => ({ runbook, pointer: `/spec/runbooks/onDiagnosis/${what}`, what })),
    ...(runbooks.switchover === undefined
      ? []
      : [{ runbook: runbooks.switchover, pointer: '/spec/runbooks/switchover', what: 'the switchover' }]),
  ];
  return uses.filter((each, index) => uses.findIndex((other) => other.runbook === each.runbook) === index);
}
/** The game days in which this workload runs that runbook. */
export const practising = (estate: Estate, workload: Workload, runbook: string): readonly Estate['gamedays'][string][] =>
  Object.values(estate.gamedays).filter(
    ({ workload: on, practises }) =>
      on === workload.id &&
      (practises.kind === 'switchover' ? workload.runbooks.switchover : workload.runbooks.onDiagnosis[practises.diagnosis]) === runbook,
  );
