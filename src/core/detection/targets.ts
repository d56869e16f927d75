// What is watched: every probe of the estate as a target, found by its id and by the fault domain that it observes.
// Made once for each declared estate, so that an observation costs two map look-ups.
import type { Estate, ProbeUse, Site, Tier, Vantage } from '../estate.ts';
import type { SiteId, WorkloadId } from '../values.ts';

export type Target = {
  readonly id: string;
  readonly probe: ProbeUse;
  readonly site: SiteId;
  readonly detection: Tier['detection'];
  readonly workload?: WorkloadId;
  readonly replica?: string;
};
export type Targets = {
  readonly byId: ReadonlyMap<string, Target>;
  /** Targets at or under a site. */
  readonly under: ReadonlyMap<string, readonly Target[]>;
  readonly vantages: readonly Vantage[];
  readonly vantageById: ReadonlyMap<string, Vantage>;
};

export const targetId = (workload: string, replica: string, probe: string): string => `${workload}/${replica}/${probe}`;
export const referenceId = (vantage: string, probe: string): string => `reference/${vantage}/${probe}`;
/** References are probed at one pace for all tiers: a vantage must know soon that it is itself cut off. */
export const referenceDetection: Tier['detection'] = { intervalMs: 1_000, timeoutMs: 900, failures: 2, successes: 1 };

export function targetsOf(estate: Estate): Targets {
  const byId = new Map<string, Target>();
  const under = new Map<string, Target[]>();
  const vantages = Object.values(estate.sites).flatMap((site) => site.vantages);
  const add = (target: Target): void => {
    byId.set(target.id, target);
    for (const site of ancestry(estate, target.site)) {
      const list = under.get(site.id);
      if (list === undefined) under.set(site.id, [target]);
      else list.push(target);
    }
  };
  for (const workload of Object.values(estate.workloads)) {
    const tier = estate.tiers[workload.tier];
    if (tier === undefined) continue;
    for (const replica of workload.replicas)
      for (const probe of replica.probes)
        add({
          id: targetId(workload.id, replica.name, probe.id),
          probe,
          site: probe.site,
          detection: tier.detection,
          workload: workload.id,
          replica: replica.name,
        });
  }
  for (const vantage of vantages)
    for (const probe of vantage.references)
      byId.set(referenceId(vantage.id, probe.id), {
        id: referenceId(vantage.id, probe.id),
        probe,
        site: probe.site,
        detection: referenceDetection,
      });
  return { byId, under, vantages, vantageById: new Map(vantages.map((vantage) => [vantage.id, vantage])) };
}

/** Every workload that has a target at or under `site`, in the order of declaration. */
export const workloadsUnder = (targets: Targets, site: string): readonly WorkloadId[] => [
  ...new Set((targets.under.get(site) ?? []).flatMap((target) => target.workload ?? [])),
];

// An estate is never changed once it is declared, so what is above a site is found once.
const paths = new WeakMap<Estate, Map<string, readonly Site[]>>();

/** The site and everything above it, nearest first. */
export function ancestry(estate: Estate, site: string): readonly Site[] {
  let known = paths.get(estate);
  if (known === undefined) paths.set(estate, (known = new Map()));
  let path = known.get(site);
  if (path === undefined) known.set(site, (path = climb(estate, site)));
  return path;
}
function climb(estate: Estate, site: string): readonly Site[] {
  const path: Site[] = [];
  for (
    let at = estate.sites[site];
    at !== undefined && !path.includes(at);
    at = at.parent === undefined ? undefined : estate.sites[at.parent]
  )
    path.push(at);
  return path;
}
export const isWithin = (estate: Estate, site: string, domain: string): boolean =>
  ancestry(estate, site).some((each) => each.id === domain);

/** The fault domain that is watched as one: the nearest region or campus, else the root. Its loss is the widest diagnosis. */
export function regionOf(estate: Estate, site: string): SiteId | undefined {
  const path = ancestry(estate, site);
  return (path.find((each) => each.level === 'region' || each.level === 'campus') ?? path.at(-1))?.id;
}
