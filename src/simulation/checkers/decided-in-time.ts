// Whoever sees a loss acts on it or says why not: silence is neither.
import type { Checker } from '../truth.ts';

/** An answer comes in the same turn; this is for disks. */
const boundMs = 5_000;

export const decidedInTime: Checker = {
  name: 'decided-in-time',
  holds: 'An incident that concerns a workload soon has a run of it, or a reason why there is none.',
  begin(violate, history) {
    const waiting = new Map<string, { incident: string; workload: string; at: number; epoch: number }>();
    /** Incidents that were answered, by workload. */
    const answered = new Set<string>();
    const judge = (at: number): void => {
      for (const [id, { incident, workload, at: since, epoch }] of waiting) {
        if (at - since <= boundMs) continue;
        waiting.delete(id);
        const isOpen = history.incidents.get(incident)?.isOpen === true;
        const isHeld = [...history.runs.values()].some((run) => run.workload === workload && (run.closedAt ?? Infinity) >= since);
        // One loss of a workload is treated at a time, the widest first: what is said of that answers for the others.
        const isOther = [...history.incidents].some(([other, told]) => told.isOpen && answered.has(`${other}/${workload}`));
        if (isOpen && !isHeld && !isOther && history.epoch === epoch && history.quietMs(since, at) >= boundMs)
          violate(at, `${incident} concerns ${workload} since ${at - since} ms: no run, and no reason why`);
      }
    };
    return {
      acknowledged: ({ at }) => judge(at),
      end: ({ at }) => judge(at),
      durable({ event, at, epoch }) {
        if (event.type === 'IncidentOpened') {
          const { incident, site, workload } = event.data;
          const region = history.regionOf(site);
          for (const [id, { replicas }] of Object.entries(history.world.workloads))
            if ((workload === undefined || workload === id) && Object.values(replicas).some((replica) => replica.region === region))
              waiting.set(`${incident}/${id}`, { incident, workload: id, at, epoch });
        }
        if ((event.type === 'RunOpened' || event.type === 'ActionWithheld') && event.data.incident !== undefined) {
          waiting.delete(`${event.data.incident}/${event.data.workload}`);
          answered.add(`${event.data.incident}/${event.data.workload}`);
        }
        judge(at);
      },
    };
  },
};
