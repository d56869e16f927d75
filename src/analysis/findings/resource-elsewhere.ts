// A replica that hangs on what stands in another region, most likely the one that is lost when it is needed.
import { regionOf } from '../../core/detection/targets.ts';
import { awsRegionIn, isAwsRegion } from '../aws-names.ts';
import { quoted } from '../said.ts';
import type { Finding } from '../finding.ts';

export const resourceElsewhere: Finding = {
  code: 'RESOURCE_ELSEWHERE',
  severity: 'warning',
  means:
    'A replica names a secret, a key, an identity provider or another regional resource that stands in another region than the replica.',
  why: 'A standby that reads its secret or signs people in at the region that is lost stays shut in the only hour for which it was paid.',
  fix: 'Copy it into the region of the replica and name that copy (replica secrets and multi-region keys have ARNs of their own there), or name what is shared on purpose in the `resources` of the workload.',
  example: `replicas:
  - { name: west, site: us-west-2, resources: { secret: 'arn:aws:secretsmanager:us-west-2:123456789012:secret:ehr-a1b2c3' } }`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads)) {
      const regions: readonly (string | undefined)[] = workload.replicas.map(({ site }) => regionOf(estate, site));
      for (const [index, replica] of workload.replicas.entries())
        for (const [key, value] of Object.entries(replica.resources)) {
          const there = awsRegionIn(value);
          const here = regions[index];
          if (there === undefined || here === undefined || there === here) continue;
          // A site that is not called as its region is, or stands in no cloud, says only what it shares with another replica.
          if (!isAwsRegion(here) && !regions.includes(there)) continue;
          const others = workload.replicas.filter((_, at) => regions[at] === there).map(({ name }) => name);
          yield {
            at: { kind: 'Workload', name: workload.id, pointer: `/spec/replicas/${index}/resources/${key}` },
            sentence: `replica ${quoted(replica.name)} stands in ${here} and hangs on ${quoted(key)} in ${there}`,
            evidence: [value, ...others.map((name) => `${name} stands in ${there}`)],
            remedy: `name a copy in ${here}`,
          };
        }
    }
  },
};
