// An incident that a run has treated is people's to judge, until it is over.
import type { Checker } from '../truth.ts';

export const treatedOnce: Checker = {
  name: 'treated-once',
  holds:
    'One incident opens at most one run of a workload that sends anything, unless people acknowledge it; they acknowledge only what is open or was just treated.',
  begin(violate, history) {
    const sent = new Set<string>();
    const treated = new Map<string, string>();
    return {
      durable({ event, at }) {
        if (event.type === 'StepStarted') sent.add(event.data.run);
        // A plan that was given up for a better one has treated nothing.
        if (event.type === 'RunClosed' && event.data.outcome === 'superseded')
          for (const [key, run] of treated) if (run === event.data.run) treated.delete(key);
        if (event.type === 'IncidentAcknowledged') {
          const { incident, workload } = event.data;
          const isOpen = history.incidents.get(incident)?.isOpen === true;
          const isRecent = [...history.runs.values()].some(({ closedAt = -Infinity, promised }) => {
            return at - closedAt < (promised?.cooldownMs ?? 0) * 3 + 2 * history.world.skewMs;
          });
          if (!isOpen && !isRecent) violate(at, `${incident} was acknowledged; it is over, and so is every cooldown`);
          for (const key of [...treated.keys()])
            if (key.startsWith(`${incident}/`) && (workload === undefined || key === `${incident}/${workload}`)) treated.delete(key);
        }
        if (event.type !== 'RunOpened' || event.data.incident === undefined) return;
        const { run, incident, workload } = event.data;
        const before = treated.get(`${incident}/${workload}`);
        if (before !== undefined && sent.has(before)) violate(at, `${run} opened for ${incident}, which ${before} had treated`);
        treated.set(`${incident}/${workload}`, run);
      },
    };
  },
};
