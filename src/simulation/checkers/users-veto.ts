// Whatever probes say: while users are answered, nothing is taken from them.
import type { Checker } from '../truth.ts';

/** Two clocks that are right differ by no more than this; so may what an entry says of its time and the truth. */
const clocksMs = 1_000;

export const usersVeto: Checker = {
  name: 'users-veto',
  holds: 'No automatic failover while the leader has in hand that users were answered on their own path a moment ago. (2)',
  begin(violate, history) {
    /** By controller and workload: the newest good canary that it was told of since it leads. */
    const heard = new Map<string, { goodAt: number; epoch: number }>();
    return {
      reported({ controller, workload, goodAt: saidAt, at }) {
        // A client's clock may have been set right since it wrote that down.
        const goodAt = Math.min(saidAt, at);
        const id = `${controller}/${workload}`;
        const before = heard.get(id);
        if (before === undefined || before.epoch !== history.epoch || goodAt > before.goodAt)
          heard.set(id, { goodAt, epoch: history.epoch });
      },
      durable({ event, controller, epoch, at, entryAt }) {
        if (event.type !== 'RunOpened' || event.data.incident === undefined || event.data.approvalsNeeded > 0) return;
        const last = heard.get(`${controller}/${event.data.workload}`);
        const promised = history.runs.get(event.data.run)?.promised;
        if (last === undefined || last.epoch !== epoch || promised === undefined) return;
        if (Math.abs(entryAt - at) < clocksMs && at - last.goodAt < promised.detectMs - clocksMs)
          violate(
            at,
            `${event.data.run} opened ${at - last.goodAt} ms after ${controller} knew that users of ${event.data.workload} were answered`,
          );
      },
    };
  },
};
