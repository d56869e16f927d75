// Each finding twice: what brings it about, with the exact place and sentence, and something close to it that does not.
import { describe, expect, it } from 'vitest';
import { findings } from '../../src/analysis/index.ts';
import { analysed, linesOf, type Edit } from './base.ts';
import { badDayBorders, badDayCases } from './bad-day-cases.ts';
import { controllerBorders, controllerCases } from './controller-cases.ts';
import { declaredBorders, declaredCases } from './declared-cases.ts';
import { borders, dependencyCases } from './dependency-cases.ts';
import { pastBorders, pastCases } from './past-cases.ts';
import { identity, needs, step, workload, type Case } from './edits.ts';

const rto = (to: string): Edit => ['tier', 'rto: 15m', `rto: ${to}`];
/** A workload that is one of the services that everything stands on. */
const provider = (name: string, what: string, dependsOn: string): Edit => [
  name === 'directory' ? 'regionLoss' : 'zoneLoss',
  'apiVersion: resus/v1\nkind: GameDay',
  [
    workload(name, 'gold', []).replace('  dependsOn: []', `  provides: [${what}]\n  dependsOn: ${dependsOn}`),
    'apiVersion: resus/v1\nkind: GameDay',
  ].join('---\n'),
];
const without = (what: string): Edit => ['ehr', '{ identity: Paper., names: Numbers., time: Its own., keys: None. }', `{ ${what} }`];
const promoteReplica =
  '    - { id: promote2, uses: aws.rds.promote-read-replica, with: { instance: r, region: us-west-2 }, timeout: 20m, expect: 1s }\n';

const cases: readonly Case[] = [
  ...dependencyCases,
  ...badDayCases,
  ...controllerCases,
  ...pastCases,
  ...declaredCases,
  {
    code: 'RTO_UNREACHABLE',
    edits: [rto('4m')],
    says: 'RTO_UNREACHABLE Workload ehr /spec/runbooks/onDiagnosis/ReplicaDown: ReplicaDown usually takes 5m17s, and the RTO is 4m',
    unless: [rto('6m')],
  },
  {
    code: 'RTO_TIGHT',
    edits: [rto('11m')],
    says: 'RTO_TIGHT Workload ehr /spec/runbooks/onDiagnosis/RegionLost: RegionLost may take 11m27s, and the RTO is 11m',
    unless: [rto('12m')],
  },
  {
    code: 'STEP_WITHOUT_ESTIMATE',
    edits: [step('    - { id: settled, uses: wait, with: { for: 20s } }\n')],
    says: 'STEP_WITHOUT_ESTIMATE Runbook across /spec/steps/0: step `settled` has no estimate',
    unless: [step('    - { id: settled, uses: wait, with: { for: 20s }, expect: 20s }\n')],
  },
  {
    code: 'TIMEOUT_UNDER_ESTIMATE',
    edits: [['away', 'timeout: 10m', 'timeout: 30s']],
    says: 'TIMEOUT_UNDER_ESTIMATE Runbook away /spec/steps/1/timeout: step `promote` has 30s and usually takes 1m',
    unless: [['away', 'timeout: 10m', 'timeout: 61s']],
  },
  {
    code: 'DNS_TTL_OVER_RTO',
    edits: [['away', '    - id: route\n', `${record(451)}    - id: route\n`]],
    says: 'DNS_TTL_OVER_RTO Runbook away /spec/steps/2/with/ttl: users may go to the old address for 7m31s after the change, and the RTO of ehr is 15m',
    unless: [['away', '    - id: route\n', `${record(450)}    - id: route\n`]],
  },
  {
    code: 'APPROVAL_OVER_RTO',
    edits: [['tier', 'expire: 5m', 'expire: 15m']],
    says: 'APPROVAL_OVER_RTO Tier gold /spec/approvals/expire: people have 15m to approve, and the RTO is 15m',
    unless: [
      ['tier', 'expire: 5m', 'expire: 15m'],
      ['tier', 'region: approve', 'region: automatic'],
    ],
  },
  {
    code: 'REPLICATION_UNDECLARED',
    edits: [['ehr', '    - { from: west, to: east, lagProbe: db, heartbeat: 1s }\n', '']],
    says: 'REPLICATION_UNDECLARED Workload ehr /spec/replication: no replication from `west` to `east` is declared, where a failover may lead',
    // Within one replica the storage moves with the writer.
    unless: [
      ['ehr', '    - { from: west, to: east, lagProbe: db, heartbeat: 1s }\n', ''],
      ['ehr', 'ReplicaDown: away, ZoneLost: across, RegionLost: away', 'ZoneLost: across'],
      ['regionLoss', 'diagnosis: RegionLost', 'diagnosis: ZoneLost'],
    ],
  },
  {
    code: 'WEAKER_DEPENDENCY',
    edits: [identity('gold', 'directory'), needs('[{ workload: identity, strength: hard }]')],
    says: 'WEAKER_DEPENDENCY Workload ehr /spec/dependsOn/0/workload: `ehr` has an RTO of 15m and needs `directory`, which has 1h',
    unless: [identity('silver', 'directory'), needs('[{ workload: identity, strength: soft }]')],
  },
  {
    code: 'DEPENDENCY_CIRCLE',
    edits: [needs('[{ workload: ehr, strength: soft }]')],
    says: 'DEPENDENCY_CIRCLE Workload ehr /spec/dependsOn: `ehr` depends on itself by ehr > ehr',
    unless: [identity('gold'), needs('[{ workload: identity, strength: soft }]')],
  },
  {
    code: 'FOUNDATION_UNDECLARED',
    edits: [
      provider('directory', 'identity', '[]'),
      provider('resolvers', 'names', '[{ workload: directory, strength: soft }]'),
      without('time: Its own.'),
      needs('[{ workload: resolvers, strength: hard }]'),
    ],
    // What is needed by others softly is not there when it must be.
    says: 'FOUNDATION_UNDECLARED Workload ehr /spec/dependsOn: nothing says where it has identity and keys from',
    unless: [
      provider('directory', 'identity, keys', '[]'),
      provider('resolvers', 'names', '[{ workload: directory, strength: hard }]'),
      without('time: Its own.'),
      needs('[{ workload: resolvers, strength: hard }]'),
    ],
  },
  {
    code: 'REPLICAS_TOGETHER',
    edits: [['tier', 'regions: 2', 'regions: 3']],
    says: 'REPLICAS_TOGETHER Workload ehr /spec/replicas: its replicas stand in 2 regions, and tier gold demands 3',
    unless: [['tier', 'zones: 2', 'zones: 4']],
  },
  {
    code: 'SHARED_RESOURCE',
    edits: [['ehr', 'arn:aws:rds:us-west-2:210987654321:cluster:west', 'arn:aws:rds:us-east-2:123456789012:cluster:east']],
    says: 'SHARED_RESOURCE Workload ehr /spec/replicas/1/resources/cluster: replicas `east` and `west` both hang on `arn:aws:rds:us-east-2:123456789012:cluster:east`',
    // A word that happens to be the same names no one thing.
    unless: [['ehr', 'instanceB: west-b', 'instanceB: east-b']],
  },
  {
    code: 'PARITY_UNDECLARED',
    edits: [['ehr', ', certificates: One issuer., licences: None.', '']],
    says: 'PARITY_UNDECLARED Workload ehr /spec/parity: nothing says how `west` is known to be equal in certificates and licences',
    // The id of the probe that compares says it as well as words do.
    unless: [['ehr', 'licences: None.', 'licences: web-a']],
  },
  {
    code: 'STRATEGY_TOO_WEAK',
    edits: [['tier', 'strategy: warm-standby', 'strategy: backup-restore']],
    says: 'STRATEGY_TOO_WEAK Tier gold /spec/rto: `backup-restore` cannot keep an RTO of 15m; 1h is about what it can do',
    unless: [['tier', 'strategy: warm-standby', 'strategy: active-active']],
  },
  {
    code: 'AVAILABILITY_UNREACHABLE',
    edits: [['tier', "'99.9'", "'99.999'"]],
    says: 'AVAILABILITY_UNREACHABLE Tier gold /spec/availability: 99.999 % allows 5m15s of downtime a year, and one recovery may take 15m',
    unless: [['tier', "'99.9'", "'99.99'"]],
  },
  {
    code: 'AUTOMATION_INVERTED',
    edits: [['tier', 'zone: automatic, region: approve', 'zone: manual, region: approve']],
    says: 'AUTOMATION_INVERTED Tier gold /spec/automation/zone: a lost region is `approve`, and a lost zone only `manual`',
    unless: [['tier', 'zone: automatic, region: approve', 'zone: approve, region: approve']],
  },
  {
    code: 'FENCE_BY_CLAIM',
    edits: [['tier', 'storage-fenced, provider-asserted', 'storage-fenced, provider-asserted, break-glass']],
    says: 'FENCE_BY_CLAIM Tier gold /spec/fencing/accepts/2: `break-glass` counts as a fence before anybody broke it',
    unless: [['tier', 'storage-fenced, provider-asserted', 'storage-fenced, powered-off']],
  },
  {
    code: 'PROMOTE_WITHOUT_FENCE',
    edits: [step(promoteReplica)],
    says: 'PROMOTE_WITHOUT_FENCE Runbook across /spec/steps/0: step `promote2` promotes, and nothing before it fences the old writer',
    // The step above it fences and promotes.
    unless: [['away', '    - id: route\n', `${promoteReplica}    - id: route\n`]],
  },
  {
    code: 'IRREVERSIBLE_UNAPPROVED',
    edits: [
      ['away', '      uses: approve\n      with: { people: 1, text: The region is lost. }', '      uses: wait\n      with: { for: 1s }'],
    ],
    says: 'IRREVERSIBLE_UNAPPROVED Workload ehr /spec/runbooks/onDiagnosis/ReplicaDown: on ReplicaDown step `promote` of `away` cannot be taken back, and nobody is asked',
    unless: [
      ['away', '      uses: approve\n      with: { people: 1, text: The region is lost. }', '      uses: wait\n      with: { for: 1s }'],
      ['tier', 'replica: automatic', 'replica: approve'],
    ],
  },
  {
    code: 'LOST_CONTROL_PLANE',
    edits: [['away', "region: '${{ to.site }}'", "region: '${{ from.site }}'"]],
    says: 'LOST_CONTROL_PLANE Runbook away /spec/steps/1: step `promote` needs rds in `us-east-2`, which is lost when `us-east-2` is',
    // A planned move may ask the region that it leaves: that is well.
    unless: [['planned', "region: '${{ from.site }}'", 'region: us-east-2']],
  },
  {
    code: 'ROUTE53_CONTROL_PLANE',
    edits: [['away', '    - id: route\n', `${record(30)}    - id: route\n`]],
    says: 'ROUTE53_CONTROL_PLANE Runbook away /spec/steps/2/uses: step `record` changes records, which only us-east-1 can do',
    unless: [['planned', '    - id: route\n', `${record(30)}    - id: route\n`]],
  },
  {
    code: 'STS_GLOBAL_ENDPOINT',
    edits: [
      [
        'sites',
        "uses: tcp, with: { address: '10.9.9.9:443' }, site: us-east-2 }] }\n---\napiVersion: resus/v1\nkind: Site\nmetadata: { name: us-west-2a }",
        "uses: tcp, with: { address: 'sts.amazonaws.com:443' }, site: us-east-2 }] }\n---\napiVersion: resus/v1\nkind: Site\nmetadata: { name: us-west-2a }",
      ],
    ],
    says: 'STS_GLOBAL_ENDPOINT Site us-west-2 /spec/vantages/0/references/0/with/address: `address` names the global endpoint of STS',
    unless: [
      [
        'sites',
        "uses: tcp, with: { address: '10.9.9.9:443' }, site: us-east-2 }] }\n---\napiVersion: resus/v1\nkind: Site\nmetadata: { name: us-west-2a }",
        "uses: tcp, with: { address: 'sts.us-east-2.amazonaws.com:443' }, site: us-east-2 }] }\n---\napiVersion: resus/v1\nkind: Site\nmetadata: { name: us-west-2a }",
      ],
    ],
  },
  {
    code: 'DIAGNOSIS_UNTREATED',
    edits: [
      ['ehr', ', RegionLost: away', ''],
      ['regionLoss', 'diagnosis: RegionLost', 'diagnosis: ReplicaDown'],
    ],
    says: 'DIAGNOSIS_UNTREATED Workload ehr /spec/runbooks/onDiagnosis: no runbook treats RegionLost',
    unless: [['ehr', 'ReplicaDown: away, ', '']],
  },
  {
    code: 'DIAGNOSIS_IMPOSSIBLE',
    edits: [['ehr', "        - { id: web-b, uses: tcp, with: { address: '10.0.0.2:443' }, site: us-west-2b }\n", '']],
    says: 'DIAGNOSIS_IMPOSSIBLE Workload ehr /spec/replicas/1/probes: ZoneLost of `us-west-2b` can never be found: one probe alone looks there',
    unless: [
      ['ehr', "        - { id: web-b, uses: tcp, with: { address: '10.0.0.2:443' }, site: us-west-2b }\n", ''],
      ['ehr', 'ZoneLost: across, ', ''],
      ['zoneLoss', 'diagnosis: ZoneLost', 'diagnosis: RegionLost'],
    ],
  },
  {
    code: 'INNER_HA_UNDECLARED',
    edits: [['ehr', '  localHa: { by: Aurora, grace: 60s }\n', '']],
    says: 'INNER_HA_UNDECLARED Workload ehr /spec: `east` and `west` may heal by themselves, and `localHa` does not say how long that takes',
    unless: [['ehr', 'grace: 60s', 'grace: 0s']],
  },
  {
    code: 'NO_SWITCHOVER',
    edits: [
      ['ehr', '    switchover: planned\n', ''],
      [
        'switchover',
        'practises: switchover',
        'practises: fault\n  diagnosis: ZoneLost\n  faults: [{ id: e, uses: lab.lose-site, with: { site: x, how: silent }, site: us-east-2a, lease: 5m }]',
      ],
    ],
    says: 'NO_SWITCHOVER Workload ehr /spec/runbooks: it has a standby and no planned way to it',
    unless: [['ehr', '    failback: planned\n', '']],
  },
  {
    code: 'NO_FAILBACK',
    edits: [['ehr', '    failback: planned\n', '']],
    says: 'NO_FAILBACK Workload ehr /spec/runbooks: it can leave its home and has no way back',
    unless: [['ehr', 'ReplicaDown: away, ', '']],
  },
  {
    code: 'DRILL_MISSING',
    edits: [['zoneLoss', 'diagnosis: ZoneLost', 'diagnosis: RegionLost']],
    says: 'DRILL_MISSING Workload ehr /spec/runbooks/onDiagnosis/ZoneLost: no game day practises ZoneLost',
    // The same runbook treats both, so practising it once is enough.
    unless: [['regionLoss', 'diagnosis: RegionLost', 'diagnosis: ReplicaDown']],
  },
  {
    code: 'DRILL_RARE',
    edits: [['zoneLoss', "'0 3 * * 2'", "'0 3 1 1,7 *'"]],
    says: 'DRILL_RARE GameDay zone-loss /spec/schedule: it pauses for up to 184d, and tier gold wants runbook `across` practised every 90d',
    unless: [['zoneLoss', "'0 3 * * 2'", "'0 3 1 */2 *'"]],
  },
  {
    code: 'GAMEDAY_UNGATED',
    edits: [['zoneLoss', 'incidents.open == 0, runs.open == 0', 'runs.open == 0']],
    says: 'GAMEDAY_UNGATED GameDay zone-loss /spec/gates: no gate looks at `incidents.open`',
    // A switchover breaks nothing.
    unless: [['switchover', 'usersPath.healthy, incidents.open == 0, runs.open == 0', '']],
  },
  {
    code: 'GAMEDAY_WITHOUT_ABORT',
    edits: [['zoneLoss', 'aborts: [canaries.lost > 50]', 'aborts: []']],
    says: 'GAMEDAY_WITHOUT_ABORT GameDay zone-loss /spec/aborts: it runs on the live floor, and nothing stops it',
    unless: [
      ['zoneLoss', 'aborts: [canaries.lost > 50]', 'aborts: []'],
      ['zoneLoss', 'floors: [lab, live]', 'floors: [lab]'],
    ],
  },
  {
    code: 'FEW_VANTAGES',
    edits: [
      [
        'sites',
        "  vantages:\n    - { id: eye-campus, references: [{ id: far, uses: tcp, with: { address: '10.9.9.9:443' }, site: us-east-2 }] }\n",
        '',
      ],
    ],
    says: 'FEW_VANTAGES Site us-east-2 /spec/vantages: only 2 vantages are declared',
    unless: [['sites', 'metadata: { name: campus }', 'metadata: { name: campus, labels: { town: riverside } }']],
  },
  {
    code: 'VANTAGES_TOGETHER',
    edits: [
      [
        'sites',
        "  vantages:\n    - { id: eye-campus, references: [{ id: far, uses: tcp, with: { address: '10.9.9.9:443' }, site: us-east-2 }] }\n",
        '',
      ],
      [
        'sites',
        '    - { id: eye-us-east-2,',
        "    - { id: eye-2, references: [{ id: far, uses: tcp, with: { address: '10.9.9.9:443' }, site: us-west-2 }] }\n    - { id: eye-us-east-2,",
      ],
    ],
    says: 'VANTAGES_TOGETHER Site us-east-2 /spec/vantages: 3 vantages stand in 2 failure domains',
    unless: [
      [
        'sites',
        '    - { id: eye-us-east-2,',
        "    - { id: eye-2, references: [{ id: far, uses: tcp, with: { address: '10.9.9.9:443' }, site: us-west-2 }] }\n    - { id: eye-us-east-2,",
      ],
    ],
  },
  {
    code: 'SECRET_IN_YAML',
    edits: [['ehr', 'instanceB: west-b', "instanceB: west-b, adminPassword: 'hunter22'"]],
    says: 'SECRET_IN_YAML Workload ehr /spec/replicas/1/resources/adminPassword: `adminPassword` holds a secret under a telling name',
    unless: [['ehr', 'instanceB: west-b', "instanceB: west-b, adminPassword: '${{ inventory.password }}'"]],
  },
  {
    code: 'ACCEPTANCE_UNUSED',
    edits: [['ehr', '  name: ehr', '  name: ehr\n  labels: { accept/rto-tight: because }']],
    says: 'ACCEPTANCE_UNUSED Workload ehr /metadata/labels/accept~1rto-tight: accept/rto-tight accepts a finding that is not there',
    unless: [['ehr', '  name: ehr', '  name: ehr\n  labels: { owner/rto-tight: because }']],
  },
];
function record(ttl: number): string {
  return `    - { id: record, uses: aws.route53.change-record, with: { hostedZone: Z1, name: ehr.example, type: A, ttl: ${ttl}, values: ['10.0.2.1'] } }\n`;
}

const codesOf = (edits: readonly Edit[], known?: Case['known']): string[] => analysed(edits, known).found.map(({ code }) => code);

describe('findings', () => {
  it('finds nothing in an estate that is well', () => {
    expect(linesOf(analysed())).toEqual([]);
  });
  it('has a case for each', () => {
    expect(cases.map(({ code }) => code).sort()).toEqual(findings.map(({ code }) => code).sort());
  });
  it.each(cases)('$code is found', ({ edits, says, known }) => {
    expect(linesOf(analysed(edits, known))).toContain(says);
  });
  it.each(cases)('$code is not found where it is not', ({ code, unless, known, unlessKnown = known }) => {
    expect(codesOf(unless, unlessKnown)).not.toContain(code);
  });
  it.each([...borders, ...badDayBorders, ...controllerBorders, ...pastBorders, ...declaredBorders])(
    '$code of $what: $found',
    ({ code, edits, found, known }) => {
      expect(codesOf(edits, known).filter((each) => each === code)).toHaveLength(found);
    },
  );
});
