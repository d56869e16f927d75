// Between the fence and the promotion nobody can write: no run rests there.
import { promotes } from '../history.ts';
import type { Checker } from '../truth.ts';

export const fenceThenPromote: Checker = {
  name: 'fence-then-promote',
  holds: 'After a fence the run promotes, or somebody writes again, within the declared time, counted only while no fault stands. (13)',
  begin(violate, history) {
    /** By workload: the fence after which nobody has written yet. */
    const resting = new Map<string, { run: string; at: number; boundMs: number }>();
    const over = (workload: string, at: number): void => {
      const rest = resting.get(workload);
      if (rest === undefined) return;
      resting.delete(workload);
      const run = history.runs.get(rest.run);
      // Where it was to go is lost as well: only people can give the old writer its storage back.
      const isNowhere = run !== undefined && history.harms.stoodInTheWay(workload, run.to, rest.at, at);
      const boundMs = isNowhere ? Math.max(rest.boundMs, run.promised?.servedWithinMs ?? Infinity) : rest.boundMs;
      const quietMs = history.quietMs(rest.at, at);
      if (quietMs > boundMs)
        violate(
          at,
          `${rest.run} fenced ${workload} and nobody wrote for ${quietMs} ms in which nothing was wrong; ${boundMs} ms are promised`,
        );
    };
    return {
      executed({ call, changed, at }) {
        if (promotes(call)) over(call.workload, at);
        else if (call.effect === 'fences' && changed && !resting.has(call.workload)) {
          const boundMs = history.runs.get(call.run)?.promised?.fenceToPromoteMs ?? Infinity;
          resting.set(call.workload, { run: call.run, at, boundMs });
        }
      },
      durable({ event }) {
        // Whoever cancels it there takes the rest upon himself, and has the time in which users must be served again.
        if (event.type !== 'RunCancelling') return;
        const run = history.runs.get(event.data.run);
        const rest = resting.get(run?.workload ?? '');
        if (rest !== undefined && rest.run === run?.id) rest.boundMs = run.promised?.servedWithinMs ?? Infinity;
      },
      writer({ workload, writes, at }) {
        if (writes) over(workload, at);
      },
      end({ at }) {
        for (const workload of [...resting.keys()]) over(workload, at);
      },
    };
  },
};
