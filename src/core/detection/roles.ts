// Who is seen as the writer, by the probes that measure a role: whether somebody moved it without Resus, or two replicas have it at
// once. Level-triggered: asked from what is fresh now, and only what was seen since the last change that is known counts.
import type { Workload } from '../estate.ts';
import type { View } from '../kernel.ts';
import type { Instant, VantageId, WorkloadId } from '../values.ts';
import { isFresh, majorityOf } from './quorum.ts';
import { targetsOfReplica } from './neighbours.ts';

/**
 * `as-known`: nobody sees another writer than the journal knows. `unsure`: somebody does, and that is not enough. `changed`: `to` is the
 * writer. `split`: two replicas have been seen as the writer for the hysteresis of the tier, by whomever.
 */
export type RolesSeen =
  | { readonly kind: 'as-known' }
  | { readonly kind: 'unsure'; readonly sentence: string }
  | { readonly kind: 'changed'; readonly to: string; readonly sentence: string }
  | { readonly kind: 'split'; readonly sentence: string };
/** Who sees one replica as what, on fresh looks; `held`: as the primary for so long that it is no passing overlap. */
type Claims = {
  readonly replica: string;
  readonly primary: Set<VantageId>;
  readonly standby: Set<VantageId>;
  readonly held: Set<VantageId>;
};

const asKnown: RolesSeen = { kind: 'as-known' };

export function rolesSeen(view: View, id: WorkloadId): RolesSeen {
  const workload = view.known.estate?.workloads[id];
  const known = view.known.workloads.get(id);
  if (workload === undefined || known === undefined) return asKnown;
  const others = workload.replicas
    .filter(({ name }) => name !== known.primary)
    .map(({ name }) => claimsOn(view, workload, name, known.roleChangedAt))
    .filter(({ primary }) => primary.size > 0);
  const [other] = others;
  if (other === undefined) return asKnown;
  const old = claimsOn(view, workload, known.primary, known.roleChangedAt);
  const held = [old, ...others].filter((each) => each.held.size > 0);
  if (held.length > 1)
    return {
      kind: 'split',
      sentence: `${held.map((each) => `${each.replica} by ${named(each.held)}`).join(' and ')} are seen as the primary at once`,
    };
  const all = view.known.targets?.vantages.length ?? 0;
  const sentence = `${other.held.size} of ${all} vantages (${named(other.held)}) see ${other.replica} as the primary for ${span(view, workload)} and longer`;
  const isContradicted = others.length > 1 || old.primary.size > 0 || other.standby.size > 0;
  if (isContradicted || other.held.size < majorityOf(all)) return { kind: 'unsure', sentence: doubtful(known.primary, other, old) };
  const before = old.standby.size > 0 ? `${old.replica} as a standby (${named(old.standby)})` : `nobody sees ${old.replica} as one`;
  return { kind: 'changed', to: other.replica, sentence: `${sentence}, ${before}; no run of Resus did that` };
}

/** A role is measured by whatever probe answers with one; one that only listens claims nothing. */
function claimsOn(view: View, workload: Workload, replica: string, since: Instant): Claims {
  const claims: Claims = { replica, primary: new Set(), standby: new Set(), held: new Set() };
  const { estate, targets } = view.known;
  if (estate === undefined || targets === undefined) return claims;
  for (const target of targetsOfReplica({ estate, targets }, workload.id, replica))
    for (const [vantage, cell] of view.seen.cells.get(target.id) ?? []) {
      if (cell.role === undefined || !targets.vantageById.has(vantage) || !isFresh(target, cell, view.now)) continue;
      if (cell.role.is !== 'primary') {
        if (cell.role.is === 'standby') claims.standby.add(vantage);
        continue;
      }
      claims.primary.add(vantage);
      const { failures, intervalMs } = target.detection;
      const heldMs = cell.countsFrom - Math.max(cell.role.since, since);
      if (cell.role.times >= failures && heldMs >= failures * intervalMs) claims.held.add(vantage);
    }
  return claims;
}

const doubtful = (primary: string, other: Claims, old: Claims): string =>
  `${other.replica} is seen as the primary by ${named(other.primary)}` +
  (other.standby.size > 0 ? `, as a standby by ${named(other.standby)}` : '') +
  (old.primary.size > 0 ? `, and ${primary} by ${named(old.primary)}` : '') +
  ': not decided yet';
const span = (view: View, workload: Workload): string => {
  const detection = view.tierOf(workload.id)?.detection;
  return `${((detection?.failures ?? 0) * (detection?.intervalMs ?? 0)) / 1_000} s`;
};
const mostNamed = 20;
function named(vantages: ReadonlySet<VantageId>): string {
  const all = [...vantages].sort();
  return all.length > mostNamed ? `${all.slice(0, mostNamed).join(', ')} and ${all.length - mostNamed} more` : all.join(', ');
}
