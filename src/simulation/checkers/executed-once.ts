// A mutation that is sent again after it took effect is a second failover.
import type { Checker } from '../truth.ts';

export const executedOnce: Checker = {
  name: 'executed-once',
  holds: 'Each mutation is carried out at most once, unless the attempt before truly did not take effect or somebody else undid it. (3)',
  begin(violate) {
    const took = new Map<string, { attempt: number; at: number; decidedAt: number }>();
    const undoneAt = new Map<string, number>();
    let clockAt = -Infinity;
    return {
      struck({ fault, at }) {
        if (fault === 'controller-clock-wrong' || fault === 'controller-clock-jumps') clockAt = at;
      },
      writer({ workload, by, at }) {
        if (by !== 'provider' && by !== 'start') undoneAt.set(workload, at);
      },
      routed({ workload, by, at }) {
        if (by !== 'provider') undoneAt.set(workload, at);
      },
      undone: ({ token }) => void took.delete(token),
      executed({ call, changed, at }) {
        if (call.effect === 'nothing') return;
        const before = took.get(call.token);
        // Whoever's clock is set forward while a call is under way believes that it is over; what is sent again then changes nothing.
        const isBelievedOver = before !== undefined && !changed && clockAt >= before.decidedAt && clockAt <= call.decidedAt;
        if (before !== undefined && !isBelievedOver && (undoneAt.get(call.workload) ?? -Infinity) < before.at)
          violate(
            at,
            `${call.uses} of ${call.token} was carried out again by attempt ${call.attempt}; attempt ${before.attempt} had taken effect`,
          );
        if (changed) took.set(call.token, { attempt: call.attempt, at, decidedAt: call.decidedAt });
      },
    };
  },
};
