// A part of the estate, for a picture of one question: what does this live on, and who feels it when it is gone?
import type { Estate, Workload } from '../../core/estate.ts';
import type { SiteId } from '../../core/values.ts';
import { ancestry, isWithin } from '../../core/detection/targets.ts';

export type Focus = { readonly workloads: readonly string[]; readonly sites: readonly string[] };

/** `asked`: the workloads that it is about. */
export type Part = { readonly estate: Estate; readonly asked: readonly string[] };

/**
 * The workloads that are named and those that stand, or have users, in a site that is named; what these need and what needs these, hard or
 * soft, directly or through others; and the sites of all of them with the sites around. Users are those of what is asked for. Everything where
 * nothing is named.
 */
export function focusedOn(estate: Estate, focus: Focus): Part {
  if (focus.workloads.length + focus.sites.length === 0) return { estate, asked: [] };
  const all = Object.values(estate.workloads);
  const isInFocus = (site: string): boolean => focus.sites.some((each) => isWithin(estate, site, each));
  const seeds = all.filter((each) => focus.workloads.includes(each.id) || sitesOf(each).some(isInFocus)).map(({ id }) => id);
  const needs = new Map(all.map(({ id, dependsOn }) => [id, dependsOn.map(({ workload }) => workload)]));
  const neededBy = new Map<string, string[]>();
  for (const [id, others] of needs) for (const each of others) neededBy.set(each, [...(neededBy.get(each) ?? []), id]);
  const [below, above] = [reached(seeds, needs), reached(seeds, neededBy)];
  const workloads = Object.fromEntries(
    all
      .filter(({ id }) => below.has(id) || above.has(id))
      .map((each): [string, Workload] => [
        each.id,
        {
          ...each,
          // What else somebody needs who needs what is asked for is another question.
          dependsOn: each.dependsOn.filter(({ workload }) => [below, above].some((way) => way.has(each.id) && way.has(workload))),
          usersPath: { ...each.usersPath, populations: seeds.includes(each.id) ? each.usersPath.populations : [] },
        },
      ]),
  );
  const sites = new Set<SiteId>([
    ...Object.values(workloads).flatMap(sitesOf),
    ...Object.values(estate.sites)
      .map(({ id }) => id)
      .filter(isInFocus),
  ]);
  const around = new Set<string>([...sites].flatMap((each) => ancestry(estate, each).map(({ id }) => id)));
  return {
    estate: { ...estate, workloads, sites: Object.fromEntries(Object.entries(estate.sites).filter(([id]) => around.has(id))) },
    asked: seeds,
  };
}

const sitesOf = ({ replicas, usersPath }: Workload): readonly SiteId[] => [...replicas, ...usersPath.populations].map(({ site }) => site);

function reached(seeds: readonly string[], next: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set(seeds);
  // A set that grows while it is walked hands out what was added, too.
  for (const each of found) for (const other of next.get(each) ?? []) found.add(other);
  return found;
}
