// An incident that is none wakes people for nothing; one that is closed too early, or never, is not believed the next time.
import type { Checker } from '../truth.ts';

/** In the calm: a new leader takes over, hears of everything again, and asks twice. */
const slackMs = 60_000;

export const incidentToldTruly: Checker = {
  name: 'incident-told-truly',
  holds:
    'An incident opens only when a majority of the declared vantages has really lost what it names, for long enough; it does not close while all have, and closes in time once nothing is in the way.',
  begin(violate, history) {
    let hasLiar = false;
    /** Eyes whose clock is wrong, and until when one was: what they tell late looks like news. */
    const wrongClocks = new Map<number, number>();
    type Replica = { readonly workload: string; readonly name: string };
    const closed: { id: string; site: string; lost: readonly Replica[]; at: number }[] = [];
    /** What an incident says is lost: a replica, or all in a region. Of a zone nothing can be said from outside it. */
    const namedBy = (incident: { site: string; workload?: string; replica?: string; diagnosis: string }): readonly Replica[] => {
      const { workload, replica, site, diagnosis } = incident;
      if (diagnosis === 'ReplicaDown' && workload !== undefined && replica !== undefined) return [{ workload, name: replica }];
      if (diagnosis !== 'RegionLost') return [];
      return Object.entries(history.world.workloads).flatMap(([id, { replicas }]) =>
        Object.entries(replicas).flatMap(([name, { region }]) => (region === site ? [{ workload: id, name }] : [])),
      );
    };
    const isZoned = (site: string): boolean => {
      const region = history.regionOf(site);
      return Object.entries(history.world.regions).some(([each, around]) => each !== around && around === region);
    };
    /** What had closed may have been taken over by a wider one of the same turn. */
    const judge = (): void => {
      for (const { id, site, lost, at } of closed.splice(0)) {
        const isOther = [...history.incidents.values()].some(
          (other) => other.isOpen && history.regionOf(other.site) === history.regionOf(site),
        );
        const { vantages, workloads } = history.world;
        const hidden = lost.find(({ workload, name }) => {
          const boundMs = (workloads[workload]?.freshMs ?? Infinity) + 60_000;
          return Object.keys(vantages).every((vantage) => history.harms.hiddenFrom(workload, name, vantage, at) > boundMs);
        });
        if (!isOther && hidden !== undefined)
          violate(at, `${id} closed while nobody had seen ${hidden.name} of ${hidden.workload} for long`);
      }
    };
    return {
      // One that says that all is well may end an incident when the others say nothing: it opens again as soon as they do.
      struck({ harms, fault, id }) {
        if (fault === 'vantage-clock-wrong') wrongClocks.set(id, Infinity);
        if (harms.some(({ kind }) => kind === 'lied-about')) hasLiar = true;
      },
      healed({ id, at }) {
        if (wrongClocks.has(id)) wrongClocks.set(id, at);
      },
      acknowledged: judge,
      durable({ event, at }) {
        if (event.type === 'IncidentOpened') {
          const declared = Object.keys(history.world.vantages).length;
          for (const { workload, name } of namedBy(event.data)) {
            const promised = history.world.workloads[workload];
            if (promised === undefined) continue;
            const { detectMs, freshMs } = promised;
            const asked = { now: at, since: at - freshMs, lastedMs: detectMs, gapMs: detectMs / 2 };
            const lost = history.harms.lostTo(workload, name, asked);
            const doubtful = [...wrongClocks.values()].filter((until) => until >= at - freshMs).length;
            if ((lost + doubtful) * 2 > declared) continue;
            violate(at, `${event.data.incident} says that ${name} of ${workload} is lost, as only ${lost} of ${declared} vantages saw it`);
            return;
          }
        }
        if (event.type !== 'IncidentClosed') return;
        const incident = history.incidents.get(event.data.incident);
        if (incident !== undefined && !hasLiar && !isZoned(incident.site))
          closed.push({ id: incident.incident, site: incident.site, lost: namedBy(incident), at });
      },
      end({ at }) {
        judge();
        const { calmAt, world } = history;
        if (calmAt === undefined) return;
        for (const incident of history.incidents.values()) {
          if (!incident.isOpen) continue;
          const region = history.regionOf(incident.site);
          const isHarmed = Object.entries(world.workloads).some(([id, { replicas, freshMs }]) =>
            Object.entries(replicas).some(
              ([name, replica]) =>
                replica.region === region && history.harms.stoodInTheWay(id, name, Math.max(calmAt, at - freshMs - slackMs), at),
            ),
          );
          if (!isHarmed)
            violate(at, `${incident.incident} is open, and nothing is in the way of what it names for more than ${slackMs} ms`);
        }
      },
    };
  },
};
