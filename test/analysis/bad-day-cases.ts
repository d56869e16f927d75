// The findings about what is needed on the day itself, and is lost with what it must replace: names, keys to the door, the journal.
import type { Edit } from './base.ts';
import { workload, type Border, type Case } from './edits.ts';

const answeredAt = (sites: string): Edit => ['ehr', '    populations:', `    privateZone: { answeredAt: [${sites}] }\n    populations:`];
const host = (url: string): Edit => ['ehr', 'http://ehr.example/', url];
const changesRecord: Edit = [
  'away',
  '    - id: route\n',
  `    - { id: record, uses: aws.route53.change-record, with: { hostedZone: Z1, name: ehr.example, type: A, ttl: 30, values: ['10.0.2.1'] } }
    - id: route
`,
];

const beside = (text: string): Edit => [
  'switchover',
  'apiVersion: resus/v1\nkind: GameDay',
  `${text}---\napiVersion: resus/v1\nkind: GameDay`,
];
const breakGlass = (text: string): Edit => ['ehr', '  localHa:', `  breakGlass: { how: An envelope., ${text} }\n  localHa:`];
/** The way in is by a host that stands in two regions, and needs these. */
const jumpHost = (on: readonly string[], change = (text: string): string => text): readonly Edit[] => [
  breakGlass('needs: [jump-host]'),
  beside(change(workload('jump-host', 'gold', on))),
];
const everythingEast = (text: string): string =>
  text.replace('site: us-west-2', 'site: us-east-2a').replace('site: us-east-2,', 'site: us-east-2b,');

const shared = (resource: string): Edit => ['ehr', '  residency: [US]', `  residency: [US]\n  resources: { ${resource} }`];
const secret = (region: string): string => `arn:aws:secretsmanager:${region}:123456789012:secret:ehr-a1b2c3`;
const looksAt = (url: string): Edit => [
  'away',
  '    - id: route\n',
  `    - { id: look, uses: probe, with: { uses: http, with: { url: '${url}', expectStatus: 200 } }, expect: 1s }\n    - id: route\n`,
];
const sometimes = `'\${{ site != "" }}'`;
/** It fences under this condition, and then promotes under that. */
const fencesAndPromotes = (fence: string, promote: string): Edit => [
  'across',
  '  steps:\n',
  `  steps:
    - { id: fence, uses: aws.rds.isolate-source, with: { instance: r, replica: r2, region: us-east-2, securityGroup: sg-0123456789abcdef0 }${fence} }
    - { id: promote2, uses: aws.rds.promote-read-replica, with: { instance: r, region: us-west-2 }, timeout: 20m, expect: 1s${promote} }
`,
];
const approves = (how: string): readonly Edit[] => [
  ['away', '    - id: yes\n      uses: approve\n', `    - id: yes\n      uses: approve\n${how}`],
  ['tier', 'region: approve', 'region: automatic'],
];
const ungraceful = (text: string): Edit => [
  'across',
  "      uses: aws.rds.failover-db-cluster\n      with: { cluster: '${{ to.resources.cluster }}', target: '${{ to.resources.instanceB }}', region: '${{ to.site }}' }\n",
  `      uses: aws.rds.failover-db-cluster
      with: { cluster: '\${{ to.resources.cluster }}', target: '\${{ to.resources.instanceB }}', region: '\${{ to.site }}' }
    - { id: settled, uses: wait, with: { for: 20s }, expect: 20s, onUngraceful: { do: replace, ${text} } }
`,
];

export const badDayCases: readonly Case[] = [
  {
    code: 'PRIVATE_ZONE',
    edits: [answeredAt('us-east-2a, us-east-2b')],
    says: 'PRIVATE_ZONE Workload ehr /spec/usersPath/privateZone/answeredAt: its name is answered only at `us-east-2a` and `us-east-2b`, and nobody finds `ehr` when `us-east-2` is lost',
    unless: [answeredAt('us-east-2a, campus')],
  },
  {
    code: 'PRIVATE_ZONE_UNDECLARED',
    edits: [host('http://ehr.hospital.internal:8080/')],
    says: 'PRIVATE_ZONE_UNDECLARED Workload ehr /spec/usersPath/url: `ehr.hospital.internal` is a private name, and nothing says where it is answered',
    unless: [host('http://ehr.hospital.internal:8080/'), answeredAt('us-east-2, us-west-2')],
  },
  {
    code: 'BREAK_GLASS_CIRCULAR',
    edits: jumpHost(['ehr']),
    says: 'BREAK_GLASS_CIRCULAR Workload ehr /spec/breakGlass/needs/0: the way in while `ehr` is lost needs `jump-host`, which does not work without it',
    unless: jumpHost([]),
  },
  {
    code: 'BREAK_GLASS_UNDECLARED',
    edits: [['ehr', '  localHa:', '  provides: [identity]\n  localHa:']],
    says: 'BREAK_GLASS_UNDECLARED Workload ehr /spec/provides: nothing says how people get in while `ehr` is lost',
    unless: [['ehr', '  onCall: platform', '  onCall: platform\n  provides: [identity]'], breakGlass('site: campus')],
  },
  {
    code: 'LOST_RESOURCE',
    edits: [shared(`secret: '${secret('us-east-2')}'`)],
    says: 'LOST_RESOURCE Workload ehr /spec/resources/secret: `secret` is a secret in `us-east-2`, and is gone when `ehr` must run at `west`',
    unless: [shared(`secret: '${secret('us-east-1')}'`)],
  },
];

export const badDayBorders: readonly Border[] = [
  {
    what: 'one zone that answers alone: its loss, and that of its region',
    code: 'PRIVATE_ZONE',
    edits: [answeredAt('us-east-2a')],
    found: 2,
  },
  {
    what: 'a record of a private zone that a failover changes',
    code: 'PRIVATE_ZONE',
    edits: [answeredAt('us-east-2, us-west-2'), changesRecord],
    found: 1,
  },
  { what: 'a record of a public zone', code: 'PRIVATE_ZONE', edits: [changesRecord], found: 0 },
  { what: 'a host without a domain', code: 'PRIVATE_ZONE_UNDECLARED', edits: [host('http://ehr/')], found: 1 },
  { what: 'an address', code: 'PRIVATE_ZONE_UNDECLARED', edits: [host('http://192.0.2.7:8080/')], found: 0 },
  { what: 'a name that an inventory gives', code: 'PRIVATE_ZONE_UNDECLARED', edits: [host("'http://${{ inventory.name }}/'")], found: 0 },
  {
    what: 'the resolver of a network',
    code: 'PRIVATE_ZONE_UNDECLARED',
    edits: [['ehr', '    populations:', "    nameServers: ['169.254.169.253']\n    populations:"]],
    found: 1,
  },
  { what: 'a way that is what is lost', code: 'BREAK_GLASS_CIRCULAR', edits: [breakGlass('needs: [ehr]')], found: 1 },
  {
    what: 'a way whose need needs it softly',
    code: 'BREAK_GLASS_CIRCULAR',
    edits: jumpHost(['ehr'], (text) => text.replace('strength: hard', 'strength: soft')),
    found: 0,
  },
  {
    what: 'a way by what stands in one of its two regions',
    code: 'BREAK_GLASS_CIRCULAR',
    edits: jumpHost([], everythingEast),
    found: 0,
  },
  {
    what: 'a way by what stands nowhere but in the one region of what is lost',
    code: 'BREAK_GLASS_CIRCULAR',
    edits: [
      beside(
        [
          everythingEast(workload('jump-host', 'gold', [])),
          workload('badges', 'gold', [])
            .replace('site: us-west-2', 'site: us-east-2')
            .replace('  replicas:', '  breakGlass: { how: An envelope., needs: [jump-host] }\n  replicas:'),
        ].join('---\n'),
      ),
    ],
    found: 1,
  },
  {
    what: 'an envelope that is kept where all of it stands',
    code: 'BREAK_GLASS_CIRCULAR',
    edits: [
      beside(
        everythingEast(workload('badges', 'gold', [])).replace(
          '  replicas:',
          '  breakGlass: { how: An envelope., site: us-east-2 }\n  replicas:',
        ),
      ),
    ],
    found: 1,
  },
  {
    what: 'an envelope that is kept where one of two regions is',
    code: 'BREAK_GLASS_CIRCULAR',
    edits: [breakGlass('site: us-east-2')],
    found: 0,
  },
  {
    what: 'a step that asks the vault of the region that is lost',
    code: 'LOST_RESOURCE',
    edits: [looksAt('https://secretsmanager.us-east-2.amazonaws.com/')],
    found: 1,
  },
  {
    what: 'a step that asks a database of the region that is lost',
    code: 'LOST_RESOURCE',
    edits: [looksAt('https://rds.us-east-2.amazonaws.com/')],
    found: 0,
  },
  { what: 'a fence that may be left out', code: 'PROMOTE_WITHOUT_FENCE', edits: [fencesAndPromotes(`, when: ${sometimes}`, '')], found: 1 },
  {
    what: 'a fence that is left out with the promotion',
    code: 'PROMOTE_WITHOUT_FENCE',
    edits: [fencesAndPromotes(`, when: ${sometimes}`, `, when: ${sometimes}`)],
    found: 0,
  },
  {
    what: 'an approval that nobody may be asked for',
    code: 'IRREVERSIBLE_UNAPPROVED',
    edits: approves(`      when: ${sometimes}\n`),
    found: 2,
  },
  { what: 'an approval that is waited for', code: 'IRREVERSIBLE_UNAPPROVED', edits: approves(''), found: 0 },
  {
    what: 'an approval beside the step',
    code: 'IRREVERSIBLE_UNAPPROVED',
    edits: [...approves(''), ['away', '      timeout: 10m\n', '      timeout: 10m\n      needs: []\n']],
    found: 2,
  },
  {
    what: 'a record that is changed without grace',
    code: 'ROUTE53_CONTROL_PLANE',
    edits: [
      ungraceful("uses: aws.route53.change-record, with: { hostedZone: Z1, name: ehr.example, type: A, ttl: 30, values: ['10.0.2.1'] }"),
    ],
    found: 1,
  },
  {
    what: 'a wait without grace that nobody estimates',
    code: 'STEP_WITHOUT_ESTIMATE',
    edits: [ungraceful('uses: wait, with: { for: 1s }')],
    found: 1,
  },
  {
    what: 'a wait without grace that is given up too early',
    code: 'TIMEOUT_UNDER_ESTIMATE',
    edits: [ungraceful('uses: wait, with: { for: 1s }, expect: 5s, timeout: 4s')],
    found: 1,
  },
  {
    what: 'a step that gives people longer than the RTO',
    code: 'APPROVAL_OVER_RTO',
    edits: [['away', '      timeout: 5m\n', '      timeout: 16m\n']],
    found: 2,
  },
  {
    what: 'a lag that is looked at as rarely as the RPO',
    code: 'HEARTBEAT_OVER_RPO',
    edits: [['tier', 'interval: 5s', 'interval: 10s']],
    found: 2,
  },
  {
    what: 'a lag that is looked at just often enough',
    code: 'HEARTBEAT_OVER_RPO',
    edits: [['tier', 'interval: 5s', 'interval: 9s']],
    found: 0,
  },
];
