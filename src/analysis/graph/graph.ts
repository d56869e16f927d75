// The estate as a picture holds it: sites in sites, what stands in them, workloads, and what needs or copies what. Without places or
// colours, so that each format draws the same.
import type { Estate, Site } from '../../core/estate.ts';

export type Standing =
  | {
      readonly kind: 'replica';
      readonly id: string;
      readonly label: string;
      readonly workload: string;
      readonly role: 'primary' | 'standby';
    }
  | { readonly kind: 'vantage' | 'users'; readonly id: string; readonly label: string };
export type Domain = {
  readonly id: string;
  readonly label: string;
  readonly level: string;
  readonly standing: readonly Standing[];
  readonly inside: readonly Domain[];
};
export type Line = { readonly from: string; readonly to: string; readonly kind: 'needs' | 'can do without' | 'runs as' | 'is copied to' };
export type Graph = {
  readonly workloads: readonly { readonly id: string; readonly label: string; readonly tier: string }[];
  readonly domains: readonly Domain[];
  readonly lines: readonly Line[];
};

const replicaId = (workload: string, replica: string): string => `replica ${workload} ${replica}`;
const workloadId = (workload: string): string => `workload ${workload}`;

/** In the order of declaration, so that the same files give the same picture. A site in a circle of parents is left out. */
export function graphOf(estate: Estate): Graph {
  const workloads = Object.values(estate.workloads);
  const standing = new Map<string, Standing[]>();
  const stand = (site: string, each: Standing): void => void standing.set(site, [...(standing.get(site) ?? []), each]);
  for (const site of Object.values(estate.sites))
    for (const vantage of site.vantages) stand(site.id, { kind: 'vantage', id: `vantage ${vantage.id}`, label: `vantage ${vantage.id}` });
  for (const { id, replicas, usersPath } of workloads) {
    for (const { name, site, role } of replicas)
      stand(site, { kind: 'replica', id: replicaId(id, name), label: `${id} ${name}`, workload: workloadId(id), role });
    for (const { name, site } of usersPath.populations)
      stand(site, { kind: 'users', id: `users ${id} ${name}`, label: `users of ${id}: ${name}` });
  }
  const children = new Map<string, Site[]>();
  for (const site of Object.values(estate.sites)) children.set(site.parent ?? '', [...(children.get(site.parent ?? '') ?? []), site]);
  const domainsIn = (parent: string): Domain[] =>
    (children.get(parent) ?? []).map((site) => ({
      id: `site ${site.id}`,
      label: site.id,
      level: site.level,
      standing: standing.get(site.id) ?? [],
      inside: domainsIn(site.id),
    }));
  return {
    workloads: workloads.map(({ id, tier }) => ({ id: workloadId(id), label: id, tier })),
    domains: domainsIn(''),
    lines: workloads.flatMap(({ id, dependsOn, replicas, replication }): Line[] => [
      ...dependsOn.map(({ workload, strength }): Line => ({
        from: workloadId(id),
        to: workloadId(workload),
        kind: strength === 'hard' ? 'needs' : 'can do without',
      })),
      ...replicas.map(({ name }): Line => ({ from: workloadId(id), to: replicaId(id, name), kind: 'runs as' })),
      ...replication.map(({ from, to }): Line => ({ from: replicaId(id, from), to: replicaId(id, to), kind: 'is copied to' })),
    ]),
  };
}

/** Everything that stands in these sites and in the sites in them. */
export const standingIn = (domains: readonly Domain[]): readonly Standing[] =>
  domains.flatMap((each) => [...each.standing, ...standingIn(each.inside)]);
