// An incident that a run has treated is people's to judge, until it is over.
import type { Checker } from '../truth.ts';

export const treatedOnce: Checker = {
  name: 'treated-once',
  holds: 'One incident opens at most one run of a workload.',
  begin(violate) {
    const treated = new Map<string, string>();
    return {
      durable({ event, at }) {
        if (event.type !== 'RunOpened' || event.data.incident === undefined) return;
        const { run, incident, workload } = event.data;
        const before = treated.get(`${incident}/${workload}`);
        if (before !== undefined) violate(at, `${run} opened for ${incident}, which ${before} had treated`);
        treated.set(`${incident}/${workload}`, run);
      },
    };
  },
};
