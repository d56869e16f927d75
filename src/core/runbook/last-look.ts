// The diagnosis again, from what is fresh now, before anything that stops or moves the writer. A leader that has only just begun has
// seen nothing yet, and `unknown` is not `gone`: it waits until it can have seen.
import { describe } from '../detection/describe.ts';
import { targetsOfReplica } from '../detection/neighbours.ts';
import { isFresh, judgedAfterMs, standing } from '../detection/quorum.ts';
import type { Cell } from '../detection/sight.ts';
import { isWithin, regionOf, type Target } from '../detection/targets.ts';
import type { View } from '../kernel.ts';
import type { Incident, Run } from '../state.ts';
import { later, type Instant, type WorkloadId } from '../values.ts';

export type LastLook =
  | { readonly kind: 'holds' | 'gone'; readonly sentence: string }
  /** Look again then. */
  | { readonly kind: 'unsure'; readonly until: Instant };

/** How soon an open question is looked at again. */
const lookAgainMs = 250;

export function lastLook(view: View, { workload, incident, plan }: Readonly<Run>): LastLook {
  return freshLook(view, { workload, incident: incident === undefined ? undefined : view.known.incidents.get(incident), to: plan.to });
}

/**
 * Whether this leader cannot know yet how the replica is to which the writer moves: it has seen none of its probes answer, and has not led for
 * long enough to call it lost. What it then finds lost opens an incident, and the plan is superseded.
 */
export const isTargetUnseen = (view: View, run: Readonly<Run>): boolean =>
  run.plan.to !== run.plan.from && isUnheardOf(view, run, judgedAfterMs, (cell) => cell.failures === 0);
/**
 * Whether this leader has not heard yet that the replica calls itself the primary which an earlier one promoted: others may have moved the
 * writer since. Every vantage that sees it has told within one round, and nobody is waited for any longer.
 */
export const isRoleUntold = (view: View, run: Readonly<Run>): boolean =>
  (view.known.workloads.get(run.workload)?.roleChangedAt ?? 0) < view.known.epochBeganAt &&
  isUnheardOf(view, run, roundMs, (cell) => cell.role?.is === 'primary');

const roundMs = ({ detection: { intervalMs, timeoutMs } }: Target): number => intervalMs + timeoutMs + lookAgainMs;
function isUnheardOf(
  view: View,
  { workload, plan }: Readonly<Run>,
  withinMs: (target: Target) => number,
  isSaid: (cell: Readonly<Cell>) => boolean,
): boolean {
  const bench = view.bench();
  if (bench === undefined) return false;
  const targets = targetsOfReplica(bench.targets, workload, plan.to);
  if (view.now >= later(view.known.epochBeganAt, Math.max(0, ...targets.map(withinMs)))) return false;
  return !targets.some((target) =>
    [...(view.seen.cells.get(target.id)?.values() ?? [])].some((cell) => isSaid(cell) && isFresh(target, cell, view.now)),
  );
}

export type Suspicion = { readonly workload: WorkloadId; readonly incident: Readonly<Incident> | undefined; readonly to: string };
export function freshLook(view: View, { workload, incident, to: name }: Suspicion): LastLook {
  const bench = view.bench();
  const region = incident && bench && regionOf(bench.estate, incident.site);
  const finding = region && view.diagnosisOf(region);
  if (incident === undefined || bench === undefined || region === undefined || finding === undefined)
    return { kind: 'gone', sentence: 'There is no incident to look at again.' };
  const to = bench.estate.workloads[workload]?.replicas.find((replica) => replica.name === name);
  // A wider loss is as good a reason, as long as the writer is not moved into it; so is what is left of the loss where the rest is back.
  const writer = view.known.workloads.get(workload)?.primary;
  const same = finding.diagnoses.find((each) =>
    each.kind === 'ReplicaDown'
      ? each.workload === workload && each.replica === (incident.replica ?? writer) && isWithin(bench.estate, each.site, incident.site)
      : isWithin(bench.estate, incident.site, each.site) && !(to !== undefined && isWithin(bench.estate, to.site, each.site)),
  );
  if (same !== undefined) return { kind: 'holds', sentence: describe(bench, same).sentence };
  // What is still open is decided in a moment; a wider incident opens by itself, and after it the plan for it.
  if (finding.isOpen || finding.diagnoses.some((each) => each.kind === 'RegionLost'))
    return { kind: 'unsure', until: later(view.now, lookAgainMs) };
  const judgedMs = Math.max(0, ...(bench.targets.under.get(region) ?? []).map(judgedAfterMs));
  if (view.now < later(view.known.epochBeganAt, judgedMs)) return { kind: 'unsure', until: later(view.now, lookAgainMs) };
  // `unknown` is no answer: a vantage that was one of the majority may have died since.
  const isAnswering = (bench.targets.under.get(incident.site) ?? []).some((target) => standing(bench, target, incident.site) === 'up');
  const what = `${incident.diagnosis} of ${incident.site}`;
  const sentence = isAnswering
    ? `${what} no longer holds on fresh observations.`
    : `${what} is not confirmed any more: too few vantages can say what is there now.`;
  return { kind: 'gone', sentence };
}
