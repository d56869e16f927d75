// Workloads beside each other in the small hospital: each like its EHR, on resources of its own unless it shares them.
import type { Estate, Tier, Workload } from '../../src/core/estate.ts';
import type { WorkloadId } from '../../src/core/values.ts';
import { estate, tier, workload } from './estate.ts';

/** `needs`: the others that it hard-depends on. `shares`: the global cluster that it is on. */
type Of = { readonly needs?: readonly string[]; readonly shares?: string };
export const like = (name: string, { needs = [], shares }: Of): Workload => ({
  ...workload,
  id: name as WorkloadId,
  dependsOn: needs.map((each) => ({ workload: each as WorkloadId, strength: 'hard' as const })),
  resources: { globalCluster: shares ?? `${name}-global` },
  replicas: workload.replicas.map((each) => ({ ...each, resources: { cluster: `arn:${name}:${each.name}` } })),
});
export const beside = (of: Readonly<Record<string, Of>>, change: Partial<Tier> = {}): Estate => ({
  ...estate,
  tiers: { 'life-critical': { ...tier, rtoMs: 120_000, ...change } },
  workloads: Object.fromEntries(Object.entries(of).map(([name, each]) => [name, like(name, each)])),
});
