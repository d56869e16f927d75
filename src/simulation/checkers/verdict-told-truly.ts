// A vote is worth what its voter saw.
import type { Checker } from '../truth.ts';

/** What an eye saw may reach a leader late: it keeps what nobody took, reports overtake one another, a leader stands still. */
const lateMs = 90_000;

export const verdictToldTruly: Checker = {
  name: 'verdict-told-truly',
  holds: 'A vantage that is said to see a target down had lost it lately; one that is said to see it up has not lost it for long.',
  begin(violate, history) {
    const liars = new Set<string>();
    return {
      struck({ harms }) {
        for (const harm of harms) if (harm.kind === 'lied-about') for (const vantage of harm.by) liars.add(vantage);
      },
      durable({ event, at }) {
        if (event.type !== 'VerdictChanged') return;
        const { target, vantage, verdict } = event.data;
        const [workload = '', replica = ''] = target.split('/');
        const region = history.world.workloads[workload]?.replicas[replica]?.region;
        if (region === undefined) return;
        if (verdict === 'down') {
          if (!history.harms.wasHiddenFrom(workload, replica, vantage, at - lateMs, at))
            violate(at, `${target} is said to be down for ${vantage}, from which nothing has hidden it`);
          return;
        }
        // What moves between zones is up again while the fault that took its old zone stands; a liar says that it is up.
        const isZoned = Object.entries(history.world.regions).some(([site, around]) => site !== around && around === region);
        if (!isZoned && !liars.has(vantage) && history.harms.hiddenFrom(workload, replica, vantage, at) > lateMs)
          violate(at, `${target} is said to be up for ${vantage}, which has lost it for more than ${lateMs} ms`);
      },
    };
  },
};
