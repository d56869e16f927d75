// Two who heal the same thing at once.
import { zonesOf } from '../examined.ts';
import { listed, quoted } from '../said.ts';
import type { Finding } from '../finding.ts';

export const innerHaUndeclared: Finding = {
  code: 'INNER_HA_UNDECLARED',
  severity: 'warning',
  means: 'A replica runs in several zones, a runbook moves it between them, and nothing says what heals it by itself.',
  why: 'A replica in several zones (Aurora, Multi-AZ RDS, Patroni) usually moves its writer by itself. Without `localHa` Resus gives it no time, and two failovers run against each other.',
  fix: 'Declare what heals it and how long that takes; Resus waits that long before it acts. If nothing does, accept the finding and say so.',
  example: `localHa: { by: Aurora, grace: 60s }`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads)) {
      const { ZoneLost, ReplicaDown } = workload.runbooks.onDiagnosis;
      if (workload.localHa !== undefined || (ZoneLost === undefined && ReplicaDown === undefined)) continue;
      const several = workload.replicas.filter((replica) => zonesOf(estate, replica).length > 1);
      if (several.length === 0) continue;
      yield {
        at: { kind: 'Workload', name: workload.id, pointer: '/spec' },
        sentence: `${listed(several.map((replica) => quoted(replica.name)))} may heal by ${several.length === 1 ? 'itself' : 'themselves'}, and \`localHa\` does not say how long that takes`,
        evidence: several.map((replica) => `${replica.name} runs in ${listed(zonesOf(estate, replica))}`),
        remedy: 'add `localHa: { by: ..., grace: ... }`',
      };
    }
  },
};
