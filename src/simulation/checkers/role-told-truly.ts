// Resus may not know who writes; it must not say what never happened.
import { promotes } from '../history.ts';
import type { Checker } from '../truth.ts';

export const roleToldTruly: Checker = {
  name: 'role-told-truly',
  holds: 'A role that is said to have changed, and a run that is said to have succeeded, did change and did promote.',
  begin(violate, history) {
    /** By workload: everybody who was ever made the writer, and when he last was it or became it. */
    const madeAt = new Map<string, Map<string, number>>();
    const made = (workload: string, replica: string, at: number): void => {
      let byReplica = madeAt.get(workload);
      if (byReplica === undefined) madeAt.set(workload, (byReplica = new Map()));
      byReplica.set(replica, at);
    };
    /** By workload: the writer that was lost last, while nobody else was made it. A run may be the first to notice that it was one. */
    const lost = new Map<string, string>();
    /** Workloads that went from zone to zone by themselves: a run that asks for the same finds that it is so. */
    const movedInside = new Set<string>();
    return {
      writer({ workload, replica, writes, by, at }) {
        made(workload, replica, at);
        if (!writes && by === 'fault') lost.set(workload, replica);
        else lost.delete(workload);
      },
      'moved-inside': ({ workload }) => void movedInside.add(workload),
      executed({ call, at }) {
        if (promotes(call)) made(call.workload, call.to, at);
      },
      durable({ event, at }) {
        if (event.type === 'RoleChanged') {
          const { workload, primary, run: id } = event.data;
          const since = id === undefined ? -Infinity : (history.runs.get(id)?.openedAt ?? 0);
          // Whoever moves a lost writer inside of itself has made it write again, or nothing.
          const isLost = lost.get(workload) === primary && (id === undefined || history.runs.get(id)?.from !== primary);
          const isSo = history.writersOf(workload).has(primary) || isLost;
          const isNew = isSo || (madeAt.get(workload)?.get(primary) ?? -Infinity) >= since;
          if (!isNew) violate(at, `${primary} is said to be the writer of ${workload}, and nobody made it so`);
        }
        if (event.type !== 'RunExecuted' || event.data.outcome !== 'succeeded') return;
        const run = history.runs.get(event.data.run);
        for (const step of run?.steps ?? []) {
          if (run === undefined || run.skipped.has(step.id) || (step.effect !== 'promotes' && step.effect !== 'fences-and-promotes'))
            continue;
          const isThere =
            (run.from === run.to && movedInside.has(run.workload)) ||
            history.writersOf(run.workload).has(run.to) ||
            (madeAt.get(run.workload)?.get(run.to) ?? -Infinity) >= run.openedAt;
          const wasSent = (history.executed.get(run.id) ?? []).some(({ call }) => call.step === step.id);
          if (!isThere && !wasSent) violate(at, `${run.id} is said to have succeeded; ${step.id} never took effect`);
        }
      },
    };
  },
};
