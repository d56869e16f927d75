// Whatever probes say: while users are answered, nothing is taken from them.
import type { Checker } from '../truth.ts';

/** Two clocks that are right differ by no more than this; so may what an entry says of its time and the truth. */
const clocksMs = 1_000;
/** What is told while an entry is on its way to the disk comes too late for what it decides. */
const appendMs = 100;

export const usersVeto: Checker = {
  name: 'users-veto',
  holds: 'No automatic failover while the leader has in hand that users were answered on their own path a moment ago. (2)',
  begin(violate, history) {
    /** By controller and workload: the good canaries that it was told of since it leads, and when; of the older ones only the newest. */
    const heard = new Map<
      string,
      { readonly epoch: number; readonly told: readonly { readonly goodAt: number; readonly toldAt: number }[] }
    >();
    const inHandAt = (id: string, epoch: number, at: number): number => {
      const known = heard.get(id);
      const told = known?.epoch === epoch ? known.told : [];
      return Math.max(-Infinity, ...told.filter(({ toldAt }) => toldAt <= at).map(({ goodAt }) => goodAt));
    };
    return {
      reported({ controller, workload, goodAt: saidAt, at }) {
        // A client's clock may have been set right since it wrote that down.
        const goodAt = Math.min(saidAt, at);
        const id = `${controller}/${workload}`;
        const before = heard.get(id);
        const lately = before?.epoch === history.epoch ? before.told.filter(({ toldAt }) => at - toldAt < appendMs) : [];
        const older = { goodAt: inHandAt(id, history.epoch, at - appendMs), toldAt: at - appendMs };
        heard.set(id, { epoch: history.epoch, told: [older, ...lately, { goodAt, toldAt: at }] });
      },
      durable({ event, controller, epoch, at, entryAt }) {
        if (event.type !== 'RunOpened' || event.data.incident === undefined || event.data.approvalsNeeded > 0) return;
        const goodAt = inHandAt(`${controller}/${event.data.workload}`, epoch, at - appendMs);
        const promised = history.runs.get(event.data.run)?.promised;
        if (promised !== undefined && Math.abs(entryAt - at) < clocksMs && at - goodAt < promised.detectMs - clocksMs)
          violate(
            at,
            `${event.data.run} opened ${at - goodAt} ms after ${controller} knew that users of ${event.data.workload} were answered`,
          );
      },
    };
  },
};
