// A loss that is treated but can never be found.
import { targetsOf } from '../../core/detection/targets.ts';
import { declaredAs } from '../../core/estate.ts';
import { lossesOf } from '../examined.ts';
import { quoted } from '../said.ts';
import type { Finding } from '../finding.ts';

/** No single target speaks for a site (see `core/detection/diagnosis.ts`). */
const least = 2;

export const diagnosisImpossible: Finding = {
  code: 'DIAGNOSIS_IMPOSSIBLE',
  severity: 'error',
  means: 'A runbook treats the loss of a site in which fewer than two probes look, so that its loss is never diagnosed.',
  why: 'A site counts as lost when everything in it is down, and one target alone never speaks for a site: it may have died by itself. With fewer than two, ZoneLost or RegionLost cannot come about.',
  fix: 'Declare probes of two different things in each site whose loss is treated, with `site` where they stand.',
  example: `probes:
  - { id: web-a, uses: http, site: us-east-2a }
  - { id: db-a, uses: tcp, site: us-east-2a }`,
  *find({ estate }) {
    const { under } = targetsOf(estate);
    for (const workload of Object.values(estate.workloads))
      for (const diagnosis of ['ZoneLost', 'RegionLost'] as const) {
        if (declaredAs(estate.tiers, workload.tier) === undefined || workload.runbooks.onDiagnosis[diagnosis] === undefined) continue;
        for (const [index, replica] of workload.replicas.entries()) {
          const sites = lossesOf(estate, replica, diagnosis);
          if (sites.length === 0)
            yield {
              at: { kind: 'Workload', name: workload.id, pointer: `/spec/replicas/${index}/probes` },
              sentence: `${diagnosis} is treated, and no probe of ${quoted(replica.name)} looks at a zone`,
              evidence: [],
              remedy: 'name the zone of each probe with `site`',
            };
          for (const site of sites) {
            const seen = under.get(site)?.length ?? 0;
            if (seen >= least) continue;
            yield {
              at: { kind: 'Workload', name: workload.id, pointer: `/spec/replicas/${index}/probes` },
              sentence: `${diagnosis} of ${quoted(site)} can never be found: ${seen === 0 ? 'nothing looks' : 'one probe alone looks'} there`,
              evidence: [`at least ${least} targets in a site, else one that died by itself would speak for it`],
              remedy: `declare ${least - seen} more probe${least - seen === 1 ? '' : 's'} with \`site: ${site}\``,
            };
          }
        }
      }
  },
};
