// A loss that is said to be survived, and was never once practised.
import { demandedOf } from '../demanded.ts';
import type { Finding } from '../finding.ts';
import { quoted } from '../said.ts';
import { saidDrills } from '../practice.ts';

export const drillNeverRun: Finding = {
  code: 'DRILL_NEVER_RUN',
  severity: 'warning',
  ofPast: true,
  means: 'No drill of a loss that the tier demands to survive has ever passed. Found with `--history`.',
  why: 'A runbook that was practised for a dead replica was not practised for a lost region: other things are gone, other people are asked, and the diagnosis itself has never been made.',
  fix: 'Declare a game day with that `diagnosis`, in the lab at first, and start it (`resus drill`).',
  example: `kind: GameDay
metadata: { name: region-loss }
spec: { workload: ehr, practises: fault, diagnosis: RegionLost }`,
  *find({ estate, past }) {
    if (past?.since === undefined) return;
    for (const workload of Object.values(estate.workloads))
      for (const { diagnosis, what } of demandedOf(estate, workload)) {
        if (workload.runbooks.onDiagnosis[diagnosis] === undefined) continue;
        const days = Object.values(estate.gamedays).filter(
          ({ workload: on, practises }) => on === workload.id && practises.kind === 'fault' && practises.diagnosis === diagnosis,
        );
        const all = past.drills.filter(
          ({ workload: on, gameday, diagnoses }) =>
            on === workload.id && (diagnoses.size > 0 ? diagnoses.has(diagnosis) : days.some(({ id }) => id === gameday)),
        );
        if (all.some(({ verdict }) => verdict === 'passed')) continue;
        yield {
          at: { kind: 'Workload', name: workload.id, pointer: `/spec/runbooks/onDiagnosis/${diagnosis}` },
          sentence: `no drill of ${diagnosis} of ${quoted(workload.id)} has ever passed, and tier ${workload.tier} demands ${what}`,
          evidence: saidDrills(past, all),
          remedy:
            days[0] === undefined
              ? `declare a GameDay with \`diagnosis: ${diagnosis}\``
              : `start ${quoted(days[0].id)}: \`resus drill ${days[0].id}\``,
        };
      }
  },
};
