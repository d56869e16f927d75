// The hospital of the crash matrix: one workload in two regions, moved by a runbook with every kind of mutation that a controller sends: one
// that must not be repeated, a switch over HTTP, a record, and weights, one after the other.
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

const sites = `apiVersion: resus/v1
kind: Site
metadata: { name: aws }
spec: { level: cloud, kind: aws, residency: US }
---
apiVersion: resus/v1
kind: Site
metadata: { name: us-east-2 }
spec: { level: region, parent: aws }
---
apiVersion: resus/v1
kind: Site
metadata: { name: us-west-2 }
spec: { level: region, parent: aws }
---
apiVersion: resus/v1
kind: Site
metadata: { name: us-east-1 }
spec: { level: region, parent: aws }
---
apiVersion: resus/v1
kind: Site
metadata: { name: campus }
spec:
  level: campus
  kind: onprem
  residency: US
  vantages:
    - id: campus
      references:
        - { id: names, uses: dns, site: aws, with: { name: ehr.hospital.test, type: A, nameServers: ['\${{ inventory.nameServer }}'] } }
`;
const tier = `apiVersion: resus/v1
kind: Tier
metadata: { name: critical }
spec:
  rto: 10m
  rpo: 5s
  availability: '99.99'
  strategy: warm-standby
  least: { regions: 2, zones: 1 }
  detection: { interval: 1s, timeout: 900ms, failures: 3, successes: 2 }
  usersPath: { interval: 200ms, timeout: 300ms, failures: 3, good: 2, sustained: 200ms }
  automation: { replica: manual, zone: manual, region: manual }
  approvals: { people: 1, expire: 15m }
  fencing: { accepts: [storage-fenced] }
  cooldown: 1s
  drillEvery: 90d
  retention: 6y
`;
const replica = (name: string, site: string, role: string, side: string, host: number): string => `
    - name: ${name}
      site: ${site}
      role: ${role}
      resources:
        side: ${side}
        cluster: arn:aws:rds:${site}:123456789012:cluster:ehr-${name}
        addressA: 192.0.2.${host}
        addressB: 192.0.2.${host + 1}
        portal: 192.0.2.${host + 100}
      probes:
        - { id: db, uses: tcp, with: { address: '127.0.0.1:9' } }`;
const workload = `apiVersion: resus/v1
kind: Workload
metadata: { name: ehr }
spec:
  tier: critical
  owner: Clinical Platforms
  onCall: clinical-platforms
  clinicalOwner: Chief Medical Information Officer
  impact: Wards cannot see orders.
  downtimeProcedure: Paper, binder 3.
  residency: [US]
  replicas:${replica('east', 'us-east-2', 'primary', 'primary', 11)}${replica('west', 'us-west-2', 'standby', 'standby', 21)}
  replication: []
  usersPath:
    url: http://ehr.hospital.test:8080
    nameServers: ['\${{ inventory.nameServer }}']
    populations:
      - { name: ward, site: campus }
  runbooks:
    onDiagnosis: {}
    switchover: move
`;
const runbook = `apiVersion: resus/v1
kind: Runbook
metadata: { name: move }
spec:
  summary: Moves the writer, then the users by every means.
  modes: [switchover]
  steps:
    - id: promote
      uses: aws.rds.switchover-global-cluster
      with: { cluster: ehr-global, target: '\${{ to.resources.cluster }}', region: '\${{ from.site }}' }
      timeout: 5m
      retries: 2
    - id: switch
      uses: aws.route53.standby-takes-over
      with:
        switch: '\${{ inventory.standbySwitch }}'
        state: '\${{ to.resources.side }}'
        name: ehr.hospital.test
        nameServers: ['\${{ inventory.nameServer }}']
        expect: ['\${{ to.resources.addressA }}', '\${{ to.resources.addressB }}']
      needs: [promote]
      timeout: 5m
      retries: 2
    - id: record
      uses: aws.route53.change-record
      with: { hostedZone: '\${{ inventory.hostedZoneId }}', name: portal.hospital.test, type: A, ttl: 5, values: ['\${{ to.resources.portal }}'] }
      needs: [switch]
      timeout: 5m
      retries: 2
    - id: weights
      uses: aws.route53.shift-weight
      with:
        hostedZone: '\${{ inventory.hostedZoneId }}'
        name: west.ehr.hospital.test
        type: A
        weights: { us-west-2a: '\${{ to.resources.side == "standby" ? 200 : 20 }}' }
      needs: [record]
      timeout: 5m
      retries: 2
`;

/** Who may do what, by token. */
export const tokens = { olga: 'operator-olga', omar: 'operator-omar', campus: 'vantage-campus', ward: 'canary-ward' } as const;
export type Facts = {
  readonly port: number;
  /** Base URLs and addresses as the controller gets them: of the relays. */
  readonly rds: Readonly<Record<string, string>>;
  readonly route53: string;
  readonly standbySwitch: string;
  readonly nameServer: string;
  readonly hostedZoneId: string;
  readonly roles?: Readonly<Record<string, string>>;
};

/** Writes everything that a controller reads; returns the path of its `resus.yaml`. */
export function writeHospital(folder: string, facts: Facts): string {
  const policies = join(folder, 'policies');
  mkdirSync(policies, { recursive: true });
  for (const [name, text] of Object.entries({ sites, tier, workload, runbook })) writeFileSync(join(policies, `${name}.yaml`), text);
  const token = (name: keyof typeof tokens, role: string, only?: string) => ({
    name,
    role,
    sha256: createHash('sha256').update(tokens[name]).digest('hex'),
    ...(only === undefined ? {} : { for: only }),
  });
  const path = join(folder, 'resus.yaml');
  const config = {
    name: 'matrix',
    log: 'resus.example/matrix',
    floor: 'lab',
    data: './data',
    listen: { host: '127.0.0.1', port: facts.port },
    policies: [policies],
    inventory: { standbySwitch: facts.standbySwitch, nameServer: facts.nameServer, hostedZoneId: facts.hostedZoneId },
    tokens: [
      token('olga', 'operator'),
      token('omar', 'operator'),
      token('campus', 'vantage', 'campus'),
      token('ward', 'canary', 'ehr/ward'),
    ],
    providers: {
      aws: {
        endpoints: facts.rds,
        route53Endpoint: facts.route53,
        route53SyncMs: 2_000,
        credentials: { accessKeyId: 'AKIALABLABLABLABLAB', secretAccessKey: 'lab' },
        ...(facts.roles === undefined ? {} : { roles: facts.roles }),
      },
    },
  };
  writeFileSync(path, stringify(config), { mode: 0o600 });
  return path;
}
