// Who is seen as the writer, by the probes that measure a role: whether somebody moved it without Resus, or two replicas have it at
// once. Level-triggered: asked from what is fresh now, and only what was seen since the last change that is known counts.
import type { Workload } from '../estate.ts';
import type { View } from '../kernel.ts';
import type { WorkloadState } from '../state.ts';
import { later, type Instant, type VantageId, type WorkloadId } from '../values.ts';
import { isFresh, majorityOf } from './quorum.ts';
import { targetsOfReplica } from './neighbours.ts';

/**
 * `as-known`: nobody sees another writer than the journal knows. `unsure`: somebody does, and that is not enough yet. `changed`: `to` is the
 * writer. `split`: two replicas have been seen as the writer for the hysteresis of the tier, by whomever.
 */
export type RolesSeen =
  | { readonly kind: 'as-known' }
  | { readonly kind: 'unsure'; readonly sentence: string }
  | { readonly kind: 'changed'; readonly to: string; readonly sentence: string }
  | { readonly kind: 'split'; readonly sentence: string };
/** Who sees one replica as what, on fresh looks, and who has seen it so for so long that it is no passing overlap. */
type Claims = {
  readonly replica: string;
  readonly now: Sights;
  readonly held: Sights;
  /** Somebody sees it as the primary, and began to after the last change that is known. */
  isNewPrimary: boolean;
};
type Sights = { readonly primary: Set<VantageId>; readonly standby: Set<VantageId> };

const asKnown: RolesSeen = { kind: 'as-known' };

export function rolesSeen(view: View, id: WorkloadId): RolesSeen {
  const workload = view.known.estate?.workloads[id];
  const known = view.known.workloads.get(id);
  if (workload === undefined || known === undefined || !isContradicted(view, workload, known.primary)) return asKnown;
  const claims = workload.replicas.map(({ name }) => claimsOn(view, workload, name, known.roleChangedAt));
  const old = claims.find(({ replica }) => replica === known.primary);
  const others = claims.filter((each) => each !== old);
  const writers = others.filter(({ now }) => now.primary.size > 0);
  if (old === undefined || (writers.length === 0 && old.now.standby.size === 0)) return asKnown;
  const held = [old, ...writers].filter((each) => each.held.primary.size > 0);
  if (held.length > 1) return { kind: 'split', sentence: `${held.map(byWhom).join(' and ')} are seen as the primary at once` };
  const at: Look = {
    need: majorityOf(view.known.targets?.vantages.length ?? 0),
    all: view.known.targets?.vantages.length ?? 0,
    span: span(view, id),
  };
  const changed = writers.length > 0 ? takenBy(at, old, writers) : isJustPromoted(view, known) ? undefined : leftBy(at, old, others);
  const [other = old] = writers;
  return (
    changed ?? {
      kind: 'unsure',
      sentence: `${seenAs(other)}${other === old ? '' : `; ${seenAs(old)}`}: who is the writer is not decided yet`,
    }
  );
}

/** A database that was promoted may restart, and be slow to call itself the primary: for so long it is not taken for what it says. */
const slowToTellMs = 120_000;
const isJustPromoted = ({ now }: View, { isRoleOfRun, roleChangedAt }: Readonly<WorkloadState>): boolean =>
  isRoleOfRun && now < later(roleChangedAt, slowToTellMs);

/**
 * Whether this replica, which a run promoted, is the writer no more: by what is known, or because it calls itself a standby for the
 * hysteresis of the tier, to a majority. `unsure`: it calls itself a standby, to nobody the primary, and another has called itself that
 * since, or a majority hears it long after the promotion, and that is not enough yet. Undefined while nothing says so.
 */
export function lostRole(
  view: View,
  id: WorkloadId,
  replica: string,
): { readonly kind: 'lost' | 'unsure'; readonly because: string } | undefined {
  const workload = view.known.estate?.workloads[id];
  const known = view.known.workloads.get(id);
  if (workload === undefined || known === undefined) return undefined;
  if (known.primary !== replica) return { kind: 'lost', because: `${known.primary} is the writer now` };
  const claims = workload.replicas.map(({ name }) => claimsOn(view, workload, name, known.roleChangedAt));
  const own = claims.find((each) => each.replica === replica);
  if (own === undefined || own.now.standby.size === 0) return undefined;
  const other = claims.find((each) => each !== own && each.isNewPrimary);
  const because = other === undefined ? seenAs(own) : `${seenAs(own)}; ${seenAs(other)}`;
  const need = majorityOf(view.known.targets?.vantages.length ?? 0);
  const isTold = other !== undefined || !isJustPromoted(view, known);
  if (isTold && own.held.standby.size >= need) return { kind: 'lost', because };
  // Whoever still sees it as the primary speaks against a doubt, and not against a majority.
  const isDoubted = other !== undefined || own.now.standby.size >= need;
  return isTold && isDoubted && own.now.primary.size === 0 ? { kind: 'unsure', because } : undefined;
}

type Look = { readonly need: number; readonly all: number; readonly span: string };
/** One replica, and no other, is seen as the primary, and nobody sees it as anything else. */
function takenBy({ need, all, span }: Look, old: Claims, writers: readonly Claims[]): RolesSeen | undefined {
  const [to] = writers;
  if (to === undefined || writers.length > 1 || old.now.primary.size > 0 || to.now.standby.size > 0) return undefined;
  const by = to.held.primary;
  if (by.size < need) return undefined;
  const before = old.now.standby.size > 0 ? `${old.replica} as a standby (${named(old.now.standby)})` : `nobody sees ${old.replica} as one`;
  const sentence = `${by.size} of ${all} vantages (${named(by)}) have seen ${to.replica} as the primary for ${span}, ${before}`;
  return { kind: 'changed', to: to.replica, sentence };
}
/**
 * The primary is seen as a standby and nobody is seen as the writer: when one other alone may be it, it took over and was lost before it
 * was seen for long. Not asked of what a run has just promoted.
 */
function leftBy({ need, all, span }: Look, old: Claims, others: readonly Claims[]): RolesSeen | undefined {
  const left = others.filter(({ now }) => now.standby.size === 0);
  const [to] = left;
  const by = old.held.standby;
  if (to === undefined || left.length > 1 || by.size < need || old.now.primary.size > 0) return undefined;
  const sentence = `${by.size} of ${all} vantages (${named(by)}) have seen ${old.replica} as a standby for ${span}, and only ${to.replica}, which does not answer, can have taken the role`;
  return { kind: 'changed', to: to.replica, sentence };
}

/** Whether somebody sees a writer that the journal does not know, or the one that it knows as a standby. Asked with every sample, so
 * nothing is made for it. */
function isContradicted({ known: { targets }, seen, now }: View, { id, replicas }: Workload, primary: string): boolean {
  if (targets === undefined) return false;
  for (const { name } of replicas)
    for (const target of targetsOfReplica(targets, id, name))
      for (const [vantage, cell] of seen.cells.get(target.id) ?? [])
        if (cell.role?.is === (name === primary ? 'standby' : 'primary') && targets.vantageById.has(vantage) && isFresh(target, cell, now))
          return true;
  return false;
}

/** A role is measured by whatever probe answers with one; one that only listens claims nothing. */
function claimsOn(view: View, workload: Workload, replica: string, since: Instant): Claims {
  const sights = (): Sights => ({ primary: new Set(), standby: new Set() });
  const claims: Claims = { replica, now: sights(), held: sights(), isNewPrimary: false };
  const { estate, targets } = view.known;
  if (estate === undefined || targets === undefined) return claims;
  for (const target of targetsOfReplica(targets, workload.id, replica))
    for (const [vantage, cell] of view.seen.cells.get(target.id) ?? []) {
      const is = cell.role?.is;
      if (cell.role === undefined || (is !== 'primary' && is !== 'standby')) continue;
      if (!targets.vantageById.has(vantage) || !isFresh(target, cell, view.now)) continue;
      claims.now[is].add(vantage);
      if (is === 'primary' && cell.role.since > since) claims.isNewPrimary = true;
      // Only what was seen since the last change: before, the same samples said something else.
      const { failures, intervalMs } = target.detection;
      const heldMs = cell.countsFrom - Math.max(cell.role.since, since);
      if (cell.role.times >= failures && heldMs >= failures * intervalMs) claims.held[is].add(vantage);
    }
  return claims;
}

const byWhom = ({ replica, held }: Claims): string => `${replica} by ${named(held.primary)}`;
function seenAs({ replica, now }: Claims): string {
  const as = (['primary', 'standby'] as const).flatMap((role) => (now[role].size > 0 ? [`a ${role} by ${named(now[role])}`] : []));
  return `${replica} is seen as ${as.length === 0 ? 'nothing by anybody' : as.join(', as ')}`;
}
function span(view: View, id: WorkloadId): string {
  const detection = view.tierOf(id)?.detection;
  return `${((detection?.failures ?? 0) * (detection?.intervalMs ?? 0)) / 1_000} s`;
}
const mostNamed = 20;
function named(vantages: ReadonlySet<VantageId>): string {
  const all = [...vantages].sort();
  return all.length > mostNamed ? `${all.slice(0, mostNamed).join(', ')} and ${all.length - mostNamed} more` : all.join(', ');
}
