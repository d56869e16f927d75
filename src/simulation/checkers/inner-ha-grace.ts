// What heals itself is left to heal itself.
import type { Checker } from '../truth.ts';

export const innerHaGrace: Checker = {
  name: 'inner-ha-grace',
  holds: 'Below the loss of a region, no run opens for an incident before the inner high availability had its declared grace.',
  begin(violate, history) {
    return {
      durable({ event, entryAt, at }) {
        if (event.type !== 'RunOpened' || event.data.incident === undefined) return;
        const incident = history.incidents.get(event.data.incident);
        const graceMs = history.runs.get(event.data.run)?.promised?.innerHaGraceMs;
        if (incident === undefined || graceMs === undefined || incident.diagnosis === 'RegionLost') return;
        const waitedMs = entryAt - incident.openedEntryAt;
        if (waitedMs < graceMs)
          violate(at, `${event.data.run} opened ${waitedMs} ms after ${event.data.incident}; the grace is ${graceMs} ms`);
      },
    };
  },
};
