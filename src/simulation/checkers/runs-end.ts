// A run that nobody answers escalates; it never hangs.
import type { Checker } from '../truth.ts';

export const runsEnd: Checker = {
  name: 'runs-end',
  holds: 'Every run and every game day ends, or waits on people with a deadline. (7)',
  begin(violate, history) {
    return {
      end({ at }) {
        for (const run of history.runs.values()) {
          if (run.closedAt !== undefined) continue;
          const ageMs = at - run.openedAt;
          const expireMs = run.promised?.approvalExpireMs ?? 0;
          const isAsking = run.startedAt === undefined && run.approvalsNeeded > 0;
          const boundMs = (run.promised?.servedWithinMs ?? 0) + (isAsking ? expireMs : 0);
          const quietMs = history.quietMs(run.openedAt, at);
          if (history.calmAt !== undefined && quietMs > boundMs)
            violate(at, `${run.id} is open for ${ageMs} ms, of which ${quietMs} ms in calm, and waits for nobody`);
        }
        for (const drill of history.drills.values()) {
          const quietMs = history.quietMs(drill.openedAt, at);
          const boundMs = 2 * (history.world.workloads[drill.workload]?.servedWithinMs ?? 0);
          if (drill.isOpen && history.calmAt !== undefined && quietMs > boundMs)
            violate(at, `${drill.id} is open for ${quietMs} ms of calm`);
        }
      },
    };
  },
};
