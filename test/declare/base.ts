// A small estate that is right, a vocabulary for it, and how a test makes one mistake in it.
import Type from 'typebox';
import { declare, type Declared } from '../../src/declare/declare.ts';
import type { Inventory } from '../../src/declare/fill.ts';
import { printed } from '../../src/declare/problem.ts';
import type { Vocabulary } from '../../src/declare/vocabulary.ts';

const closed = { additionalProperties: false } as const;
export const vocabulary: Vocabulary = {
  actions: new Map([
    [
      'db.promote',
      {
        with: Type.Object(
          { cluster: Type.String(), force: Type.Optional(Type.Boolean()), tries: Type.Optional(Type.Integer({ minimum: 1 })) },
          closed,
        ),
        gives: Type.Object({ writer: Type.String(), epoch: Type.Integer() }, closed),
        effect: 'fences-and-promotes',
      },
    ],
    [
      'dns.point',
      {
        with: Type.Object({ name: Type.String(), addresses: Type.Array(Type.String(), { minItems: 1 }) }, closed),
        gives: Type.Object({}, closed),
      },
    ],
    ['probe', { with: Type.Object({ uses: Type.String(), with: Type.Object({}) }, closed), gives: Type.Object({}, closed) }],
  ]),
  probes: new Map([
    ['tcp', { with: Type.Object({ host: Type.String(), port: Type.Integer({ minimum: 1, maximum: 65_535 }) }, closed) }],
    ['sql', { with: Type.Object({ url: Type.String({ pattern: '^sql://\\S+$', description: 'sql://HOST/DATABASE.' }) }, closed) }],
  ]),
  faults: new Map([['lab.lose', { with: Type.Object({ site: Type.String() }, closed) }]]),
};

export const base = {
  'sites.yaml': `apiVersion: resus/v1
kind: Site
metadata: { name: cloud }
spec: { level: cloud, kind: aws, residency: US }
---
apiVersion: resus/v1
kind: Site
metadata: { name: east }
spec:
  level: region
  parent: cloud
  vantages:
    - id: eye-east
      references:
        - { id: west-db, uses: tcp, with: { host: 10.0.2.1, port: 5432 }, site: west }
---
apiVersion: resus/v1
kind: Site
metadata: { name: west }
spec: { level: region, parent: cloud }
---
apiVersion: resus/v1
kind: Site
metadata: { name: east-a }
spec: { level: zone, parent: east }
`,
  'tier.yaml': `apiVersion: resus/v1
kind: Tier
metadata: { name: gold }
spec:
  rto: 60s
  rpo: 5s
  availability: '99.9'
  strategy: warm-standby
  detection: { interval: 1s, timeout: 500ms, failures: 3, successes: 2 }
  cooldown: 1m
`,
  'runbook.yaml': `apiVersion: resus/v1
kind: Runbook
metadata: { name: move }
spec:
  summary: Moves it.
  modes: [failover, switchover]
  steps:
    - id: promote
      uses: db.promote
      with: { cluster: '\${{ to.resources.cluster }}', force: true }
      timeout: 1m
    - id: point
      uses: dns.point
      with: { name: ehr.test, addresses: ['\${{ to.resources.address }}'] }
      needs: [promote]
`,
  'workload.yaml': `apiVersion: resus/v1
kind: Workload
metadata: { name: ehr }
spec:
  tier: gold
  owner: Platform
  onCall: platform
  clinicalOwner: CMIO
  impact: Wards cannot see allergies.
  downtimeProcedure: Paper.
  residency: [US]
  replicas:
    - name: one
      site: east
      role: primary
      resources: { cluster: c1, address: 10.0.1.1 }
      probes:
        - { id: db, uses: sql, with: { url: 'sql://one/ehr' } }
        - { id: web, uses: tcp, with: { host: 10.0.1.1, port: 443 }, site: east-a }
    - name: two
      site: west
      role: standby
      resources: { cluster: c2, address: 10.0.2.1 }
      probes:
        - { id: db, uses: sql, with: { url: 'sql://two/ehr' } }
  replication:
    - { from: one, to: two, lagProbe: db }
  usersPath:
    url: http://ehr.test/
    populations: [{ name: ward, site: cloud }]
  runbooks:
    onDiagnosis: { RegionLost: move }
    switchover: move
`,
  'gameday.yaml': `apiVersion: resus/v1
kind: GameDay
metadata: { name: loss }
spec:
  summary: Loses the region.
  workload: ehr
  schedule: { cron: '0 3 * * 2', zone: America/New_York }
  floors: [lab]
  practises: fault
  diagnosis: RegionLost
  faults:
    - { id: east, uses: lab.lose, with: { site: east }, site: east, lease: 5m }
  gates:
    - usersPath.healthy
  expect:
    - run.rtaMs <= run.rtoMs
`,
} as const;
export type BaseFile = keyof typeof base;

/** The base with one text of one file replaced; the text must be there exactly once. */
export function edited(file: BaseFile, from: string, to: string): { path: string; text: string }[] {
  const pieces = base[file].split(from);
  if (pieces.length !== 2) throw new Error(`${JSON.stringify(from)} is ${pieces.length - 1} times in ${file}`);
  return Object.entries(base).map(([path, text]) => ({ path, text: path === file ? pieces.join(to) : text }));
}
export const withFile = (path: string, text: string): { path: string; text: string }[] => [
  ...Object.entries(base).map(([each, its]) => ({ path: each, text: its })),
  { path, text },
];

export const run = (files: readonly { path: string; text: string }[], inventory?: Inventory): Declared =>
  declare(files, { vocabulary, inventory });
/** The lines that are printed; none when all is well. */
export const linesOf = (declared: Declared): string[] => (declared.ok ? declared.warnings : declared.problems).map(printed);
