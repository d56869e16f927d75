// The worst that a tool for disasters can do is be one.
import { promotes } from '../history.ts';
import type { Checker } from '../truth.ts';

export const resusHarmless: Checker = {
  name: 'resus-harmless',
  holds:
    'No workload is without a writer because of Resus alone: only a fault of its own replica, or a planned move for no longer than declared. (12)',
  begin(violate, history) {
    /** By workload: since when nobody writes, who stopped, whether a provider stopped it, and where the writer was sent before that and since. */
    const silent = new Map<string, { at: number; replica: string; isOurs: boolean; to: Set<string> }>();
    /** By workload: where the writer was last sent. */
    const sentTo = new Map<string, string>();
    const over = (workload: string, at: number): void => {
      const rest = silent.get(workload);
      if (rest === undefined) return;
      silent.delete(workload);
      const world = history.world.workloads[workload];
      if (!rest.isOurs || world === undefined || history.harms.stoodInTheWay(workload, rest.replica, rest.at - world.freshMs, at)) return;
      // Where it was sent is lost as well: only people can give the old writer its storage back, and have the time that this takes.
      const isNowhere = [...rest.to].some((to) => history.harms.stoodInTheWay(workload, to, rest.at, at));
      const boundMs = isNowhere ? Math.max(world.moveMs, world.servedWithinMs) : world.moveMs;
      const quietMs = history.quietMs(rest.at, at);
      if (quietMs > boundMs)
        violate(
          at,
          `nobody wrote ${workload} for ${quietMs} ms in which nothing was wrong, after Resus stopped ${rest.replica}, which was healthy`,
        );
    };
    return {
      executed({ call }) {
        if (!promotes(call) && call.effect !== 'fences') return;
        sentTo.set(call.workload, call.to);
        silent.get(call.workload)?.to.add(call.to);
      },
      writer({ workload, replica, writes, by, at }) {
        if (writes) over(workload, at);
        else if (history.writersOf(workload).size === 0 && !silent.has(workload))
          silent.set(workload, {
            at,
            replica,
            isOurs: by === 'provider',
            to: new Set(sentTo.has(workload) ? [sentTo.get(workload) ?? ''] : []),
          });
      },
      end({ at }) {
        for (const workload of [...silent.keys()]) over(workload, at);
      },
    };
  },
};
