// How the state changes when people hold everything, a workload or nothing any more, and when they look at an incident again.
import type { Folds } from '../fold.ts';
import type { State } from '../state.ts';

export const decisionFolds: Folds<State> = {
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
  IncidentAcknowledged: (state, { incident: id, workload: only }) => {
    const incident = state.incidents.get(id);
    for (const each of only === undefined ? (incident?.workloads ?? []) : [only]) {
      incident?.treated.delete(each);
      incident?.withheld.delete(each);
      const workload = state.workloads.get(each);
      if (workload !== undefined) workload.lastRunClosedAt = undefined;
    }
  },
};
