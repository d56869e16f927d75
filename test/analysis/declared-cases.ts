// The findings about what a workload declares of itself beside its replicas and runbooks: a row for each, and more at the borders of some.
import type { Border, Case } from './edits.ts';

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
];

export const declaredBorders: readonly Border[] = [
  {
    what: 'what resolvers and clients keep together',
    code: 'DNS_TTL_OVER_RTO',
    edits: [['ehr', 'clientCache: 0s', 'clientCache: 391s']],
    found: 1,
  },
  { what: 'half of the RTO together', code: 'DNS_TTL_OVER_RTO', edits: [['ehr', 'clientCache: 0s', 'clientCache: 390s']], found: 0 },
];
