// Which of the declared files the laboratory reads: what it really has. Everything else of the estate (222 sites with their viewers, the
// laboratory systems, the pharmacy ...) would be watched there, and look dead.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

/** The record in its two regions, the campus with its ward, and the runbooks and game days of that record. */
const files = [
  'policies/tiers.yaml',
  'policies/calendars.yaml',
  'policies/frameworks',
  'policies/riverside/sites.yaml',
  'policies/riverside/ehr.yaml',
  'runbooks/ehr-failback.yaml',
  'runbooks/ehr-region-failover.yaml',
  'runbooks/ehr-region-failover-downtime.yaml',
  'runbooks/ehr-switchover.yaml',
  'runbooks/ehr-zone-failover.yaml',
  'policies/riverside/gamedays',
] as const;
/** In place of policies/riverside/ehr-surroundings.yaml: this record needs nothing else that is declared, and has one ward. */
const surroundings = {
  apiVersion: 'resus/v1',
  kind: 'List',
  metadata: { name: 'ehr-surroundings' },
  spec: {
    items: [
      {
        name: 'ehr',
        dependsOn: [],
        byHand: {},
        awayBy: 'ehr-region-failover',
        homeBy: 'ehr-failback',
        worksWithout: {
          identity: 'Nobody signs in: its users are canaries.',
          names: 'The laboratory has one name server of its own, which no other workload uses.',
          time: 'All of it runs on one machine, with one clock.',
          keys: 'Nothing that it keeps is encrypted.',
        },
        populations: [{ name: 'ward', site: 'riverside-campus' }],
      },
    ],
  },
};

/** The paths to read. `root` holds policies/ and runbooks/; what the laboratory says of itself is written into `folder`. */
export function labPolicies(root: string, folder: string): string[] {
  const own = join(folder, 'ehr-surroundings.yaml');
  writeFileSync(own, stringify(surroundings));
  return [...files.map((name) => join(root, name)), own];
}
