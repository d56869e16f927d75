// Where a hospital said that a person decides, a person decides.
import type { Checker } from '../truth.ts';

const scopes = { ReplicaDown: 'replica', ZoneLost: 'zone', RegionLost: 'region' } as const;

export const asksPeople: Checker = {
  name: 'asks-people',
  holds:
    'No run opens by itself where the tier wants a person: for the scope of what is lost, because the fence is not one that it accepts, in a blackout, or while its targets are not decided. (2)',
  begin(violate, history) {
    return {
      durable({ event, entryAt, at }) {
        if (event.type !== 'RunOpened' || event.data.incident === undefined) return;
        const { run: id, incident: incidentId, approvalsNeeded } = event.data;
        const run = history.runs.get(id);
        const incident = history.incidents.get(incidentId);
        if (run?.promised === undefined || incident === undefined) return;
        const scope = scopes[incident.diagnosis as keyof typeof scopes] as 'replica' | 'zone' | 'region' | undefined;
        const level = scope === undefined ? 'manual' : run.promised.automation[scope];
        const { blackout, isUndecided } = run.promised;
        if (approvalsNeeded === 0 && blackout !== undefined && blackout.startsAt <= entryAt && entryAt < blackout.endsAt)
          violate(at, `${id} opened by itself; a blackout is open, in which people decide`);
        else if (approvalsNeeded === 0 && isUndecided === true)
          violate(at, `${id} opened by itself; nobody has decided yet what the tier promises`);
        else if (level === 'manual' || level === 'shadow')
          violate(at, `${id} opened for ${incident.diagnosis}; the tier wants that done by people alone`);
        else if (approvalsNeeded < Math.max(1, run.promised.approvalsNeeded)) {
          if (level === 'approve')
            violate(at, `${id} opened for ${incident.diagnosis} with ${approvalsNeeded} people; the tier wants an approval`);
          else if (!run.promised.fencingAccepted.includes('provider-asserted') && approvalsNeeded === 0)
            violate(at, `${id} opened by itself; a fence that is only asserted is not enough for the tier`);
        }
      },
    };
  },
};
