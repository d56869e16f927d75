// Two leaders are two minds about one patient.
import type { Call, Checker } from '../truth.ts';

export const oneLeader: Checker = {
  name: 'one-leader',
  holds: 'Epochs only rise, one holder each; only the newest appends, and nobody decides to act after another has taken over. (3)',
  begin(violate, history) {
    let newest = 0;
    const check = (call: Call, at: number): void => {
      for (const [epoch, leader] of history.leaders)
        if (epoch > call.epoch && leader.since < call.decidedAt) {
          violate(
            at,
            `${call.controller} of epoch ${call.epoch} decided to send ${call.uses} at ${call.decidedAt}, when ${leader.controller} led in epoch ${epoch}`,
          );
          return;
        }
    };
    return {
      lease({ controller, epoch, what, at }) {
        if (what === 'granted' && epoch <= newest) violate(at, `epoch ${epoch} was granted to ${controller} after epoch ${newest}`);
        if (what === 'renewed' && epoch !== newest) violate(at, `${controller} renewed epoch ${epoch} in epoch ${newest}`);
        newest = Math.max(newest, epoch);
      },
      durable({ controller, epoch, seq, at }) {
        const leader = history.leaders.get(epoch);
        if (leader?.controller !== controller)
          violate(at, `${controller} wrote entry ${seq} in epoch ${epoch}, which is ${leader?.controller ?? 'nobody'}'s`);
        else if (epoch < newest) violate(at, `${controller} wrote entry ${seq} in epoch ${epoch} when epoch ${newest} had begun`);
      },
      executed: ({ call, at }) => check(call, at),
      refused: ({ call, at }) => check(call, at),
    };
  },
};
