// Nobody's charts are given up without a person who knows how many.
import type { Checker } from '../truth.ts';

export const lossWithinRpo: Checker = {
  name: 'loss-within-rpo',
  holds:
    'A promotion loses no more than the RPO of what was acknowledged before its run opened, without an approval that names the loss. (4)',
  begin(violate, history) {
    /** By workload: from when until when somebody wrote. */
    const spells = new Map<string, { readonly from: number; to: number }[]>();
    /** Until when writes could be known of: nobody sees who writes for so short a time that each client may have sent no canary in it. */
    const knownUntil = (workload: string, newestAt: number, everyMs: number): number =>
      (spells.get(workload) ?? [{ from: -Infinity, to: Infinity }])
        .map(({ from, to }) => ({ from, to: Math.min(to, newestAt) }))
        .filter(({ from, to }) => to - from >= everyMs * 2)
        .at(-1)?.to ?? -Infinity;
    return {
      writer({ workload, replica, writes, token, missing, at }) {
        const own = spells.get(workload) ?? [{ from: -Infinity, to: writes ? at : Infinity }];
        spells.set(workload, own);
        const last = own.at(-1);
        if (!writes && last?.to === Infinity && history.writersOf(workload).size === 0) last.to = at;
        if (writes && last?.to !== Infinity) own.push({ from: at, to: Infinity });
        const run = history.runOf(token);
        if (!writes || run?.promised === undefined || missing === undefined || missing.writes === 0) return;
        const { rpoMs, grainMs, canary } = run.promised;
        const lostMs = knownUntil(workload, Math.min(missing.newestAt, run.ackedBefore), canary.everyMs) - missing.oldestAt;
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
