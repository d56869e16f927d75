// Nobody is promoted who is known to be dead.
import type { History } from '../history.ts';
import type { Checker } from '../truth.ts';

export const fitStandby: Checker = {
  name: 'fit-standby',
  holds: 'No automatic failover to a replica that nobody has seen alive lately. (2)',
  begin(violate, history) {
    return {
      durable({ event, at }) {
        if (event.type !== 'PlanCompiled') return;
        const run = history.runs.get(event.data.run);
        if (run?.promised === undefined || run.incident === undefined || run.from === run.to) return;
        // What a fault took at its beginning says nothing of now where something inside may have moved away from it, and a lost zone of a
        // replica that has several need not be the one in which it runs.
        if (run.promised.innerHaGraceMs !== undefined || hasZones(history, run.promised.replicas[run.to]?.region)) return;
        const { freshMs } = run.promised;
        const vantages = Object.keys(history.world.vantages).length;
        // Lost for longer than anything that was seen may count, and not back yet.
        const asked = { now: at, since: at, lastedMs: freshMs + 1, gapMs: 0 };
        if (vantages > 0 && history.harms.lostTo(run.workload, run.to, asked) === vantages)
          violate(at, `${run.id} means to promote ${run.to} of ${run.workload}, which nobody has seen for more than ${freshMs} ms`);
      },
    };
  },
};

const hasZones = ({ world }: History, region: string | undefined): boolean =>
  Object.entries(world.regions).some(([site, around]) => around === region && site !== region);
