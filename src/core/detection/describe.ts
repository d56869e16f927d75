// A diagnosis in one sentence, and who says so. Made when an incident opens or is looked at again, not for each look at a region.
import type { VantageId } from '../values.ts';
import type { Diagnosis } from './diagnosis.ts';
import { convicting, type Bench } from './quorum.ts';

/** So many vantages are named; the sentence counts the rest. */
const mostNamed = 20;

export function describe(
  bench: Bench,
  { kind, site, targets, workload, replica }: Diagnosis,
): {
  readonly sentence: string;
  readonly vantages: readonly VantageId[];
} {
  const all = [...new Set(targets.flatMap((target) => convicting(bench, target, site)).map((vantage) => vantage.id))].sort();
  const vantages = all.slice(0, mostNamed);
  const names = all.length > vantages.length ? `${vantages.join(', ')} and ${all.length - vantages.length} more` : vantages.join(', ');
  const of = `${all.length} of ${bench.targets.vantages.length} vantages (${names})`;
  const sentence = {
    RegionLost: `Nothing in ${site} answers: ${of} see all ${targets.length} targets there down.`,
    ZoneLost: `Nothing in ${site} answers while its neighbours do: ${of} see all ${targets.length} targets there down.`,
    ReplicaDown: `Replica ${replica ?? '?'} of ${workload ?? '?'} does not answer as a database while its site does: ${of} agree.`,
  }[kind];
  return { sentence, vantages };
}
