// What a tier promises by what is lost, where several tiers are put together: a loss that one of them names is compared with what the others
// promise of it, and that is their general target where they name it not.
import { losses } from '../core/estate.ts';
import type { Json } from '../core/values.ts';
import type { TierSource } from './tiers.ts';

type Mapping = Readonly<Record<string, Json>>;
const keyed = (value: Json | undefined): Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {};

/** The tiers, each with a target of its own for every loss that one of them names. */
export function spelledOut(tiers: readonly TierSource[]): readonly TierSource[] {
  const named = losses.filter((loss) => tiers.some(({ spec }) => keyed(keyed(spec)['byLoss'])[loss] !== undefined));
  if (named.length === 0) return tiers;
  const withAll = (value: Json): Json => {
    const spec = keyed(value);
    const own = keyed(spec['byLoss']);
    const rto = spec['rto'];
    if (rto === undefined) return value;
    return { ...spec, byLoss: Object.fromEntries(named.map((loss) => [loss, own[loss] ?? { rto }])) };
  };
  return tiers.map(({ name, spec, written }) => ({ name, spec: withAll(spec), written: withAll(written) }));
}

/** The pointer of the general target that holds where the one of a loss is left out; undefined for any other key. */
export const generalOf = (pointer: string): string | undefined =>
  losses.some((loss) => pointer.endsWith(`/byLoss/${loss}/rto`)) ? pointer.replace(/\/byLoss\/[a-z]+\/rto$/, '/rto') : undefined;
