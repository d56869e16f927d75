// A runbook that nobody practises.
import { declaredAs, type Estate, type Workload } from '../../core/estate.ts';
import { boundTo, type Bound } from '../bound.ts';
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
          sentence: `no game day practises ${what === 'switchover' ? 'the switchover' : what}`,
          evidence: [`runbook ${runbook}`],
          remedy:
            what === 'switchover' ? 'declare a GameDay with `practises: switchover`' : `declare a GameDay with \`diagnosis: ${what}\``,
        };
      }
  },
};

/** Each runbook once, where it is first named: a drill that practises it does so for every diagnosis that it treats. The way home is practised with it. */
export function usesOf(workload: Workload): readonly Bound[] {
  const uses = boundTo(workload).filter(({ what }) => what !== 'failback' && !what.startsWith('byHand.'));
  return uses.filter((each, index) => uses.findIndex((other) => other.runbook === each.runbook) === index);
}
/** The runbook that a game day of this workload runs. */
export const runbookOf = (
  practises: Estate['gamedays'][string]['practises'],
  { runbooks }: Pick<Workload, 'runbooks'>,
): string | undefined =>
  practises.kind === 'switchover'
    ? runbooks.switchover
    : practises.kind === 'by-hand'
      ? declaredAs(runbooks.byHand, practises.runbook)
      : runbooks.onDiagnosis[practises.diagnosis];
/** The game days in which this workload runs that runbook. */
export const practising = (estate: Estate, workload: Workload, runbook: string): readonly Estate['gamedays'][string][] =>
  Object.values(estate.gamedays).filter(({ workload: on, practises }) => on === workload.id && runbookOf(practises, workload) === runbook);
