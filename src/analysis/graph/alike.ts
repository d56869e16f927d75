// Which declarations a picture draws as one: made by one template, and the same in everything that the picture shows. 200 clinics that differ
// in a name are one box and a number; one that differs in anything else stands apart.
import type { Estate } from '../../core/estate.ts';

/** As many as people still read one by one. */
const mostApart = 5;
export type Alike = {
  /** The first of those that are drawn as one, in the order of declaration; itself where it stands apart. */
  readonly site: (id: string) => string;
  readonly workload: (id: string) => string;
};
export const nothingAlike: Alike = { site: (id) => id, workload: (id) => id };

/** What is at the other end of a line of the picture, and which line that is. */
type Neighbour = { readonly by: string; readonly key: string };
const siteKey = (id: string): string => `Site ${id}`;
const workloadKey = (id: string): string => `Workload ${id}`;

/** `templateOf`: of a declaration, by kind and name; undefined where no template made it. Such a declaration always stands apart. */
export function alikeIn(estate: Estate, templateOf: (kind: 'Site' | 'Workload', name: string) => string | undefined): Alike {
  const neighbours = neighboursIn(estate);
  const first = new Map<string, string>([
    ...Object.keys(estate.sites).map((id): [string, string] => [siteKey(id), templateOf('Site', id) ?? siteKey(id)]),
    ...Object.keys(estate.workloads).map((id): [string, string] => [workloadKey(id), templateOf('Workload', id) ?? workloadKey(id)]),
  ]);
  const classes = refined(first, neighbours);
  const members = new Map<string, string[]>();
  for (const [key, its] of classes) members.set(its, [...(members.get(its) ?? []), key]);
  const isOne = (key: string): boolean => (members.get(classes.get(key) ?? '')?.length ?? 0) > mostApart;
  const firstOf = (key: string): string => (isOne(key) ? (members.get(classes.get(key) ?? '')?.[0] ?? key) : key);
  // A box stands in one box: sites that are alike in two sites that are not are two boxes.
  const firstIn = new Map<string, string>();
  const site = (id: string): string => {
    if (!isOne(siteKey(id))) return id;
    const parent = estate.sites[id]?.parent;
    const place = `${firstOf(siteKey(id))} in ${parent === undefined ? '' : site(parent)}`;
    const known = firstIn.get(place) ?? id;
    firstIn.set(place, known);
    return known;
  };
  const sites = new Map(Object.keys(estate.sites).map((id) => [id, site(id)]));
  return {
    site: (id) => sites.get(id) ?? id,
    workload: (id) => firstOf(workloadKey(id)).slice(workloadKey('').length),
  };
}

function neighboursIn(estate: Estate): ReadonlyMap<string, readonly Neighbour[]> {
  const found = new Map<string, Neighbour[]>();
  const beside = (one: string, by: string, other: string): void => {
    for (const [key, its] of [
      [one, { by: `${by} >`, key: other }],
      [other, { by: `${by} <`, key: one }],
    ] as const) {
      const known = found.get(key) ?? [];
      known.push(its);
      found.set(key, known);
    }
  };
  for (const { id, parent, level } of Object.values(estate.sites)) beside(siteKey(id), `in ${level}`, siteKey(parent ?? ''));
  for (const { id, tier, dependsOn, replicas, usersPath } of Object.values(estate.workloads)) {
    beside(workloadKey(id), 'tier', tier);
    for (const each of dependsOn) beside(workloadKey(id), each.strength, workloadKey(each.workload));
    for (const { name, role, site } of replicas) beside(workloadKey(id), `${role} ${name}`, siteKey(site));
    for (const { site } of usersPath.populations) beside(workloadKey(id), 'users', siteKey(site));
  }
  return found;
}

/** Parts what is called alike until all of a class have neighbours of the same classes. Classes only part, so that it ends. */
function refined(first: ReadonlyMap<string, string>, neighbours: ReadonlyMap<string, readonly Neighbour[]>): ReadonlyMap<string, string> {
  let classes = first;
  for (;;) {
    const names = new Map<string, string>();
    const next = new Map(
      [...classes].map(([key, its]): [string, string] => {
        const around = (neighbours.get(key) ?? []).map((each) => `${each.by} ${classes.get(each.key) ?? each.key}`);
        const signature = JSON.stringify([its, ...[...new Set(around)].sort()]);
        const name = names.get(signature) ?? String(names.size);
        names.set(signature, name);
        return [key, name];
      }),
    );
    if (names.size === new Set(classes.values()).size) return next;
    classes = next;
  }
}
