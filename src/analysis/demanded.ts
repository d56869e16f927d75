// Which losses the tier of a workload says that it survives.
import { declaredAs, type Estate, type Workload } from '../core/estate.ts';
import { zonesOf } from './examined.ts';

/** `what`: how the tier says it, e.g. `2 regions`. Only where the workload has what could survive it. */
export function demandedOf(
  estate: Estate,
  workload: Workload,
): readonly { readonly diagnosis: 'RegionLost' | 'ZoneLost'; readonly what: string }[] {
  const least = declaredAs(estate.tiers, workload.tier)?.least;
  const severalZones = workload.replicas.some((replica) => zonesOf(estate, replica).length > 1);
  return [
    ...((least?.regions ?? 0) > 1 && workload.replicas.length > 1
      ? [{ diagnosis: 'RegionLost' as const, what: `${least?.regions ?? 0} regions` }]
      : []),
    ...((least?.zones ?? 0) > 1 && severalZones ? [{ diagnosis: 'ZoneLost' as const, what: `${least?.zones ?? 0} zones` }] : []),
  ];
}
