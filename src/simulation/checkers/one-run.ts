// Two runs that hold one resource undo each other.
import type { RunTold } from '../history.ts';
import type { Checker } from '../truth.ts';

export const oneRun: Checker = {
  name: 'one-run',
  holds: 'No two runs hold one workload, or one resource that their workloads share, at once. (10)',
  begin(violate, history) {
    const open = new Map<string, RunTold>();
    const holding = (run: RunTold): readonly string[] => [run.workload, ...(run.promised?.resources ?? [])];
    return {
      durable({ event, at }) {
        if (event.type === 'RunClosed') open.delete(event.data.run);
        if (event.type !== 'RunOpened') return;
        const run = history.runs.get(event.data.run);
        if (run === undefined) return;
        const held = new Set(holding(run));
        for (const other of open.values()) {
          const both = holding(other).find((each) => held.has(each));
          if (both !== undefined) violate(at, `${run.id} opened while ${other.id} held ${both}`);
        }
        open.set(run.id, run);
      },
    };
  },
};
