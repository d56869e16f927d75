// How the state changes when people hold everything, a workload or nothing any more, and when they look at an incident again.
import type { EventData } from '../event.ts';
import type { Folds, Stamp } from '../fold.ts';
import type { Run, State } from '../state.ts';

export const decisionFolds: Folds<State> = {
  EstateDeferred: (state, { estate, workloads }) => (state.waitingEstate = { estate, workloads }),
  ActingStopped: (state, { by, reason }, { stamp }) => (state.stopped = { by, reason, at: stamp.at }),
  ActingReleased: (state) => (state.stopped = undefined),
  MaintenanceBegan: (state, { workload: id, by, reason, until }, { stamp }) => {
    const workload = state.workloads.get(id);
    if (workload !== undefined) workload.maintenance = { by, reason, at: stamp.at, until };
  },
  MaintenanceEnded: (state, { workload: id }) => {
    const workload = state.workloads.get(id);
    if (workload !== undefined) workload.maintenance = undefined;
  },
  WouldHaveActed: (state, { incident, workload }) => state.incidents.get(incident)?.shadowed.add(workload),
  IncidentAcknowledged: (state, { incident: id, workload: only }) => {
    const incident = state.incidents.get(id);
    for (const each of only === undefined ? (incident?.workloads ?? []) : [only]) {
      incident?.treated.delete(each);
      const workload = state.workloads.get(each);
      if (workload !== undefined) workload.lastRunClosedAt = undefined;
    }
  },
};

/** The most decisions of the machine that are remembered. */
const mostRemembered = 1_000;

/** What a run takes when it opens, and that the machine decided it alone. */
export function opened(state: State, { run, incident, drill, approvalsNeeded, locks }: EventData['RunOpened'], { at }: Stamp): void {
  for (const resource of locks ?? []) if (!state.held.has(resource)) state.held.set(resource, run);
  if (incident === undefined || drill !== undefined || approvalsNeeded > 0) return;
  state.automatic.delete(incident);
  state.automatic.set(incident, at);
  const [oldest] = state.automatic.keys();
  if (state.automatic.size > mostRemembered && oldest !== undefined) state.automatic.delete(oldest);
}
/** It has sent all that it had to send. */
export function letGo(state: State, { id, locks }: Pick<Run, 'id' | 'locks'>): void {
  for (const resource of locks) if (state.held.get(resource) === id) state.held.delete(resource);
}
