// Nobody's charts are given up without a person who knows how many.
import type { Checker } from '../truth.ts';

export const lossWithinRpo: Checker = {
  name: 'loss-within-rpo',
  holds:
    'A promotion loses no more than the RPO of what was acknowledged before its run opened, without an approval that names the loss. (4)',
  begin(violate, history) {
    return {
      writer({ workload, replica, writes, token, missing, at }) {
        const run = history.runOf(token);
        if (!writes || run?.promised === undefined || missing === undefined || missing.writes === 0) return;
        const lostMs = Math.min(missing.newestAt, run.ackedBefore) - missing.oldestAt;
        const { rpoMs, grainMs } = run.promised;
        if (lostMs <= rpoMs + grainMs) return;
        // Who named no figure accepts the RPO; who approved when nobody could tell the loss accepts what comes.
        const accepting = run.approvals.filter(
          ({ maxLossMs, acceptsUnknownLoss }) => acceptsUnknownLoss === true || (maxLossMs ?? rpoMs) + grainMs >= lostMs,
        );
        if (new Set(accepting.map(({ by }) => by)).size >= Math.max(1, run.promised.approvalsNeeded)) return;
        if (accepting.some(({ emergency }) => emergency !== undefined)) return;
        violate(
          at,
          `${run.id} promoted ${replica} of ${workload} and lost ${lostMs} ms of writes; the RPO is ${rpoMs} ms and too few approved so much`,
        );
      },
    };
  },
};
