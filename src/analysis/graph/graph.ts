// The estate as a picture holds it: sites in sites, what stands in them, workloads, and what needs or copies what. Without places or
// colours, so that each format draws the same.
import type { Estate, Site } from '../../core/estate.ts';
import { nothingAlike, type Alike } from './alike.ts';
import type { Part } from './focus.ts';

export type Standing =
  | {
      readonly kind: 'replica';
      readonly id: string;
      readonly label: string;
      readonly workload: string;
      readonly role: 'primary' | 'standby';
    }
  | { readonly kind: 'vantage' | 'users'; readonly id: string; readonly label: string };
/** `more`: how many others it is drawn for, which differ in their names alone. */
export type Domain = {
  readonly id: string;
  readonly label: string;
  readonly more: number;
  readonly level: string;
  readonly standing: readonly Standing[];
  readonly inside: readonly Domain[];
};
export type Line = { readonly from: string; readonly to: string; readonly kind: 'needs' | 'can do without' | 'runs as' | 'is copied to' };
export type Node = {
  readonly id: string;
  readonly label: string;
  readonly more: number;
  readonly tier: string;
  /** Whether the picture is about it. */
  readonly isAsked: boolean;
};
export type Graph = {
  readonly workloads: readonly Node[];
  readonly domains: readonly Domain[];
  readonly lines: readonly Line[];
};

/** After the name of what is drawn for several. */
export const andMore = (more: number): string => (more === 0 ? '' : ` and ${more} alike`);

/**
 * In the order of declaration, so that the same files give the same picture. A site in a circle of parents is left out, and so is a line to what
 * is not in the estate.
 */
export function graphOf({ estate, asked }: Part, alike: Alike = nothingAlike): Graph {
  const sites = moreOf(Object.keys(estate.sites), alike.site);
  const workloads = moreOf(Object.keys(estate.workloads), alike.workload);
  const { standing, replicaId } = stoodIn(estate, alike, sites);
  const children = new Map<string, Site[]>();
  for (const id of sites.keys()) {
    const site = estate.sites[id];
    if (site === undefined) continue;
    const parent = site.parent === undefined ? '' : alike.site(site.parent);
    children.set(parent, [...(children.get(parent) ?? []), site]);
  }
  const domainsIn = (parent: string): Domain[] =>
    (children.get(parent) ?? []).map(({ id, level }) => ({
      id: `site ${id}`,
      label: id,
      more: sites.get(id) ?? 0,
      level,
      standing: [...(standing.get(id)?.values() ?? [])],
      inside: domainsIn(id),
    }));
  const workloadId = (id: string): string => `workload ${alike.workload(id)}`;
  const lines = Object.values(estate.workloads).flatMap(({ id, dependsOn, replicas, replication }): Line[] => [
    ...dependsOn
      .filter(({ workload }) => estate.workloads[workload] !== undefined)
      .map(({ workload, strength }): Line => ({
        from: workloadId(id),
        to: workloadId(workload),
        kind: strength === 'hard' ? 'needs' : 'can do without',
      })),
    ...replicas.map(({ name }): Line => ({ from: workloadId(id), to: replicaId(id, name), kind: 'runs as' })),
    ...replication.map(({ from, to }): Line => ({ from: replicaId(id, from), to: replicaId(id, to), kind: 'is copied to' })),
  ]);
  return {
    workloads: [...workloads].map(([id, more]) => ({
      id: workloadId(id),
      label: id,
      more,
      tier: estate.workloads[id]?.tier ?? '',
      isAsked: asked.includes(id),
    })),
    domains: domainsIn(''),
    lines: [...new Map(lines.map((line) => [`${line.kind} ${line.from} > ${line.to}`, line])).values()],
  };
}

/** Those that are drawn, each with how many others it is drawn for. */
function moreOf(ids: readonly string[], firstOf: (id: string) => string): ReadonlyMap<string, number> {
  const more = new Map<string, number>();
  for (const first of ids.map(firstOf)) more.set(first, (more.get(first) ?? -1) + 1);
  return more;
}

/** What stands in each site that is drawn, and as what each replica is. What stands alike in sites that are drawn as one is one. */
function stoodIn(
  estate: Estate,
  alike: Alike,
  sites: ReadonlyMap<string, number>,
): {
  readonly standing: ReadonlyMap<string, ReadonlyMap<string, Standing>>;
  readonly replicaId: (workload: string, name: string) => string;
} {
  const standing = new Map<string, Map<string, Standing>>();
  const replicaIds = new Map<string, string>();
  const stand = (site: string, key: string, each: Standing): string => {
    const place = standing.get(alike.site(site)) ?? new Map<string, Standing>();
    standing.set(alike.site(site), place);
    const first = place.get(key) ?? each;
    place.set(key, first);
    return first.id;
  };
  for (const site of Object.values(estate.sites))
    for (const [n, { id }] of site.vantages.entries())
      stand(site.id, `vantage ${n}`, { kind: 'vantage', id: `vantage ${id}`, label: `vantage ${id}` });
  for (const { id, replicas, usersPath } of Object.values(estate.workloads)) {
    const workload = alike.workload(id);
    // By its name where its site is drawn alone, by its place among those of its workload where that is drawn for others.
    const keyed = (all: readonly { readonly name: string; readonly site: string }[], name: string, site: string): string =>
      sites.get(alike.site(site)) === 0 ? name : String(all.filter((each) => each.site === site).findIndex((each) => each.name === name));
    for (const { name, site, role } of replicas)
      replicaIds.set(
        `${id} ${name}`,
        stand(site, `replica ${workload} ${keyed(replicas, name, site)}`, {
          kind: 'replica',
          id: `replica ${id} ${name}`,
          label: `${id} ${name}`,
          workload: `workload ${workload}`,
          role,
        }),
      );
    for (const { name, site } of usersPath.populations)
      stand(site, `users ${workload} ${keyed(usersPath.populations, name, site)}`, {
        kind: 'users',
        id: `users ${id} ${name}`,
        label: `users of ${id}: ${name}`,
      });
  }
  return { standing, replicaId: (workload, name) => replicaIds.get(`${workload} ${name}`) ?? `replica ${workload} ${name}` };
}

/** Everything that stands in these sites and in the sites in them. */
export const standingIn = (domains: readonly Domain[]): readonly Standing[] =>
  domains.flatMap((each) => [...each.standing, ...standingIn(each.inside)]);
