// What is under way is brought to its end under the declaration that it began with. An estate that would change the ground under an open
// run or game day waits, whole, until that has closed; one that changes only what nothing rests on is in force at once.
import { refusal, type Refusal } from '../errors.ts';
import { declaredAs, type Estate, type Site } from '../estate.ts';
import type { Event } from '../event.ts';
import type { View } from '../kernel.ts';
import type { DrillId, Hash, Json, Result, RunId, WorkloadId } from '../values.ts';

/** Names a run, or else a game day: the first of those that stand on what would change. */
export type Obstacle = { readonly run?: RunId; readonly drill?: DrillId; readonly because: string };

/** What was declared, as a fact: in force from now on, or waiting. None where nothing changes. */
export function declaring(view: View, id: Hash): Result<readonly Event[], Refusal> {
  const { known, facts } = view;
  const estate = facts.estates.get(id);
  if (estate === undefined) return refusal('ESTATE_UNKNOWN', 'The estate that was declared is not at hand.', 'Read the policies again.');
  const waiting = known.waitingEstate?.estate;
  if ((waiting ?? known.estateHash) === id) return { ok: true, value: [] };
  const workloads = Object.keys(estate.workloads).length;
  const obstacle = known.estateHash === id ? undefined : obstacleTo(view, estate);
  if (obstacle === undefined) return { ok: true, value: [{ type: 'EstateDeclared', data: { estate: id, workloads } }] };
  return { ok: true, value: [{ type: 'EstateDeferred', data: { estate: id, workloads, ...obstacle } }] };
}

/** The estate that waited, once nothing stands on what it changes. Asked of a workload before anything is decided about it. */
export function released(view: View): readonly Event[] {
  const { waitingEstate } = view.known;
  const estate = waitingEstate === undefined ? undefined : view.facts.estates.get(waitingEstate.estate);
  if (waitingEstate === undefined || estate === undefined || obstacleTo(view, estate) !== undefined) return [];
  return [{ type: 'EstateDeclared', data: { estate: waitingEstate.estate, workloads: waitingEstate.workloads } }];
}

/** What an estate that waits would change under this run, in one sentence; undefined when none waits, or not for this run. */
export function changeWaitingFor(view: View, id: RunId): string | undefined {
  const run = view.known.runs.get(id);
  const waiting = view.known.waitingEstate;
  const next = waiting === undefined ? undefined : view.facts.estates.get(waiting.estate);
  return run === undefined || run.status === 'closed' || next === undefined ? undefined : changeUnder(view, next, run.workload);
}

function obstacleTo(view: View, next: Estate): Obstacle | undefined {
  const { known } = view;
  for (const id of known.openRuns) {
    const because = changeUnder(view, next, known.runs.get(id)?.workload);
    if (because !== undefined) return { run: id, because };
  }
  const drill = known.openDrill === undefined ? undefined : known.drills.get(known.openDrill);
  const because = changeUnder(view, next, drill?.workload);
  return drill === undefined || because === undefined ? undefined : { drill: drill.id, because };
}

/** The workload, its tier, and where its parts are. A runbook is in the plan already, and vantages may come and go. */
function changeUnder({ known, facts }: View, next: Estate, id: WorkloadId | undefined): string | undefined {
  const { estate } = known;
  const workload = id === undefined ? undefined : declaredAs(estate?.workloads, id);
  if (id === undefined || estate === undefined || workload === undefined) return undefined;
  const differ = (a: unknown, b: unknown): boolean => facts.digest((a ?? null) as Json) !== facts.digest((b ?? null) as Json);
  const keys = (a: object, b: object): string =>
    [...new Set([...Object.keys(a), ...Object.keys(b)])]
      .filter((key) => differ((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
      .sort()
      .join(', ');
  const then = declaredAs(next.workloads, id);
  if (then === undefined) return `${id} is no longer declared`;
  const gone = workload.replicas.find(({ name }) => !then.replicas.some((each) => each.name === name));
  if (gone !== undefined) return `${gone.name} of ${id} is no longer declared`;
  if (differ(workload, then)) return `${id} is declared otherwise (${keys(workload, then)})`;
  const [tier, tierThen] = [declaredAs(estate.tiers, workload.tier), declaredAs(next.tiers, workload.tier)];
  if (differ(tier, tierThen)) return `the tier of ${id} is declared otherwise (${keys(tier ?? {}, tierThen ?? {})})`;
  const places = [
    ...workload.replicas.flatMap((replica) => [replica.site, ...replica.probes.map(({ site }) => site)]),
    ...workload.usersPath.populations.map(({ site }) => site),
  ].flatMap((site) => above(estate, site));
  const moved = places.find((site) => differ(place(estate, site), place(next, site)));
  return moved === undefined ? undefined : `${moved}, where ${id} has a part, is declared otherwise`;
}
function above(estate: Estate, site: string): readonly string[] {
  const parent = declaredAs(estate.sites, site)?.parent;
  return parent === undefined ? [site] : [site, ...above(estate, parent)];
}
function place(estate: Estate, id: string): Omit<Site, 'vantages'> | undefined {
  const site = declaredAs(estate.sites, id);
  if (site === undefined) return undefined;
  const { vantages: _, ...rest } = site;
  return rest;
}
