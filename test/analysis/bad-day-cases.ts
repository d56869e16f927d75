// The findings about what is needed on the day itself, and is lost with what it must replace: names, keys to the door, the journal.
import type { Edit } from './base.ts';
import type { Case } from './edits.ts';

const answeredAt = (sites: string): Edit => ['ehr', '    populations:', `    privateZone: { answeredAt: [${sites}] }\n    populations:`];
const host = (url: string): Edit => ['ehr', 'http://ehr.example/', url];
const changesRecord: Edit = [
  'away',
  '    - id: route\n',
  `    - { id: record, uses: aws.route53.change-record, with: { hostedZone: Z1, name: ehr.example, type: A, ttl: 30, values: ['10.0.2.1'] } }
    - id: route
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
];

export const badDayBorders: readonly {
  readonly what: string;
  readonly code: string;
  readonly edits: readonly Edit[];
  readonly found: number;
}[] = [
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
];
