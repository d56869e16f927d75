// Which workloads move before which. What a workload hard-depends on is moved first; where such edges form a ring, clinical priority
// (the tier's RTO, then the name) breaks it. A dependency that does not get there in time does not hold anybody for ever.
import { isPending, type Estate } from '../estate.ts';
import { isWithin } from '../detection/targets.ts';
import type { View } from '../kernel.ts';
import { rtoOf } from '../objective/target.ts';
import { isPromoted } from '../runbook/window.ts';
import type { Incident } from '../state.ts';
import { later, type WorkloadId } from '../values.ts';
import type { Answer } from './guards.ts';
import { scopeOf } from './scope.ts';
import { maintenanceOf } from './hold.ts';

export type Order = {
  /** What each workload waits for: its hard dependencies, without those edges of a ring that point to a lower priority. */
  readonly before: ReadonlyMap<WorkloadId, readonly WorkloadId[]>;
  /** The same edges, the other way round. */
  readonly after: ReadonlyMap<WorkloadId, readonly WorkloadId[]>;
  /** Lower comes first: by the RTO of the tier, then by name. */
  readonly rank: ReadonlyMap<WorkloadId, number>;
};

// An estate is never changed once it is declared.
const orders = new WeakMap<Estate, Order>();
export function orderOf(estate: Estate): Order {
  let order = orders.get(estate);
  if (order === undefined) orders.set(estate, (order = orderIn(estate)));
  return order;
}

function orderIn(estate: Estate): Order {
  // What nobody has decided comes last.
  const rtoMs = (id: WorkloadId): number => {
    const tier = estate.tiers[estate.workloads[id]?.tier ?? ''];
    return tier === undefined || isPending(tier, 'rto') ? Infinity : tier.rtoMs;
  };
  const ids = Object.values(estate.workloads)
    .map(({ id }) => id)
    .sort((a, b) => (rtoMs(a) === rtoMs(b) ? (a < b ? -1 : 1) : rtoMs(a) - rtoMs(b)));
  const rank = new Map(ids.map((id, at) => [id, at]));
  const hard = new Map(
    ids.map((id) => [
      id,
      (estate.workloads[id]?.dependsOn ?? [])
        .filter((each) => each.strength === 'hard' && rank.has(each.workload))
        .map((each) => each.workload),
    ]),
  );
  const ring = rings(ids, hard);
  const before = new Map<WorkloadId, readonly WorkloadId[]>();
  const after = new Map<WorkloadId, WorkloadId[]>();
  for (const id of ids) {
    const needs = (hard.get(id) ?? []).filter((each) => ring.get(each) !== ring.get(id) || (rank.get(each) ?? 0) < (rank.get(id) ?? 0));
    before.set(id, needs);
    for (const need of needs) {
      const list = after.get(need);
      if (list === undefined) after.set(need, [id]);
      else list.push(id);
    }
  }
  return { before, after, rank };
}

/** Strongly connected components by Tarjan's algorithm, without recursion: chains may be as long as the estate. */
function rings(ids: readonly WorkloadId[], hard: ReadonlyMap<WorkloadId, readonly WorkloadId[]>): ReadonlyMap<WorkloadId, number> {
  const index = new Map<WorkloadId, number>();
  const low = new Map<WorkloadId, number>();
  const ring = new Map<WorkloadId, number>();
  const stack: WorkloadId[] = [];
  const lower = (id: WorkloadId, to: number | undefined): void => void low.set(id, Math.min(low.get(id) ?? Infinity, to ?? Infinity));
  for (const root of ids) {
    if (index.has(root)) continue;
    const path: { readonly id: WorkloadId; next: number }[] = [];
    const enter = (id: WorkloadId): void => {
      low.set(id, index.size);
      index.set(id, index.size);
      stack.push(id);
      path.push({ id, next: 0 });
    };
    enter(root);
    for (let at = path.at(-1); at !== undefined; at = path.at(-1)) {
      const { id } = at;
      const need = hard.get(id)?.[at.next];
      at.next += 1;
      if (need !== undefined) {
        if (!index.has(need)) enter(need);
        else if (!ring.has(need)) lower(id, index.get(need));
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) lower(parent.id, low.get(id));
      if (low.get(id) !== index.get(id)) continue;
      const number = index.get(id) ?? 0;
      for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
        ring.set(member, number);
        if (member === id) break;
      }
    }
  }
  return ring;
}

/** Its share of the RTO: longer, and waiting for another would cost more than it saves. */
const patienceMs = (rtoMs: number): number => Math.round(rtoMs / 2);

export function dependencies(view: View, id: WorkloadId, incident: Readonly<Incident>): Answer {
  const { estate } = view.known;
  const needs = estate === undefined ? [] : (orderOf(estate).before.get(id) ?? []);
  if (needs.length === 0) return { kind: 'go', because: 'it hard-depends on nothing that comes first' };
  const tier = view.tierOf(id);
  const until = later(incident.openedAt, patienceMs(tier === undefined ? 0 : (rtoOf(tier, incident.diagnosis) ?? 0)));
  const passed: string[] = [];
  for (const need of needs) {
    const moving = movingOf(view, need);
    if (moving === undefined) continue;
    const said = `${need}, which it hard-depends on, is not moved yet: ${moving}`;
    if (view.now < until) return { kind: 'wait', because: said, until };
    passed.push(said);
  }
  if (passed.length > 0) return { kind: 'go', because: `${passed.join('; ')}; it goes on without, for its own RTO` };
  const left = needs.filter((need) => isLeft(view, need));
  return left.length > 0
    ? { kind: 'go', because: `nothing moves ${left.join(', ')}, which it hard-depends on; it goes on without` }
    : {
        kind: 'go',
        because: `${needs.join(', ')} ${needs.length === 1 ? 'is' : 'are'} where ${needs.length === 1 ? 'it has' : 'they have'} to be`,
      };
}

/** Why the workload's writer is about to be elsewhere and is not there yet; undefined when nothing moves it. */
function movingOf(view: View, id: WorkloadId): string | undefined {
  const state = view.known.workloads.get(id);
  const run = state?.openRun === undefined ? undefined : view.known.runs.get(state.openRun);
  if (run !== undefined && (run.status === 'running' || (run.status === 'awaiting-approval' && run.incident !== undefined)))
    return isPromoted(run) ? undefined : `run ${run.id} has not promoted ${run.plan.to}`;
  if (run !== undefined || maintenanceOf(view, id) !== undefined) return undefined;
  const incident = openAgainst(view, id).find((each) => {
    const level = view.tierOf(id)?.automation[scopeOf[each.diagnosis]];
    const runbook = view.known.estate?.workloads[id]?.runbooks.onDiagnosis[each.diagnosis];
    return !each.treated.has(id) && runbook !== undefined && (level === 'automatic' || level === 'approve');
  });
  return incident === undefined ? undefined : `its run for ${incident.incident} has not begun`;
}

const isLeft = (view: View, id: WorkloadId): boolean => openAgainst(view, id).length > 0;

/** The open incidents that take its writer away. */
function openAgainst(view: View, id: WorkloadId): readonly Readonly<Incident>[] {
  const { estate } = view.known;
  const state = view.known.workloads.get(id);
  const primary = estate?.workloads[id]?.replicas.find(({ name }) => name === state?.primary);
  if (estate === undefined || state === undefined || primary === undefined) return [];
  return [...state.incidents].flatMap((each) => {
    const incident = view.known.incidents.get(each);
    if (incident === undefined || (incident.replica !== undefined && incident.replica !== primary.name)) return [];
    const isHit =
      isWithin(estate, primary.site, incident.site) || (isWithin(estate, incident.site, primary.site) && !incident.treated.has(id));
    return isHit ? [incident] : [];
  });
}
