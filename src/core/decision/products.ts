// Environments of one product share capacity, and the production comes first: while it is in trouble its other environments are left
// where they are, and those that may give way are named to whoever moves it.
import type { Estate, Workload } from '../estate.ts';
import type { View } from '../kernel.ts';
import type { IncidentId, WorkloadId } from '../values.ts';

const others = (estate: Estate, { id, product }: Workload): readonly Workload[] =>
  product === undefined ? [] : Object.values(estate.workloads).filter((each) => each.id !== id && each.product?.name === product.name);

/** The open incident of the production of its product; undefined for the production itself. */
export function productionInTrouble(
  view: View,
  workload: Workload,
): { readonly production: WorkloadId; readonly incident: IncidentId } | undefined {
  const { estate, workloads } = view.known;
  if (estate === undefined || workload.product === undefined || workload.product.environment === 'production') return undefined;
  const production = others(estate, workload).find(({ product }) => product?.environment === 'production');
  const [incident] = production === undefined ? [] : (workloads.get(production.id)?.incidents ?? []);
  return production === undefined || incident === undefined ? undefined : { production: production.id, incident };
}

/** Environments that may be stopped to free capacity for this production, in the order of their names. */
export const evictableFor = (estate: Estate | undefined, workload: Workload): readonly WorkloadId[] =>
  estate === undefined || workload.product?.environment !== 'production'
    ? []
    : others(estate, workload)
        .filter(({ product }) => product?.evictable === true)
        .map(({ id }) => id)
        .sort();
