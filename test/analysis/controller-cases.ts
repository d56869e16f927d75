// The findings about the controller that would carry the plans out: where its journal stands, and how long it can call.
import type { ControllerFacts } from '../../src/analysis/index.ts';
import type { Border, Case } from './edits.ts';

const asks = (id: string): string =>
  `    - { id: ${id}, uses: human, with: { person: the charge nurse, text: Tell the wards. }, timeout: 4h, expect: 3h }\n`;

/** That of a controller which would carry the plans out. */
const run = (facts: Partial<ControllerFacts>, labels: Record<string, string> = {}): NonNullable<Case['known']> => ({
  controller: {
    file: 'resus.yaml',
    controlDomain: 'central',
    site: 'campus',
    roleRegions: ['us-west-2'],
    endpoints: {},
    sessionMs: 900_000,
    mostSessionMs: 3_600_000,
    heldMs: (sessionMs) => sessionMs / 2,
    hasSessionToken: false,
    ...facts,
  },
  written: [{ kind: 'Config', name: 'resus.yaml', value: { labels } }],
});

export const controllerCases: readonly Case[] = [
  {
    code: 'JOURNAL_EVACUATED',
    edits: [],
    known: run({ site: 'us-west-2b' }),
    // The standby's region: after a failover it is what must be left.
    says: 'JOURNAL_EVACUATED Config resus.yaml /site: the journal stands at `us-west-2b`, and is lost with `us-west-2`, which its own plans are to leave',
    unless: [],
    unlessKnown: run({ site: 'us-east-1' }),
  },
  {
    code: 'JOURNAL_SITE_UNDECLARED',
    edits: [],
    known: run({ site: 'riverside' }),
    says: 'JOURNAL_SITE_UNDECLARED Config resus.yaml /site: the journal is said to stand at `riverside`, which nobody declares',
    unless: [],
    unlessKnown: run({}),
  },
  {
    code: 'CREDENTIALS_SHORT',
    edits: [],
    known: run({ sessionMs: 300_000 }),
    says: 'CREDENTIALS_SHORT Config resus.yaml /providers/aws/sessionMs: when STS does not answer, the keys in hand are good for 2m30s, and a slow recovery by `away` calls AWS until 5m17s after the loss',
    unless: [],
    // Six seconds more than twice 5m17s.
    unlessKnown: run({ sessionMs: 640_000 }),
  },
];

export const controllerBorders: readonly Border[] = [
  { what: 'a zone and its region', code: 'JOURNAL_EVACUATED', edits: [], known: run({ site: 'us-east-2a' }), found: 2 },
  {
    what: 'a region of which only single replicas are treated',
    code: 'JOURNAL_EVACUATED',
    edits: [
      ['ehr', 'ReplicaDown: away, ZoneLost: across, RegionLost: away', 'ReplicaDown: away'],
      ['zoneLoss', 'diagnosis: ZoneLost', 'diagnosis: ReplicaDown'],
      ['regionLoss', 'diagnosis: RegionLost', 'diagnosis: ReplicaDown'],
    ],
    known: run({ site: 'us-east-2a' }),
    found: 0,
  },
  {
    what: 'plans of another controller',
    code: 'JOURNAL_EVACUATED',
    edits: [],
    known: run({ site: 'us-east-2a', controlDomain: 'clinics' }),
    found: 0,
  },
  { what: 'no configuration', code: 'JOURNAL_SITE_UNDECLARED', edits: [], found: 0 },
  {
    what: 'a journal that somebody answers for',
    code: 'JOURNAL_EVACUATED',
    edits: [],
    known: run({ site: 'us-west-2b' }, { 'accept/journal-evacuated': 'One region is all that there is. CIO, 2026-11-02' }),
    found: 0,
  },
  {
    what: 'an acceptance of what is not there',
    code: 'ACCEPTANCE_UNUSED',
    edits: [],
    known: run({}, { 'accept/journal-evacuated': 'as agreed' }),
    found: 1,
  },
  {
    what: 'regions without a role',
    code: 'CREDENTIALS_SHORT',
    edits: [],
    known: run({ sessionMs: 300_000, roleRegions: ['eu-west-1'] }),
    found: 0,
  },
  {
    what: 'people who take their time before and after the last call',
    code: 'CREDENTIALS_SHORT',
    edits: [
      ['away', 'timeout: 5m\n      expect: 2m', 'timeout: 5h\n      expect: 2h'],
      ['away', '    - id: route\n', `${asks('tell')}    - id: route\n`],
    ],
    known: run({ sessionMs: 640_000 }),
    found: 0,
  },
  {
    what: 'a machine that takes its time before the last call',
    code: 'CREDENTIALS_SHORT',
    edits: [['away', '    - id: promote\n', '    - { id: settle, uses: wait, with: { for: 4s } }\n    - id: promote\n']],
    known: run({ sessionMs: 640_000 }),
    found: 1,
  },
  {
    what: 'a machine that takes its time after the last call',
    code: 'CREDENTIALS_SHORT',
    edits: [['away', '    - id: route\n', '    - { id: settle, uses: wait, with: { for: 30m } }\n    - id: route\n']],
    known: run({ sessionMs: 640_000 }),
    found: 0,
  },
  {
    what: 'a last call later than any session lasts',
    code: 'CREDENTIALS_SHORT',
    edits: [['away', '    - id: promote\n', '    - { id: settle, uses: wait, with: { for: 2h } }\n    - id: promote\n']],
    known: run({ sessionMs: 3_600_000 }),
    found: 1,
  },
  { what: 'keys that nothing renews', code: 'CREDENTIALS_SHORT', edits: [], known: run({ hasSessionToken: true }), found: 1 },
  {
    what: 'the endpoint of a controller',
    code: 'STS_GLOBAL_ENDPOINT',
    edits: [],
    known: run({ endpoints: { 'us-west-2': 'https://sts.amazonaws.com' } }),
    found: 1,
  },
  {
    what: 'a region of its own',
    code: 'STS_GLOBAL_ENDPOINT',
    edits: [],
    known: run({ endpoints: { 'us-west-2': 'https://sts.us-west-2.amazonaws.com' } }),
    found: 0,
  },
];
