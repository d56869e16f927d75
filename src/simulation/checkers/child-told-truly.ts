// A plan that took another one's place says so: whoever reads the second must find the first.
import type { Checker } from '../truth.ts';

export const childToldTruly: Checker = {
  name: 'child-told-truly',
  holds: 'A run that takes the place of one that gave way names it, and no other run does.',
  begin(violate, history) {
    /** By workload: the run that gave way last, and when by the clock of who closed it. */
    const gaveWay = new Map<string, { run: string; entryAt: number }>();
    return {
      durable({ event, entryAt, at }) {
        if (event.type === 'RunClosed') {
          const workload = history.runs.get(event.data.run)?.workload;
          if (workload !== undefined && event.data.outcome === 'superseded') gaveWay.set(workload, { run: event.data.run, entryAt });
        }
        if (event.type !== 'RunOpened') return;
        const { run, workload, incident, parent } = event.data;
        const before = gaveWay.get(workload);
        gaveWay.delete(workload);
        const openedEntryAt = incident === undefined ? Infinity : (history.incidents.get(incident)?.openedEntryAt ?? Infinity);
        const expected = before !== undefined && openedEntryAt <= before.entryAt ? before.run : undefined;
        if (parent !== expected)
          violate(at, `${run} names ${parent ?? 'no run'} as the one that it replaces; that is ${expected ?? 'none'}`);
      },
    };
  },
};
