// The findings about what workloads need of each other and what their replicas share: a row for each, and more at the borders of some.
import { base, type Edit } from './base.ts';
import { identity, needs, step, type Border, type Case } from './edits.ts';

/** Two steps of a plan of plans, the second after the first unless it says what it needs. */
const moves = (first: string, second: string, how = ''): Edit =>
  step(
    [
      `    - { id: first, uses: move, with: { workload: ${first}, leave: us-east-2 }, expect: 1m, timeout: 1h }\n`,
      `    - { id: second, uses: move, with: { workload: ${second}, leave: us-east-2 }, expect: 1m, timeout: 1h${how} }\n`,
    ].join(''),
  );
const oneRegion: Edit = ['tier', 'least: { regions: 2, zones: 2 }', 'least: { regions: 1, zones: 1 }'];
const westHas = (resource: string): Edit => ['ehr', 'instanceB: west-b', `instanceB: west-b, ${resource}`];
const eastHas = (resource: string): Edit => ['ehr', 'instanceB: east-b', `instanceB: east-b, ${resource}`];
const key = (region: string, id: string): string => `key: 'arn:aws:kms:${region}:123456789012:key/${id}'`;
const oneKey = '1a2b3c4d-0000-4000-8000-123456789abc';
/** `identity` needs `directory`, which stands where these say. */
const directory = (one: string, two?: string): Edit => {
  const [file, from, to] = identity('gold', 'directory');
  const pieces = to.split('metadata: { name: directory }');
  const second = pieces[1] ?? '';
  const placed = second
    .replace('name: one, site: us-east-2', `name: one, site: ${one}`)
    .replace('name: two, site: us-west-2', `name: two, site: ${two ?? one}`)
    .replace(/\n {4}- \{ name: two.*/, (line) => (two === undefined ? '' : line));
  return [file, from, [pieces[0] ?? '', placed].join('metadata: { name: directory }')];
};
const promised = ([file, from, to]: Edit, text: string, other: string): Edit => [file, from, to.replace(text, other)];
const onIdentity = needs('[{ workload: identity, strength: hard }]');
const validated: Edit = ['ehr', '  tier: gold', '  tier: gold\n  validated: true'];
const asking = (text: string): Edit =>
  step(`    - { id: look, uses: human, with: { person: the officer, text: ${text} }, expect: 1s, timeout: 5m }\n`);

/** No diagnosis is treated, and people may choose this runbook. */
const byHandOnly = (runbook: string): readonly Edit[] => [
  ['ehr', 'onDiagnosis: { ReplicaDown: away, ZoneLost: across, RegionLost: away }', `byHand: { back: ${runbook} }`],
  ['regionLoss', /practises: fault\n.*\n.*\n/.exec(base.regionLoss)?.[0] ?? '', 'practises: switchover\n'],
  ['zoneLoss', /practises: fault\n.*\n.*\n/.exec(base.zoneLoss)?.[0] ?? '', 'practises: switchover\n'],
];
/** A restore, done by people. */
const restores: Edit = [
  'across',
  /    - id: move\n.*\n.*\n/.exec(base.across)?.[0] ?? '',
  '    - { id: back, uses: human, with: { person: the officer, text: Restore it. }, expect: 1s, timeout: 5m }\n',
];
const noCopies: Edit = ['ehr', /  replication:\n.*\n.*\n/.exec(base.ehr)?.[0] ?? '', ''];

export const dependencyCases: readonly Case[] = [
  {
    code: 'RTO_INVERTED',
    edits: [['tier', 'rto: 15m', 'rto: 15m\n  byLoss: { zone: { rto: 12m }, region: { rto: 11m59s } }']],
    says: 'RTO_INVERTED Tier gold /spec/byLoss/region/rto: a lost region is to be over in 11m59s, and a lost zone only in 12m',
    unless: [['tier', 'rto: 15m', 'rto: 15m\n  byLoss: { replica: { rto: 12m }, zone: { rto: 11m }, region: { rto: 12m } }']],
  },
  {
    code: 'SINGLE_POINT',
    edits: [directory('us-east-2'), onIdentity],
    says: 'SINGLE_POINT Workload ehr /spec/dependsOn/0/workload: `ehr` is to outlast the loss of a region, and needs `directory`, which stands in `us-east-2` alone',
    unless: [directory('us-east-2', 'us-west-2'), onIdentity],
  },
  {
    code: 'SHARED_SITE',
    edits: [directory('us-east-2a', 'us-east-2b')],
    says: 'SHARED_SITE Workload directory /spec/replicas: all of its replicas stand in the region `us-east-2`',
    unless: [directory('us-east-2a', 'us-west-2')],
  },
  {
    code: 'RESOURCE_ELSEWHERE',
    edits: [westHas("secret: 'arn:aws:secretsmanager:us-east-2:210987654321:secret:ehr-a1b2c3'")],
    says: 'RESOURCE_ELSEWHERE Workload ehr /spec/replicas/1/resources/secret: replica `west` stands in us-west-2 and hangs on `secret` in us-east-2',
    unless: [
      westHas("secret: 'arn:aws:secretsmanager:us-west-2:210987654321:secret:ehr-a1b2c3', role: 'arn:aws:iam::210987654321:role/x'"),
    ],
  },
  {
    code: 'GXP_AD_HOC',
    edits: [validated, asking("'Look at the batch records.'")],
    says: 'GXP_AD_HOC Workload ehr /spec/runbooks/onDiagnosis/ZoneLost: `ehr` is validated, and step `look` of `across` asks a person and names no procedure',
    unless: [validated, asking("'Look at the batch records, SOP-EHR-114 section 2.'")],
  },
  {
    code: 'BY_HAND_UNPRACTISED',
    edits: [...byHandOnly('across')],
    says: 'BY_HAND_UNPRACTISED Workload ehr /spec/runbooks/byHand/back: no game day practises `back`, which people may choose',
    unless: [...byHandOnly('across'), ['regionLoss', 'practises: switchover', 'practises: by-hand\n  runbook: back']],
  },
  {
    code: 'RECOVERY_ORDER',
    edits: [identity('gold', 'directory'), moves('identity', 'directory')],
    says: 'RECOVERY_ORDER Runbook across /spec/steps/0/needs: step `first` moves `identity` and does not wait for the move of `directory`, which it hard-depends on',
    unless: [identity('gold', 'directory'), moves('directory', 'identity')],
  },
];

export const borders: readonly Border[] = [
  {
    what: 'a move beside the one that it needs',
    code: 'RECOVERY_ORDER',
    edits: [identity('gold', 'directory'), moves('directory', 'identity', ', needs: []')],
    found: 1,
  },
  {
    what: 'a move before one that is needed by way of a workload that stays',
    code: 'RECOVERY_ORDER',
    edits: [identity('gold', 'directory'), needs('[{ workload: identity, strength: hard }]'), moves('ehr', 'directory')],
    found: 1,
  },
  {
    what: 'a move before one that is only a soft dependency',
    code: 'RECOVERY_ORDER',
    edits: [identity('gold'), needs('[{ workload: identity, strength: soft }]'), moves('ehr', 'identity')],
    found: 0,
  },
  {
    what: 'a dependency that has two replicas in one region',
    code: 'SINGLE_POINT',
    edits: [directory('us-east-2', 'us-east-2'), onIdentity],
    found: 2,
  },
  {
    what: 'a soft dependency',
    code: 'SINGLE_POINT',
    edits: [directory('us-east-2'), needs('[{ workload: directory, strength: soft }]')],
    found: 1,
  },
  {
    what: 'a dependency in one region, in no zone, where zones are demanded',
    code: 'SINGLE_POINT',
    edits: [directory('us-east-2'), ['tier', 'regions: 2', 'regions: 1']],
    found: 1,
  },
  { what: 'a dependency of a tier that demands nothing', code: 'SINGLE_POINT', edits: [directory('us-east-2'), oneRegion], found: 0 },
  { what: 'a campus', code: 'SHARED_SITE', edits: [directory('campus', 'campus')], found: 1 },
  {
    what: 'a region that the tier does not let them share',
    code: 'SHARED_SITE',
    edits: [promised(directory('us-east-2', 'us-east-2'), 'tier: silver', 'tier: gold')],
    found: 0,
  },
  {
    what: 'a region where data come back from a backup',
    code: 'SHARED_SITE',
    edits: [promised(directory('us-east-2', 'us-east-2'), "'99', strategy: warm-standby", "'99', strategy: backup-restore")],
    found: 0,
  },
  {
    what: 'a key that is one key under two ARNs',
    code: 'SHARED_RESOURCE',
    edits: [eastHas(key('us-east-2', oneKey)), westHas(key('us-west-2', oneKey))],
    found: 1,
  },
  {
    what: 'a key by its id alone',
    code: 'SHARED_RESOURCE',
    edits: [eastHas(`kmsKey: ${oneKey}`), westHas(key('us-east-2', oneKey))],
    found: 1,
  },
  {
    what: 'the replicas of a key in several regions',
    code: 'SHARED_RESOURCE',
    edits: [eastHas(key('us-east-2', 'mrk-1f3a')), westHas(key('us-west-2', 'mrk-1f3a'))],
    found: 0,
  },
  {
    what: 'an endpoint in another region',
    code: 'RESOURCE_ELSEWHERE',
    edits: [westHas("login: 'https://cognito-idp.us-east-2.amazonaws.com/x'")],
    found: 1,
  },
  {
    what: 'a runbook that people choose on a validated system',
    code: 'GXP_AD_HOC',
    edits: [validated, restores, ...byHandOnly('across')],
    found: 1,
  },
  {
    what: 'a restore to the other side, which no copy feeds',
    code: 'REPLICATION_UNDECLARED',
    edits: [noCopies, restores, ...byHandOnly('across')],
    found: 0,
  },
  { what: 'a move by hand that promotes a copy', code: 'REPLICATION_UNDECLARED', edits: [noCopies, ...byHandOnly('away')], found: 2 },
  { what: 'a system that is not validated', code: 'GXP_AD_HOC', edits: [asking("'Look.'")], found: 0 },
  {
    what: 'a step that may be left out',
    code: 'GXP_AD_HOC',
    edits: [validated, step('    - { id: settled, uses: wait, with: { for: 1s }, expect: 1s, onUngraceful: { do: skip } }\n')],
    found: 1,
  },
  { what: 'a system that is not validated', code: 'GXP_AD_HOC', edits: [asking("'Look.'")], found: 0 },
  {
    what: 'a step that may be left out',
    code: 'GXP_AD_HOC',
    edits: [validated, step('    - { id: settled, uses: wait, with: { for: 1s }, expect: 1s, onUngraceful: { do: skip } }\n')],
    found: 1,
  },
];
