// A detector that never speaks makes no mistakes either.
import type { Checker } from '../truth.ts';
import { mostOf } from '../world/sites.ts';

/** Beside the time of a conviction: a new leader takes over and hears of everything again. */
const slackMs = 45_000;

export const seenInTime: Checker = {
  name: 'seen-in-time',
  holds:
    'In the calm, a writer that a majority of the declared vantages has lost for good is the subject of an incident within a declared time. (2)',
  begin(violate, history) {
    const role = new Map<string, string>();
    let core: readonly string[] = [];
    /** By region: until when a game day took it away, and the vantages in it; the calm heals everything but that. */
    const darkUntil = new Map<string, number>();
    const check = (workload: string, at: number): void => {
      const { calmAt, world } = history;
      const promised = world.workloads[workload];
      const replica = role.get(workload);
      const declared = replica === undefined ? undefined : promised?.replicas[replica];
      if (calmAt === undefined || promised === undefined || replica === undefined || declared === undefined) return;
      const boundMs = promised.detectMs + slackMs;
      if (at - calmAt < boundMs) return;
      // Those inside what is suspected may veto, and convict nobody.
      const eyes = core.filter((vantage) => {
        const region = history.regionOf(world.vantages[vantage] ?? '');
        return region !== declared.region && at - (darkUntil.get(region) ?? 0) >= boundMs;
      });
      const blind = eyes.filter((vantage) => history.harms.hiddenFrom(workload, replica, vantage, at) >= boundMs);
      if (blind.length < mostOf(Object.keys(world.vantages).length)) return;
      const isSeen = [...history.incidents.values()].some(
        (incident) =>
          history.regionOf(incident.site) === declared.region &&
          (incident.workload === undefined || incident.workload === workload) &&
          (incident.isOpen || incident.closedAt > calmAt),
      );
      if (!isSeen)
        violate(at, `${replica} of ${workload} is lost to ${blind.join(', ')} for ${boundMs} ms of calm, and no incident says so`);
    };
    return {
      declared({ world }) {
        for (const [id, { primary }] of Object.entries(world.workloads)) if (!role.has(id)) role.set(id, primary);
      },
      calm({ vantages }) {
        core = vantages;
      },
      'drill-fault'({ site, what, at }) {
        darkUntil.set(history.regionOf(site), what === 'stands' ? Infinity : at);
      },
      writer({ workload, replica, writes, by, at }) {
        if (!writes || by === 'fault' || role.get(workload) === replica) return;
        check(workload, at);
        role.set(workload, replica);
      },
      end({ at }) {
        for (const workload of role.keys()) check(workload, at);
      },
    };
  },
};
