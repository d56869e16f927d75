// A hospital group of any size for benches: so many workloads of two replicas in two regions, watched by three vantages in three
// fault domains. One probe a replica, so that workloads x 2 x 3 is the number of verdicts.
import type { Catalogue, ActionFacts } from '../src/core/catalogue.ts';
import type { Estate, Replica, Site, Tier, Workload } from '../src/core/estate.ts';
import type { SiteId, StepId, VantageId, WorkloadId } from '../src/core/values.ts';
import { evaluate } from '../src/declare/index.ts';

const hourMs = 3_600_000;
const id = (text: string): SiteId => text as SiteId;
const site = (name: string, level: Site['level'], parent?: string, vantages: Site['vantages'] = []): Site => ({
  id: id(name),
  level,
  kind: level === 'campus' ? 'onprem' : 'aws',
  residency: 'US',
  vantages,
  ...(parent === undefined ? {} : { parent: id(parent) }),
});
const vantage = (name: string, at: string, sees: string) => ({
  id: name as VantageId,
  site: id(at),
  references: [
    { id: 'other', uses: 'tcp', with: {}, site: id(sees) },
    { id: 'dns', uses: 'dns', with: {}, site: id('us-east-1') },
  ],
});

/** One bad sample changes a verdict, so that every input that is no repeat reaches the journal: the dearest mix there is. */
export const tier: Tier = {
  id: 'critical',
  rtoMs: 900_000,
  rpoMs: 5_000,
  availability: '99.99',
  strategy: 'warm-standby',
  least: { regions: 2, zones: 2 },
  detection: { intervalMs: 5_000, timeoutMs: 2_000, failures: 1, successes: 1 },
  usersPath: { intervalMs: 1_000, timeoutMs: 1_000, failures: 3, good: 5, sustainedMs: 5_000 },
  automation: { replica: 'automatic', zone: 'automatic', region: 'automatic' },
  approvals: { people: 1, expireMs: hourMs },
  fencing: { accepts: ['storage-fenced', 'provider-asserted'] },
  cooldownMs: 60_000,
  drillEveryMs: 2_160 * hourMs,
  retentionMs: 52_560 * hourMs,
};

function replica(workload: number, name: 'east' | 'west', role: Replica['role']): Replica {
  const region = `us-${name}-2`;
  return {
    name,
    site: id(region),
    role,
    onIsolation: 'keep',
    resources: { cluster: `arn:${name}:${workload}` },
    probes: [{ id: 'db', uses: 'postgres', with: {}, site: id(`${region}${workload % 2 === 0 ? 'a' : 'b'}`) }],
  };
}
const workloadOf = (n: number): Workload => ({
  id: `workload-${n}` as WorkloadId,
  tier: tier.id,
  controlDomain: 'central',
  owner: 'team',
  onCall: 'on-call',
  clinicalOwner: 'cmio',
  impact: 'Charts cannot be read.',
  downtimeProcedure: 'DT-1',
  residency: ['US'],
  dependsOn: [],
  resources: { globalCluster: `global-${n}` },
  replicas: [replica(n, 'east', 'primary'), replica(n, 'west', 'standby')],
  replication: [{ from: 'east', to: 'west', lagProbe: 'db', heartbeatMs: 1_000 }],
  usersPath: { url: 'http://ehr.hospital.test', nameServers: ['127.0.0.1:53'], populations: [{ name: 'ward', site: id('campus') }] },
  runbooks: { onDiagnosis: { RegionLost: 'failover', ZoneLost: 'failover', ReplicaDown: 'failover' }, switchover: 'failover' },
});

export function fleetOf(workloads: number): Estate {
  const sites = [
    site('aws', 'cloud'),
    site('us-east-1', 'region', 'aws'),
    site('us-east-2', 'region', 'aws', [vantage('east', 'us-east-2', 'us-west-2')]),
    site('us-east-2a', 'zone', 'us-east-2'),
    site('us-east-2b', 'zone', 'us-east-2'),
    site('us-west-2', 'region', 'aws', [vantage('west', 'us-west-2', 'campus')]),
    site('us-west-2a', 'zone', 'us-west-2'),
    site('us-west-2b', 'zone', 'us-west-2'),
    site('campus', 'campus', undefined, [vantage('campus', 'campus', 'us-west-2')]),
  ];
  return {
    sites: Object.fromEntries(sites.map((each) => [each.id, each])),
    tiers: { [tier.id]: tier },
    workloads: Object.fromEntries(Array.from({ length: workloads }, (_, n) => [`workload-${n}`, workloadOf(n)])),
    runbooks: {
      failover: {
        id: 'failover',
        summary: 'Move.',
        modes: ['failover', 'switchover'],
        steps: [
          {
            id: 'promote' as StepId,
            uses: 'bench.promote',
            with: { cluster: '${{ workload.resources.globalCluster }}', target: '${{ to.resources.cluster }}' },
            needs: [],
            timeoutMs: 24 * hourMs,
            retries: 0,
          },
        ],
      },
    },
    gamedays: {},
  };
}

const promote: ActionFacts = {
  name: 'bench.promote' as ActionFacts['name'],
  effect: 'fences-and-promotes',
  mayLoseData: true,
  irreversible: false,
  settleMs: 1_000,
  priorMs: { p50: 60_000, p95: 120_000 },
  describe: () => 'Promote the other replica.',
  needs: () => [],
};
export const catalogue: Catalogue = { actions: new Map([[promote.name, promote]]), evaluate };
