// An estate in which nothing is to be found, and how a test makes it worse in one place.
import { analyse, type Analysis, type Given } from '../../src/analysis/index.ts';
import { givenOf } from '../../src/cli/declared.ts';
import type { Catalogue } from '../../src/core/catalogue.ts';
import { declare, evaluate, printed } from '../../src/declare/index.ts';
import { catalogueOf, providers, vocabularyOf } from '../../src/providers/index.ts';

export const vocabulary = vocabularyOf(providers);
export const catalogue: Catalogue = { actions: catalogueOf(providers), evaluate };

const region = (name: string, other: string): string => `apiVersion: resus/v1
kind: Site
metadata: { name: ${name} }
spec:
  level: region
  parent: cloud
  vantages:
    - { id: eye-${name}, references: [{ id: far, uses: tcp, with: { address: '10.9.9.9:443' }, site: ${other} }] }
---
apiVersion: resus/v1
kind: Site
metadata: { name: ${name}a }
spec: { level: zone, parent: ${name} }
---
apiVersion: resus/v1
kind: Site
metadata: { name: ${name}b }
spec: { level: zone, parent: ${name} }
---
`;
const replica = (name: string, site: string, role: string): string => `    - name: ${name}
      site: ${site}
      role: ${role}
      resources: { cluster: 'arn:aws:rds:${site}:${name === 'east' ? '123456789012' : '210987654321'}:cluster:${name}', instanceA: ${name}-a, instanceB: ${name}-b }
      probes:
        - { id: web-a, uses: tcp, with: { address: '10.0.0.1:443' }, site: ${site}a }
        - { id: db-a, uses: tcp, with: { address: '10.0.0.1:5432' }, site: ${site}a }
        - { id: web-b, uses: tcp, with: { address: '10.0.0.2:443' }, site: ${site}b }
        - { id: db-b, uses: tcp, with: { address: '10.0.0.2:5432' }, site: ${site}b }
        - { id: db, uses: postgres, with: { url: 'postgres://resus@${name}.example/ehr', beat: ${name} } }
`;
const route = (id: string): string => `    - id: ${id}
      uses: aws.route53.standby-takes-over
      with: { switch: 'https://switch.example/x', state: standby, name: ehr.example, nameServers: ['10.0.0.53'], expect: ['10.0.2.1'] }
      timeout: 2m
`;
const drill = (name: string, spec: string): string => `apiVersion: resus/v1
kind: GameDay
metadata: { name: ${name} }
spec:
  summary: Practises it.
  workload: ehr
  schedule: { cron: '0 3 * * 2', zone: UTC }
  floors: [lab, live]
${spec}  gates: [usersPath.healthy, incidents.open == 0, runs.open == 0]
  aborts: [canaries.lost > 50]
  expect: [run.rtaMs <= run.rtoMs]
`;

export const base = {
  sites: `apiVersion: resus/v1
kind: Site
metadata: { name: cloud }
spec: { level: cloud, kind: aws, residency: US }
---
${region('us-east-2', 'us-west-2')}${region('us-west-2', 'us-east-2')}apiVersion: resus/v1
kind: Site
metadata: { name: us-east-1 }
spec: { level: region, parent: cloud }
---
apiVersion: resus/v1
kind: Site
metadata: { name: campus }
spec:
  level: campus
  kind: onprem
  residency: US
  vantages:
    - { id: eye-campus, references: [{ id: far, uses: tcp, with: { address: '10.9.9.9:443' }, site: us-east-2 }] }
`,
  tier: `apiVersion: resus/v1
kind: Tier
metadata: { name: gold }
spec:
  rto: 15m
  rpo: 10s
  availability: '99.9'
  strategy: warm-standby
  least: { regions: 2, zones: 2 }
  detection: { interval: 5s, timeout: 2s, failures: 3 }
  automation: { replica: automatic, zone: automatic, region: approve }
  approvals: { people: 1, expire: 5m }
  fencing: { accepts: [storage-fenced, provider-asserted] }
  drillEvery: 90d
`,
  away: `apiVersion: resus/v1
kind: Runbook
metadata: { name: away }
spec:
  summary: Leaves the region.
  modes: [failover]
  steps:
    - id: yes
      uses: approve
      with: { people: 1, text: The region is lost. }
      timeout: 5m
      expect: 2m
    - id: promote
      uses: aws.rds.failover-global-cluster
      with: { cluster: ehr, target: '\${{ to.resources.cluster }}', region: '\${{ to.site }}', allowDataLoss: true }
      timeout: 10m
${route('route')}`,
  across: `apiVersion: resus/v1
kind: Runbook
metadata: { name: across }
spec:
  summary: Leaves the zone.
  modes: [failover]
  steps:
    - id: move
      uses: aws.rds.failover-db-cluster
      with: { cluster: '\${{ to.resources.cluster }}', target: '\${{ to.resources.instanceB }}', region: '\${{ to.site }}' }
`,
  planned: `apiVersion: resus/v1
kind: Runbook
metadata: { name: planned }
spec:
  summary: Moves without loss.
  modes: [switchover, failback]
  steps:
    - id: promote
      uses: aws.rds.switchover-global-cluster
      with: { cluster: ehr, target: '\${{ to.resources.cluster }}', region: '\${{ from.site }}' }
${route('route')}`,
  ehr: `apiVersion: resus/v1
kind: Workload
metadata:
  name: ehr
spec:
  tier: gold
  owner: Platform
  onCall: platform
  clinicalOwner: CMIO
  impact: Wards cannot see allergies.
  downtimeProcedure: Paper.
  residency: [US]
  replicas:
${replica('east', 'us-east-2', 'primary')}${replica('west', 'us-west-2', 'standby')}  replication:
    - { from: east, to: west, lagProbe: db, heartbeat: 1s }
    - { from: west, to: east, lagProbe: db, heartbeat: 1s }
  localHa: { by: Aurora, grace: 60s }
  usersPath:
    url: http://ehr.example/
    ttl: 60s
    clientCache: 0s
    populations: [{ name: ward, site: campus }]
  runbooks:
    onDiagnosis: { ReplicaDown: away, ZoneLost: across, RegionLost: away }
    switchover: planned
    failback: planned
  worksWithout: { identity: Paper., names: Numbers., time: Its own., keys: None. }
  parity: { engine: One change., parameters: One template., certificates: One issuer., licences: None. }
`,
  regionLoss: drill(
    'region-loss',
    `  practises: fault
  diagnosis: RegionLost
  faults: [{ id: east, uses: lab.lose-site, with: { site: us-east-2, how: silent }, site: us-east-2, lease: 5m }]
`,
  ),
  zoneLoss: drill(
    'zone-loss',
    `  practises: fault
  diagnosis: ZoneLost
  faults: [{ id: east, uses: lab.lose-site, with: { site: us-east-2a, how: silent }, site: us-east-2a, lease: 5m }]
`,
  ),
  switchover: drill(
    'switchover',
    `  practises: switchover
`,
  ),
} as const;
export type BaseFile = keyof typeof base;
/** In that file, this text becomes that; it must be there exactly once. */
export type Edit = readonly [file: BaseFile, from: string, to: string];

/** `more`: what else is known than declarations, e.g. of a controller. */
export const analysed = (edits: readonly Edit[] = [], more: Partial<Given> = {}): Analysis => {
  const known = given(edits);
  return analyse({ ...known, ...more, written: [...known.written, ...(more.written ?? [])] });
};
export function given(edits: readonly Edit[]): Given {
  const texts: Record<string, string> = { ...base };
  for (const [file, from, to] of edits) {
    const pieces = (texts[file] ?? '').split(from);
    if (pieces.length !== 2) throw new Error(`${JSON.stringify(from)} is ${pieces.length - 1} times in ${file}`);
    texts[file] = pieces.join(to);
  }
  const declared = declare(
    Object.entries(texts).map(([path, text]) => ({ path, text })),
    { vocabulary },
  );
  if (!declared.ok) throw new Error(declared.problems.map(printed).join('\n'));
  return givenOf(declared, { vocabulary, catalogue });
}
/** `CODE Kind name pointer: sentence`. */
export const linesOf = ({ found }: Analysis): string[] =>
  found.map(({ code, at, sentence }) => `${code} ${at.kind} ${at.name} ${at.pointer}: ${sentence}`);
