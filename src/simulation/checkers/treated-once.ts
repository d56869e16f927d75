// An incident that a run has treated is people's to judge, until it is over.
import type { Checker } from '../truth.ts';

/** One turn and one append, and clocks that are kept by a time service. */
const soonMs = 5_000;

export const treatedOnce: Checker = {
  name: 'treated-once',
  holds:
    'One incident opens at most one run of a workload that sends anything, unless people acknowledge it; they acknowledge only what is open or was just treated.',
  begin(violate, history) {
    const sent = new Set<string>();
    const treated = new Map<string, string>();
    let isClockRight = true;
    /** The files have not changed, and with them the time of a cooldown. */
    let isAsBuilt = true;
    return {
      struck({ fault }) {
        if (fault === 'controller-clock-wrong' || fault === 'controller-clock-jumps') isClockRight = false;
        if (fault === 'files-changed') isAsBuilt = false;
      },
      durable({ event, at }) {
        if (event.type === 'StepStarted') sent.add(event.data.run);
        // A plan that was given up for a better one has treated nothing.
        if (event.type === 'RunClosed' && event.data.outcome === 'superseded')
          for (const [key, run] of treated) if (run === event.data.run) treated.delete(key);
        if (event.type === 'IncidentAcknowledged') {
          const { incident, workload } = event.data;
          const isOpen = history.incidents.get(incident)?.isOpen === true;
          const isRecent = [...history.runs.values()].some(({ closedAt = -Infinity, promised }) => {
            const cooldownMs = (promised?.cooldownMs ?? 0) * (isAsBuilt ? 1 : 3);
            return at - closedAt < cooldownMs + (isClockRight ? soonMs : 2 * history.world.skewMs);
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
