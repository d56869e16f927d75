// Replicas that one loss takes away together, against what the tier demands.
import { regionOf } from '../../core/detection/targets.ts';
import { declaredAs } from '../../core/estate.ts';
import { zonesOf } from '../examined.ts';
import { listed } from '../said.ts';
import type { Finding } from '../finding.ts';

export const replicasTogether: Finding = {
  code: 'REPLICAS_TOGETHER',
  severity: 'error',
  means: 'The replicas of a workload stand in fewer regions or zones than its tier demands.',
  why: 'What stands in one fault domain is lost with it. A tier that demands two regions is not kept by two replicas in one, however many there are.',
  fix: 'Put a replica into another region or zone (and declare a probe in each zone that it runs in), or choose a tier that demands less.',
  example: `replicas:
  - { name: east, site: us-east-2, role: primary }
  - { name: west, site: us-west-2, role: standby }`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads)) {
      const least = declaredAs(estate.tiers, workload.tier)?.least;
      const regions = [...new Set(workload.replicas.flatMap((replica) => regionOf(estate, replica.site) ?? []))];
      const zones = [...new Set(workload.replicas.flatMap((replica) => zonesOf(estate, replica)))];
      for (const { noun, wanted, there } of [
        { noun: 'region', wanted: least?.regions ?? 0, there: regions },
        { noun: 'zone', wanted: least?.zones ?? 0, there: zones },
      ]) {
        if (!(there.length < wanted)) continue;
        // A replica that names no zone may still run in several: then only one of them is known.
        if (noun === 'zone' && regions.length >= wanted) continue;
        yield {
          at: { kind: 'Workload', name: workload.id, pointer: '/spec/replicas' },
          sentence: `its replicas stand in ${there.length} ${noun}${there.length === 1 ? '' : 's'}, and tier ${workload.tier} demands ${wanted}`,
          evidence: there.length === 0 ? [`no ${noun} is declared`] : [listed(there)],
          remedy: `add a replica in another ${noun}`,
        };
      }
    }
  },
};
