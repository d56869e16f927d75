// What to say of a game day in which no run ended in time: what Resus withheld and why, in the words of `why`. Holding back was
// right when users were served meanwhile; then nothing was proven. It is a failure when they were not.
import type { View } from '../kernel.ts';
import type { Drill, Incident } from '../state.ts';
import { why } from '../views/why.ts';
import type { DrillVerdict } from './phases.ts';
import { isPathHealthy } from './scope.ts';

export function withoutRun(view: View, drill: Readonly<Drill>): { readonly verdict: DrillVerdict; readonly because: string } {
  const { recoverMs } = drill.spec.limits;
  const incident = [...view.known.incidents.values()].findLast((each) => each.drill === drill.id);
  if (drill.run !== undefined)
    return {
      verdict: 'failed',
      because: `run ${drill.run} did not end within ${recoverMs} ms: ${(incident && aheadOf(view, drill, incident)) ?? 'it is still open.'}`,
    };
  if (incident === undefined) return { verdict: 'failed', because: `no incident was opened within ${recoverMs} ms of the bite` };
  const reason = aheadOf(view, drill, incident) ?? lastReason(drill, incident);
  const withheld = `Resus withheld a run for ${incident.diagnosis} of ${incident.site} (${incident.incident})`;
  return isPathHealthy(view, drill)
    ? { verdict: 'inconclusive', because: `${withheld} and users were served: ${reason}` }
    : { verdict: 'failed', because: `${withheld} while users were not served: ${reason}` };
}

/** Undefined for an incident that is over. */
const aheadOf = (view: View, drill: Readonly<Drill>, { incident }: Readonly<Incident>): string | undefined =>
  why(view, drill.workload)?.incidents.find((each) => each.incident === incident)?.ahead.sentence;

function lastReason(drill: Readonly<Drill>, incident: Readonly<Incident>): string {
  const because = incident.withheld.get(drill.workload)?.because;
  return `${because === undefined ? 'Nothing was done' : `Nothing was done: ${because}`}; ${incident.closedBecause ?? 'the incident is over'}.`;
}
