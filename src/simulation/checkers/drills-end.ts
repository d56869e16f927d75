// A game day that never ends holds back every other one, and every change of the files that waits for it.
import type { Checker } from '../truth.ts';

/** In the calm: the longest that a phase is given, which is a run's, and the time to look once more. */
const boundMs = 200_000;

export const drillsEnd: Checker = {
  name: 'drills-end',
  holds: 'A game day goes on: in the calm no phase of it lasts longer than a declared time, and so it ends.',
  begin(violate, history) {
    /** Open game days: the phase, and since when. */
    const phases = new Map<string, { readonly phase: string; readonly at: number }>();
    return {
      durable({ event, at }) {
        if (event.type === 'DrillOpened') phases.set(event.data.drill, { phase: 'gates', at });
        if (event.type === 'DrillPhaseEntered') phases.set(event.data.drill, { phase: event.data.phase, at });
        if (event.type === 'DrillClosed') phases.delete(event.data.drill);
      },
      end({ at }) {
        for (const [drill, { phase, at: since }] of phases) {
          const lastedMs = at - Math.max(since, history.calmAt ?? at);
          if (lastedMs > boundMs) violate(at, `${drill} is in ${phase} for ${lastedMs} ms of calm`);
        }
      },
    };
  },
};
