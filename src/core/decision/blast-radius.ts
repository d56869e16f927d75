// How much the machine may decide alone before a person looks: so many incidents treated within a window, over all workloads. A lost
// region is one decision however many workloads it carries, and the limit never stops it; many small ones in a row are a storm.
import type { View } from '../kernel.ts';
import type { Incident } from '../state.ts';
import type { Tier } from '../estate.ts';
import type { Answer } from './guards.ts';

export function blastRadius(view: View, tier: Tier, incident: Readonly<Incident>): Answer {
  const limit = tier.blastRadius;
  if (limit === undefined) return { kind: 'go', because: `tier ${tier.id} declares no limit` };
  if (incident.diagnosis === 'RegionLost')
    return { kind: 'go', because: 'a lost region is one decision, however many workloads it carries' };
  const since = view.now - limit.perMs;
  if ((view.known.automatic.get(incident.incident) ?? -Infinity) > since)
    return { kind: 'go', because: `part of what was decided about ${incident.incident}` };
  const decided = [...view.known.automatic.values()].filter((at) => at > since).length;
  const said = `${decided} of at most ${limit.decisions} incidents treated without a person within ${limit.perMs / 1_000} s`;
  return decided < limit.decisions ? { kind: 'go', because: said } : { kind: 'ask', because: said };
}
