// A game day that leaves its fault behind is an attack.
import type { Checker, FactOf } from '../truth.ts';

export const drillFaults: Checker = {
  name: 'drill-faults',
  holds: 'Every fault of a game day is reverted or expires, none outlives its lease, and no game day closes while one stands. (6)',
  begin(violate, history) {
    const standing = new Map<string, FactOf<'drill-fault'>>();
    return {
      'drill-fault'(fact) {
        const id = `${fact.drill}/${fact.fault}`;
        if (fact.what === 'stands') {
          standing.set(id, fact);
          if (history.drills.get(fact.drill)?.intended.has(fact.fault) !== true)
            violate(fact.at, `fault ${id} stands, and nobody had intended it`);
          return;
        }
        const began = standing.get(id);
        if (began !== undefined && fact.at > began.leaseEndsAt)
          violate(fact.at, `fault ${id} stood ${fact.at - began.leaseEndsAt} ms longer than its lease`);
        standing.delete(id);
      },
      durable({ event, at }) {
        if (event.type !== 'DrillClosed') return;
        for (const [id, fault] of standing)
          if (fault.drill === event.data.drill) violate(at, `${fault.drill} closed while its fault ${id} stood`);
      },
      end({ at }) {
        for (const [id, fault] of standing) if (at > fault.leaseEndsAt) violate(at, `fault ${id} still stands after its lease`);
      },
    };
  },
};
