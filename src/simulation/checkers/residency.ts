// Where data may stand is law, also on the worst day.
import { promotes } from '../history.ts';
import type { Checker } from '../truth.ts';

export const residency: Checker = {
  name: 'residency',
  holds: 'No workload is moved to a replica outside its residency. (11)',
  begin(violate, history) {
    return {
      executed({ call, at }) {
        const promised = history.world.workloads[call.workload];
        const where = promised?.replicas[call.to]?.residency;
        if (!promotes(call) || promised === undefined || where === undefined || promised.residency.length === 0) return;
        if (!promised.residency.includes(where))
          violate(at, `${call.run} moved ${call.workload} to ${call.to} in ${where}; allowed: ${promised.residency.join(', ')}`);
      },
    };
  },
};
