// Who must be back before a shift ends has no time to find out what nobody has written down.
import { declaredAs, type Estate, type Workload } from '../core/estate.ts';
import { isKnown } from './said.ts';

/** The longest usual one: care goes on by hand so long. */
const shiftMs = 12 * 3_600_000;

/** The RTO in milliseconds; undefined where it is longer than a shift, or not known yet. */
export function rtoWithinShift({ tiers }: Estate, { tier }: Pick<Workload, 'tier'>): number | undefined {
  const rtoMs = declaredAs(tiers, tier)?.rtoMs;
  return isKnown(rtoMs) && rtoMs <= shiftMs ? rtoMs : undefined;
}
