// A game day is a fault that people chose: not on a day that already has one.
import type { Checker } from '../truth.ts';

export const drillStart: Checker = {
  name: 'drill-start',
  holds:
    'No game day injects anything before every gate was seen to hold, nor while an incident that concerns its workload is open; none begins in a blackout. (9)',
  begin(violate, history) {
    return {
      durable({ event, entryAt, at }) {
        if (event.type === 'DrillOpened') {
          const { blackout } = history.world.workloads[event.data.workload] ?? {};
          if (blackout !== undefined && blackout.startsAt <= entryAt && entryAt < blackout.endsAt)
            violate(at, `${event.data.drill} began in a blackout`);
        }
        const isStart =
          event.type === 'FaultIntended' ||
          (event.type === 'RunOpened' && event.data.drill !== undefined && event.data.incident === undefined);
        if (!isStart || event.data.drill === undefined) return;
        const drill = history.drills.get(event.data.drill);
        if (drill === undefined) return;
        const declared = history.world.gamedays[drill.gameday];
        if (drill.gateShut) violate(at, `${drill.id} went on after a gate was closed`);
        if (declared !== undefined && drill.gatesHeld.size < declared.gates)
          violate(at, `${drill.id} went on with ${drill.gatesHeld.size} of ${declared.gates} gates seen to hold`);
        if (event.type !== 'FaultIntended') return;
        const regions = new Set<string>(
          Object.values(history.world.workloads[drill.workload]?.replicas ?? {}).map((replica) => replica.region),
        );
        for (const [id, incident] of history.incidents)
          if (
            incident.isOpen &&
            incident.drill !== drill.id &&
            (incident.workload === undefined || incident.workload === drill.workload) &&
            regions.has(history.regionOf(incident.site)) &&
            drill.intended.size <= 1
          )
            violate(at, `${drill.id} meant to inject ${event.data.fault} while ${id} was open`);
      },
    };
  },
};
