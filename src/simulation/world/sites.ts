// The tree of sites as the world has it, told apart from how the engine reads it: what is tried must not be its own judge.
import type { Estate } from '../../core/estate.ts';
import type { SiteId } from '../../core/values.ts';

/** The site and everything around it, nearest first. */
export function around(estate: Estate, site: string): readonly SiteId[] {
  const declared = estate.sites[site];
  return declared === undefined ? [] : [declared.id, ...around(estate, declared.parent ?? '')];
}

/** The region or the campus that it stands in: one place of the network. */
export const placeOf = (estate: Estate, site: string): SiteId =>
  around(estate, site).find((each) => ['region', 'campus'].includes(estate.sites[each]?.level ?? '')) ?? (site as SiteId);

/** More than half of all that are declared. */
export const mostOf = (all: number): number => Math.floor(all / 2) + 1;
