// Two replicas that can both have a write acknowledged are two truths about one patient.
import { isProof, promotes } from '../history.ts';
import type { Checker } from '../truth.ts';

export const oneWriter: Checker = {
  name: 'one-writer',
  holds:
    'At most one replica of a workload can have writes acknowledged at any instant, except where the fence was only asserted and Resus said so. (1)',
  begin(violate, history) {
    /** By workload: since when two write, by whose doing, and whether that was said. */
    const doubled = new Map<string, { since: number; token: string | undefined; isTold: boolean }>();
    const promoted = new Map<string, string>();
    // Within one instant a writer goes and another comes, in any order: only what outlasts the instant is a violation.
    const judge = (workload: string, at: number): void => {
      const two = doubled.get(workload);
      if (two === undefined || two.isTold || at <= two.since) return;
      const run = history.runOf(two.token);
      // A second writer after no promotion of Resus is not its doing.
      if (two.token === undefined || (run !== undefined && run.fence !== 'none' && !isProof(run.fence))) return;
      two.isTold = true;
      const names = [...history.writersOf(workload)].join(' and ');
      violate(
        at,
        `${names} of ${workload} both accept writes since ${run?.id ?? two.token}, whose fence is ${run?.fence ?? 'nobody knows'}`,
      );
    };
    return {
      writer({ workload, writes, by, token, at }) {
        judge(workload, at);
        if (writes && by === 'provider' && token !== undefined) promoted.set(workload, token);
        if (history.writersOf(workload).size < 2) doubled.delete(workload);
        else if (!doubled.has(workload)) doubled.set(workload, { since: at, token: promoted.get(workload), isTold: false });
      },
      // One that cannot write when it is promoted writes later, by nobody's doing.
      executed({ call }) {
        if (promotes(call)) promoted.set(call.workload, call.token);
      },
      acknowledged: ({ workload, at }) => judge(workload, at),
      durable({ event, at }) {
        if (event.type !== 'FenceStated' && event.type !== 'RunClosed') return;
        const run = history.runs.get(event.data.run);
        if (run !== undefined) judge(run.workload, at);
      },
      end({ at }) {
        for (const workload of doubled.keys()) judge(workload, at);
      },
    };
  },
};
