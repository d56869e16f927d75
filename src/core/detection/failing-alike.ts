// What fails alike on both sides, or for everybody who looks: then moving does not help, or nobody can say. In words that `why` and
// the guards share.
import type { Tier, Workload } from '../estate.ts';
import { targetsOfReplica } from './neighbours.ts';
import { isFresh, majorityOf, seesReferences, type Bench } from './quorum.ts';
import type { Target } from './targets.ts';

/**
 * The kinds of probe (`http`, `postgres`) of which something fails and nothing is seen to answer, in the order of declaration. Not a
 * verdict: what began to fail a moment ago is in it, because it may have failed with what is called down already.
 */
export function failingKinds(bench: Bench, targets: readonly Target[]): readonly string[] {
  const kinds = new Map<string, boolean>();
  for (const target of targets)
    for (const cell of bench.seen.cells.get(target.id)?.values() ?? [])
      if (isFresh(target, cell, bench.now)) kinds.set(target.probe.uses, kinds.get(target.probe.uses) !== false && cell.failures > 0);
  return [...kinds].flatMap(([kind, isFailing]) => (isFailing ? [kind] : []));
}

/** Whether everything of a standby runs before it is needed; of a pilot light, what serves users is started by the runbook. */
export const runsBefore = ({ strategy }: Tier): boolean => strategy === 'warm-standby' || strategy === 'active-active';

/** Why no diagnosis explains that users get nothing, as far as the quorum can say. */
export function unexplained(bench: Bench, workload: Workload): string {
  const { vantages } = bench.targets;
  const seeing = vantages.filter((vantage) => seesReferences(bench, vantage, 'nowhere')).length;
  if (vantages.length > 0 && seeing === 0)
    return 'no vantage sees its own references, so nobody can judge: the network or the name service may be dead for everybody';
  if (seeing < majorityOf(vantages.length))
    return `only ${seeing} of ${vantages.length} vantages see their own references, too few to judge: nothing is moved`;
  const alike = kindsInCommon(bench, workload);
  return alike === undefined
    ? 'no diagnosis explains it yet'
    : `common cause: no ${alike.kind} of ${alike.replicas.join(' and of ')} answers, so there is nothing healthy to move to`;
}

function kindsInCommon(bench: Bench, { id, replicas }: Workload): { kind: string; replicas: readonly string[] } | undefined {
  const failing = new Map<string, string[]>();
  for (const { name } of replicas)
    for (const kind of failingKinds(bench, targetsOfReplica(bench.targets, id, name)))
      failing.set(kind, [...(failing.get(kind) ?? []), name]);
  const [found] = [...failing].filter(([, names]) => names.length > 1 && names.length === replicas.length);
  return found === undefined ? undefined : { kind: found[0], replicas: found[1] };
}
