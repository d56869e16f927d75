// A machine that treats one small thing after another may be what is wrong with all of them.
import type { Checker } from '../truth.ts';

export const blastRadius: Checker = {
  name: 'blast-radius',
  holds: 'Without a person no more incidents are treated within the declared time than declared, but for lost regions.',
  begin(violate, history) {
    /** By incident: when a run was last opened for it without a person, by the clock of who did. */
    const alone = new Map<string, number>();
    return {
      durable({ event, entryAt, at }) {
        if (event.type !== 'RunOpened') return;
        const { run, incident, drill, approvalsNeeded } = event.data;
        if (incident === undefined || drill !== undefined || approvalsNeeded > 0) return;
        const limit = history.runs.get(run)?.promised?.blastRadius;
        const since = limit === undefined ? -Infinity : entryAt - limit.perMs;
        const others = [...alone].filter(([id, lastAt]) => id !== incident && lastAt > since).length;
        const isPart = (alone.get(incident) ?? -Infinity) > since;
        alone.set(incident, entryAt);
        if (limit === undefined || isPart || history.incidents.get(incident)?.diagnosis === 'RegionLost') return;
        if (others >= limit.decisions)
          violate(at, `${run} opened by itself for ${incident}, after ${others} others within ${limit.perMs} ms; ${limit.decisions} may`);
      },
    };
  },
};
