// What a run holds, so that no other touches it meanwhile: the resources that its steps change, as the actions themselves say. Held from
// the moment when the run opens until it has sent all that it had to send.
import type { Catalogue } from '../catalogue.ts';
import type { Workload } from '../estate.ts';
import type { Known } from '../state.ts';
import { ungracefully, type Plan, type PlannedStep } from '../runbook/plan.ts';
import type { Json, RunId } from '../values.ts';

/** An entry stays small: what is beyond this many is not locked, and no plan that people can read names so many. */
const mostHeld = 200;

/** By name, each once. Expressions that are only resolved when a step starts name nothing yet. */
export function locksOf(plan: Plan, catalogue: Catalogue, workload: Workload): readonly string[] {
  const declared = declaredResources(plan, workload);
  const held = new Set<string>();
  for (const planned of plan.steps)
    for (const step of planned.ungraceful?.kind === 'replace' ? [planned, ungracefully(planned)] : [planned])
      for (const name of changedBy(step, catalogue, declared)) if (!name.includes('${{') && name.length <= 300) held.add(name);
  return [...held].sort().slice(0, mostHeld);
}

function changedBy({ uses, effect, with: input }: PlannedStep, catalogue: Catalogue, declared: ReadonlySet<string>): readonly string[] {
  if (effect === 'nothing') return [];
  const stated = catalogue.actions.get(uses)?.changes?.(input);
  // An action that does not say what it changes may change every resource of the workload that it is given.
  return stated ?? textsIn(input).filter((each) => declared.has(each));
}

function declaredResources({ from, to }: Plan, workload: Workload): ReadonlySet<string> {
  const replicas = workload.replicas.filter(({ name }) => name === from || name === to);
  return new Set([workload, ...replicas].flatMap(({ resources }) => Object.values(resources)));
}
function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap((each) => textsIn(each as Json));
}

export type Taken = { readonly resource: string; readonly run: RunId };
/** The first of these that another run holds. */
export function takenOf(known: Known, locks: readonly string[]): Taken | undefined {
  for (const resource of locks) {
    const run = known.held.get(resource);
    if (run !== undefined) return { resource, run };
  }
  return undefined;
}
export const saidTaken = (known: Known, { resource, run }: Taken): string =>
  `run ${run} of ${known.runs.get(run)?.workload ?? 'another workload'} holds ${resource}`;
