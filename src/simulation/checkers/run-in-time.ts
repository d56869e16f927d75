// On the worst day nobody waits for a machine that thinks it over.
import type { EventData, EventType } from '../../core/event.ts';
import type { Checker } from '../truth.ts';

/** In the calm nothing is in the way: providers answer within a second, and the operations that they carry out take seconds. */
const bounds = { startMs: 4_000, executeMs: 60_000, closeMs: 75_000 } as const;

type Stage = { at: number; from: 'open' | 'started' | 'executed'; epoch: number };

export const runInTime: Checker = {
  name: 'run-in-time',
  holds: 'In the calm a run that needs nobody starts, executes its steps and, once users are answered, closes within the declared time.',
  begin(violate, history) {
    const stages = new Map<string, Stage>();
    /** By workload and population: canaries that were answered without a gap, since when and until when. */
    const answered = new Map<string, { from: number; to: number }>();
    /** `Infinity` while somebody is not. */
    const wellSince = (workload: string, at: number): number => {
      const { populations = [], canary } = history.world.workloads[workload] ?? {};
      const rows = populations.map((each) => answered.get(`${workload}/${each}`));
      return Math.max(...rows.map((row) => (row === undefined || at - row.to > (canary?.everyMs ?? 0) * 1.5 ? Infinity : row.from)));
    };
    const enter = (run: string, from: Stage['from'], at: number, epoch: number): void => {
      if (history.calmAt !== undefined) stages.set(run, { at, from, epoch });
    };
    const leave = (run: string, from: Stage['from'], boundMs: number, at: number, epoch: number): void => {
      const stage = stages.get(run);
      if (stage?.from !== from) return;
      stages.delete(run);
      const since = from === 'executed' ? Math.max(stage.at, wellSince(history.runs.get(run)?.workload ?? '', at)) : stage.at;
      if (stage.epoch === epoch && at - since > boundMs)
        violate(at, `${run} took ${at - since} ms from ${from}; ${boundMs} ms are declared`);
    };
    /** People who hold it, or who are asked, take as long as they take. */
    const release = (run: string): void => void stages.delete(run);
    const held = ({ run }: { readonly run: string }): void => release(run);
    type Rows = { readonly [T in EventType]?: (data: EventData[T], at: number, epoch: number) => void };
    const rows: Rows = {
      RunOpened: ({ run, approvalsNeeded, incident }, at, epoch) => {
        if (approvalsNeeded === 0 && incident !== undefined) enter(run, 'open', at, epoch);
      },
      RunStarted: ({ run }, at, epoch) => {
        leave(run, 'open', bounds.startMs, at, epoch);
        enter(run, 'started', at, epoch);
      },
      RunExecuted: ({ run, outcome }, at, epoch) => {
        leave(run, 'started', bounds.executeMs, at, epoch);
        if (outcome === 'succeeded') enter(run, 'executed', at, epoch);
        else release(run);
      },
      RunClosed: ({ run }, at, epoch) => leave(run, 'executed', bounds.closeMs, at, epoch),
      ApprovalAsked: held,
      RunPaused: held,
      RunCancelling: held,
      RunEscalated: held,
      StepFailed: held,
      StepRetried: held,
      ActingStopped: () => stages.clear(),
    };
    return {
      // A game day takes away what a run of another workload may need.
      'drill-fault': () => stages.clear(),
      // What the provider has taken back is sent again when it can be in flight no more, and that takes as long as its step may.
      undone: ({ token }) => release(token.split('/')[0] ?? ''),
      acknowledged({ workload, population, isCanary, at }) {
        if (!isCanary) return;
        const id = `${workload}/${population}`;
        const before = answered.get(id);
        const everyMs = history.world.workloads[workload]?.canary.everyMs ?? 0;
        answered.set(id, { from: before === undefined || at - before.to > everyMs * 1.5 ? at : before.from, to: at });
      },
      durable: ({ event, at, epoch }) =>
        (rows[event.type] as ((data: object, at: number, epoch: number) => void) | undefined)?.(event.data, at, epoch),
    };
  },
};
