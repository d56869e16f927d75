// Two eyes in one building are one eye.
import type { Checker } from '../truth.ts';

export const eyes: Checker = {
  name: 'eyes',
  holds: 'No automatic failover with fewer than three vantages in three fault domains. (2)',
  begin(violate, history) {
    return {
      durable({ event, at }) {
        if (event.type !== 'RunOpened' || event.data.incident === undefined || event.data.approvalsNeeded > 0) return;
        const places = Object.values(history.world.vantages);
        const domains = new Set(places.map((site) => history.regionOf(site)));
        if (places.length < 3 || domains.size < 3)
          violate(at, `${event.data.run} opened by itself with ${places.length} vantages in ${domains.size} fault domains`);
      },
    };
  },
};
