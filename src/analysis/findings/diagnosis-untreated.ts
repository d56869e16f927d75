// A loss that the tier says is survived, and nothing that treats it.
import { demandedOf } from '../demanded.ts';
import type { Finding } from '../finding.ts';

export const diagnosisUntreated: Finding = {
  code: 'DIAGNOSIS_UNTREATED',
  severity: 'warning',
  means: 'The tier demands several regions or zones, and no runbook treats the loss of one.',
  why: 'A second region that nobody switches to is cost without safety: Resus finds the loss, has no runbook, and says so while users wait.',
  fix: 'Name a runbook for that diagnosis in `runbooks.onDiagnosis`.',
  example: `runbooks: { onDiagnosis: { ZoneLost: ehr-zone-failover, RegionLost: ehr-region-failover } }`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads)) {
      for (const { diagnosis, what } of demandedOf(estate, workload))
        if (workload.runbooks.onDiagnosis[diagnosis] === undefined)
          yield {
            at: { kind: 'Workload', name: workload.id, pointer: '/spec/runbooks/onDiagnosis' },
            sentence: `no runbook treats ${diagnosis}`,
            evidence: [`tier ${workload.tier} demands ${what}`],
            remedy: `add \`${diagnosis}\` to \`runbooks.onDiagnosis\``,
          };
    }
  },
};
