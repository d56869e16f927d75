// A runbook that nobody practises.
import type { Finding } from '../finding.ts';
import { practising, usesOf } from '../practice.ts';

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
