// A small hospital for tests of the core: one EHR in two regions, three vantages, a region failover and a switchover.
import type { Estate, GameDay, Replica, Runbook, Tier, Workload } from '../../src/core/estate.ts';
import type { SiteId, StepId, VantageId, WorkloadId } from '../../src/core/values.ts';

const site = (id: string): SiteId => id as SiteId;
const probe = (id: string, uses: string, at: string) => ({ id, uses, with: {}, site: site(at) });
const region = (id: string, vantages: Estate['sites'][string]['vantages'] = []) => ({
  id: site(id),
  parent: site('aws'),
  level: 'region' as const,
  kind: 'aws' as const,
  residency: 'US',
  vantages,
});
const zone = (id: string, parent: string) => ({
  id: site(id),
  parent: site(parent),
  level: 'zone' as const,
  kind: 'aws' as const,
  residency: 'US',
  vantages: [],
});
const vantage = (id: string, at: string, sees: string) => ({
  id: id as VantageId,
  site: site(at),
  references: [probe('other', 'tcp', sees), probe('dns', 'dns', 'us-east-1')],
});

export const tier: Tier = {
  id: 'life-critical',
  rtoMs: 60_000,
  rpoMs: 5_000,
  availability: '99.99',
  strategy: 'warm-standby',
  least: { regions: 2, zones: 2 },
  detection: { intervalMs: 500, timeoutMs: 450, failures: 3, successes: 2 },
  usersPath: { intervalMs: 200, timeoutMs: 1_000, failures: 3, good: 5, sustainedMs: 1_000 },
  automation: { replica: 'automatic', zone: 'automatic', region: 'automatic' },
  approvals: { people: 1, expireMs: 3_600_000 },
  fencing: { accepts: ['storage-fenced', 'provider-asserted'] },
  cooldownMs: 60_000,
  drillEveryMs: 7_776_000_000,
  retentionMs: 189_216_000_000,
};

const replica = (name: 'east' | 'west', role: Replica['role']): Replica => {
  const at = `us-${name}-2`;
  return {
    name,
    site: site(at),
    role,
    onIsolation: 'keep',
    resources: { cluster: `arn:${name}`, region: at, instanceB: `${name}-b` },
    probes: [
      probe('web-a', 'http', `${at}a`),
      probe('db-a', 'tcp', `${at}a`),
      probe('web-b', 'http', `${at}b`),
      probe('db-b', 'tcp', `${at}b`),
      probe('db', 'postgres', at),
    ],
  };
};

export const workload: Workload = {
  id: 'ehr' as WorkloadId,
  tier: 'life-critical',
  controlDomain: 'central',
  owner: 'ehr-team',
  onCall: 'ehr-on-call',
  clinicalOwner: 'cmio',
  impact: 'Clinicians cannot read or write charts.',
  downtimeProcedure: 'DT-1',
  residency: ['US'],
  dependsOn: [],
  resources: { globalCluster: 'ehr-global' },
  replicas: [replica('east', 'primary'), replica('west', 'standby')],
  replication: [{ from: 'east', to: 'west', lagProbe: 'db', heartbeatMs: 500 }],
  usersPath: { url: 'http://ehr.hospital.test', nameServers: ['127.0.0.1:53'], populations: [{ name: 'ward', site: site('campus') }] },
  runbooks: {
    onDiagnosis: { RegionLost: 'region-failover', ZoneLost: 'zone-failover', ReplicaDown: 'region-failover' },
    switchover: 'switchover',
    failback: 'switchover',
  },
};

const runbook = (id: string, modes: Runbook['modes'], uses: string): Runbook => ({
  id,
  summary: id,
  modes,
  steps: [
    {
      id: 'promote' as StepId,
      uses,
      with: { cluster: '${{ workload.resources.globalCluster }}', target: '${{ to.resources.cluster }}' },
      needs: [],
      timeoutMs: 30_000,
      retries: 1,
    },
    {
      id: 'route' as StepId,
      uses: 'test.route',
      with: { to: '${{ to.name }}', writer: '${{ steps.promote.outputs.writer }}' },
      needs: ['promote' as StepId],
      timeoutMs: 20_000,
      retries: 2,
    },
  ],
});

export const regionLoss: GameDay = {
  id: 'region-loss',
  summary: 'Lose the primary region without a word.',
  workload: workload.id,
  floors: ['simulation', 'lab'],
  practises: {
    kind: 'fault',
    diagnosis: 'RegionLost',
    faults: [{ id: 'region', uses: 'test.lose', with: { site: 'us-east-2' }, site: site('us-east-2'), leaseMs: 60_000 }],
  },
  steadyState: { forMs: 1_000 },
  gates: ['usersPath.healthy', 'standby.fit', 'incidents.open == 0', 'runs.open == 0'],
  aborts: ['runs.open == 0 && run.outcome == "" && !standby.fit'],
  expect: ['diagnosis == "RegionLost"', 'run.outcome == "succeeded"', 'run.rtaMs <= run.rtoMs', 'run.rpaMs <= run.rpoMs', 'fault.reverted'],
  failback: false,
  limits: { biteMs: 10_000, recoverMs: 60_000, revertMs: 20_000 },
};

export const zoneLoss: GameDay = {
  ...regionLoss,
  id: 'zone-loss',
  summary: "Lose the writer's zone.",
  practises: {
    kind: 'fault',
    diagnosis: 'ZoneLost',
    faults: [{ id: 'zone', uses: 'test.lose', with: { site: 'us-east-2a' }, site: site('us-east-2a'), leaseMs: 60_000 }],
  },
  aborts: [],
  expect: ['diagnosis == "ZoneLost"', 'run.outcome == "succeeded"'],
};

export const estate: Estate = {
  sites: {
    aws: { id: site('aws'), level: 'cloud', kind: 'aws', residency: 'US', vantages: [] },
    'us-east-1': region('us-east-1'),
    'us-east-2': region('us-east-2', [vantage('east', 'us-east-2', 'us-west-2')]),
    'us-east-2a': zone('us-east-2a', 'us-east-2'),
    'us-east-2b': zone('us-east-2b', 'us-east-2'),
    'us-west-2': region('us-west-2', [vantage('west', 'us-west-2', 'campus')]),
    'us-west-2a': zone('us-west-2a', 'us-west-2'),
    'us-west-2b': zone('us-west-2b', 'us-west-2'),
    campus: { id: site('campus'), level: 'campus', kind: 'onprem', residency: 'US', vantages: [vantage('campus', 'campus', 'us-west-2')] },
  },
  tiers: { 'life-critical': tier },
  workloads: { ehr: workload },
  runbooks: {
    'region-failover': runbook('region-failover', ['failover'], 'test.failover'),
    'zone-failover': runbook('zone-failover', ['failover'], 'test.move'),
    switchover: runbook('switchover', ['switchover', 'failback'], 'test.switchover'),
  },
  gamedays: {
    'region-loss': regionLoss,
    'zone-loss': zoneLoss,
    switchover: {
      ...regionLoss,
      id: 'switchover',
      practises: { kind: 'switchover' },
      failback: true,
      expect: ['run.outcome == "succeeded"', 'failback.outcome == "succeeded"'],
    },
  },
};
