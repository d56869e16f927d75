// The findings about what a workload declares of itself beside its replicas and runbooks: a row for each, and more at the borders of some.
import type { Edit } from './base.ts';
import { step, workload, type Border, type Case } from './edits.ts';

/** A workload that comes back from a backup within an hour, with this beside what every workload says. */
const archive = (own: string, second = 'us-west-2'): Edit => [
  'zoneLoss',
  'apiVersion: resus/v1\nkind: GameDay',
  [
    workload('archive', 'vault', [])
      .replace('  dependsOn: []', `  dependsOn: []${own === '' ? '' : `\n  ${own}`}`)
      .replace('name: two, site: us-west-2', `name: two, site: ${second}`),
    "apiVersion: resus/v1\nkind: Tier\nmetadata: { name: vault }\nspec: { rto: 1d, rpo: 1h, availability: '99', strategy: backup-restore }\n",
    'apiVersion: resus/v1\nkind: GameDay',
  ].join('---\n'),
];
const restoring =
  "    - { id: restore, uses: aws.call, expect: 1m, with: { does: Restore it., service: rds, region: us-east-2, operation: RestoreDBClusterToPointInTime, observe: { operation: DescribeDBClusters, holds: 'true' }, iam: [{ actions: ['rds:RestoreDBClusterToPointInTime'], resources: ['*'] }], changes: [the cluster] } }\n";
const byHand: readonly Edit[] = [
  step(restoring),
  ['ehr', 'ZoneLost: across, ', ''],
  ['ehr', '    switchover: planned\n', '    switchover: planned\n    byHand: { restore: across }\n'],
  ['zoneLoss', 'diagnosis: ZoneLost', 'diagnosis: RegionLost'],
];
const reads = (path: string): Edit => [
  'ehr',
  'beat: east } }\n',
  `beat: east } }\n        - { id: read, uses: http, with: { url: 'http://10.0.0.1${path}', expectStatus: 200 } }\n`,
];
const madeUp: Edit = ['ehr', '    clientCache: 0s\n', '    clientCache: 0s\n    canaries: { patients: [canary-1] }\n'];

export const declaredCases: readonly Case[] = [
  {
    code: 'CACHES_UNDECLARED',
    edits: [['ehr', '    ttl: 60s\n    clientCache: 0s\n', '    ttl: 60s\n']],
    says: 'CACHES_UNDECLARED Workload ehr /spec/usersPath: nothing says how long the software of users keep the old address of `ehr`',
    // Within its zones nobody is moved to another address.
    unless: [
      ['ehr', '    ttl: 60s\n    clientCache: 0s\n', ''],
      ['ehr', 'ReplicaDown: away, ZoneLost: across, RegionLost: away', 'ZoneLost: across'],
      ['ehr', '    switchover: planned\n    failback: planned\n', ''],
      ['regionLoss', 'diagnosis: RegionLost', 'diagnosis: ZoneLost'],
      [
        'switchover',
        'practises: switchover',
        'practises: fault\n  diagnosis: ZoneLost\n  faults: [{ id: e, uses: lab.lose-site, with: { site: x, how: silent }, site: us-east-2a, lease: 5m }]',
      ],
    ],
  },
  {
    code: 'BACKUP_UNDECLARED',
    edits: [archive('')],
    says: 'BACKUP_UNDECLARED Workload archive /spec: `archive` comes back from a backup, and none is declared',
    // What replicates has another way back.
    unless: [archive('replication: [{ from: one, to: two, lagProbe: a }]')],
  },
  {
    code: 'BACKUP_OVER_RPO',
    edits: [archive('backup: { every: 61m, at: campus, immutable: true }')],
    says: 'BACKUP_OVER_RPO Workload archive /spec/backup/every: a backup every 1h1m loses up to as much, and the RPO is 1h',
    unless: [archive('backup: { every: 60m, at: campus, immutable: true }')],
  },
  {
    code: 'BACKUP_WITH_DATA',
    edits: [archive('backup: { every: 1h, at: us-east-2a, immutable: true }', 'us-east-2')],
    says: 'BACKUP_WITH_DATA Workload archive /spec/backup/at: the backups stand in the region `us-east-2`, and so does every replica',
    unless: [archive('backup: { every: 1h, at: us-east-2a, immutable: true }', 'us-west-2')],
  },
  {
    code: 'BACKUP_DELETABLE',
    edits: [archive('backup: { every: 1h, at: campus }')],
    says: 'BACKUP_DELETABLE Workload archive /spec/backup/immutable: nothing keeps anybody from deleting the backups of `archive`',
    unless: [archive('backup: { every: 1h, at: campus, immutable: true }')],
  },
  {
    code: 'SPOT_CAPACITY',
    edits: [['ehr', 'site: us-west-2\n      role: standby', 'site: us-west-2\n      role: standby\n      capacity: spot']],
    says: 'SPOT_CAPACITY Workload ehr /spec/replicas/1/capacity: replica `west` may be taken back by its provider at any moment, and tier gold promises warm-standby',
    unless: [
      ['ehr', 'site: us-west-2\n      role: standby', 'site: us-west-2\n      role: standby\n      capacity: spot'],
      ['tier', 'strategy: warm-standby', 'strategy: pilot-light'],
    ],
  },
  {
    code: 'SHARED_ACCOUNT',
    edits: [['ehr', '210987654321', '123456789012']],
    says: 'SHARED_ACCOUNT Workload ehr /spec/replicas/1/resources/cluster: replicas `east` and `west` all stand in the account 123456789012',
    // Within what one region's loss may take nothing is promised of the account.
    unless: [
      ['ehr', '210987654321', '123456789012'],
      ['tier', 'least: { regions: 2, zones: 2 }', 'least: { regions: 1, zones: 1 }'],
    ],
  },
  {
    code: 'CANARY_ON_PATIENTS',
    edits: [reads('/Patient/4711'), madeUp],
    says: 'CANARY_ON_PATIENTS Workload ehr /spec/replicas/0/probes/5/with/url: the looks of probe `read` of `east` name a patient who is not declared to be made up',
    unless: [reads('/Patient/canary-1?_summary=true'), madeUp],
  },
  {
    code: 'HEARTBEAT_OVER_RPO',
    edits: [['ehr', 'from: east, to: west, lagProbe: db, heartbeat: 1s', 'from: east, to: west, lagProbe: db, heartbeat: 6s']],
    says: 'HEARTBEAT_OVER_RPO Workload ehr /spec/replication/0/heartbeat: a heartbeat every 6s cannot show a lag within the RPO of 10s',
    unless: [['ehr', 'from: east, to: west, lagProbe: db, heartbeat: 1s', 'from: east, to: west, lagProbe: db, heartbeat: 5s']],
  },
];

export const declaredBorders: readonly Border[] = [
  {
    what: 'what resolvers and clients keep together',
    code: 'DNS_TTL_OVER_RTO',
    edits: [['ehr', 'clientCache: 0s', 'clientCache: 391s']],
    found: 1,
  },
  { what: 'half of the RTO together', code: 'DNS_TTL_OVER_RTO', edits: [['ehr', 'clientCache: 0s', 'clientCache: 390s']], found: 0 },
  { what: 'what a runbook restores', code: 'BACKUP_UNDECLARED', edits: [step(restoring)], found: 1 },
  { what: 'what people restore by hand', code: 'BACKUP_UNDECLARED', edits: [...byHand], found: 1 },
  {
    what: 'what people restore by hand, beside what replicates',
    code: 'BACKUP_OVER_RPO',
    edits: [...byHand, ['ehr', '  localHa:', '  backup: { every: 24h, at: campus, immutable: true }\n  localHa:']],
    found: 0,
  },
  {
    what: 'what a runbook restores',
    code: 'BACKUP_OVER_RPO',
    edits: [step(restoring), ['ehr', '  localHa:', '  backup: { every: 11s, at: campus, immutable: true }\n  localHa:']],
    found: 1,
  },
  {
    what: 'what replicates and is backed up beside that',
    code: 'BACKUP_OVER_RPO',
    edits: [['ehr', '  localHa:', '  backup: { every: 24h, at: campus, immutable: true }\n  localHa:']],
    found: 0,
  },
  {
    what: 'backups in another place than the one of all replicas',
    code: 'BACKUP_WITH_DATA',
    edits: [archive('backup: { every: 1h, at: campus }', 'us-east-2')],
    found: 0,
  },
  {
    what: 'a replica that names no ARN',
    code: 'SHARED_ACCOUNT',
    edits: [['ehr', 'arn:aws:rds:us-west-2:210987654321:cluster:west', 'west']],
    found: 0,
  },
  {
    what: 'a replica that names no ARN and says where it stands',
    code: 'SHARED_ACCOUNT',
    edits: [
      ['ehr', 'arn:aws:rds:us-west-2:210987654321:cluster:west', 'west'],
      ['ehr', 'role: standby', "role: standby\n      account: '123456789012'"],
    ],
    found: 1,
  },
  {
    what: 'a search for what is about a patient',
    code: 'CANARY_ON_PATIENTS',
    edits: [reads('/Observation?code=1&patient=Patient/4711')],
    found: 1,
  },
  { what: 'a search for patients', code: 'CANARY_ON_PATIENTS', edits: [reads('/Patient?_summary=count')], found: 0 },
  { what: 'what waits for an inventory', code: 'CANARY_ON_PATIENTS', edits: [reads('/Patient/${{ inventory.patient }}')], found: 0 },
  {
    what: 'the address of the canaries',
    code: 'CANARY_ON_PATIENTS',
    edits: [['ehr', 'url: http://ehr.example/', 'url: http://ehr.example/Patient/4711/']],
    found: 1,
  },
];
