// What all of it is for.
import type { Checker } from '../truth.ts';

export const usersServed: Checker = {
  name: 'users-served',
  holds: 'After the calm began, the users of every workload are served again within the declared time, and stay served. (7)',
  begin(violate, history) {
    const last = new Map<string, number>();
    return {
      acknowledged({ workload, population, at }) {
        last.set(`${workload}/${population}`, at);
      },
      end({ at }) {
        const { calmAt } = history;
        if (calmAt === undefined) return;
        for (const [id, { populations, servedWithinMs }] of Object.entries(history.world.workloads))
          for (const population of populations) {
            const ackedAt = last.get(`${id}/${population}`) ?? -Infinity;
            const silentMs = at - Math.max(ackedAt, calmAt);
            if (silentMs > servedWithinMs) violate(at, `${population} gets no answer from ${id} for ${silentMs} ms of calm`);
          }
      },
    };
  },
};
