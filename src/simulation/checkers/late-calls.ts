// A process that stood still sends its call when it wakes: that must be refused, or change nothing that its successor relies on.
import type { Checker } from '../truth.ts';

export const lateCalls: Checker = {
  name: 'late-calls',
  holds: "A stale leader's late call is refused or harmless: it changes nothing once its successor has gone on from that attempt. (3)",
  begin(violate, history) {
    return {
      executed({ call, changed, at }) {
        const run = history.runs.get(call.run);
        if (!changed || run === undefined || call.epoch >= history.epoch) return;
        const again = run.starts.get(call.step)?.find((start) => start.attempt > call.attempt);
        const failedAt = run.failedAt.get(call.step);
        const wentOn =
          run.closedAt !== undefined
            ? 'had closed the run'
            : failedAt !== undefined
              ? 'had given the step up'
              : again === undefined
                ? undefined
                : `had begun attempt ${again.attempt}`;
        if (wentOn !== undefined)
          violate(at, `${call.uses} of ${call.run}/${call.step} of epoch ${call.epoch} took effect after its successor ${wentOn}`);
      },
    };
  },
};
