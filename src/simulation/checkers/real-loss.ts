// A failover that nobody needed is an outage that Resus made.
import type { History, RunTold } from '../history.ts';
import type { Checker } from '../truth.ts';

export const realLoss: Checker = {
  name: 'real-loss',
  holds:
    'No automatic failover, and nothing that changes the writer for an incident, without a real loss, long enough, for a majority of the declared vantages. (2)',
  begin(violate, history) {
    const check = (run: RunTold, replica: string, at: number, doing: string): void => {
      const declared = Object.keys(history.world.vantages).length;
      const lost = lostTo(history, run, replica, at);
      if (lost * 2 > declared) return;
      violate(at, `${doing} of ${run.id} leaves ${replica} of ${run.workload}, which only ${lost} of ${declared} vantages had lost`);
    };
    const early = new Set<string>();
    return {
      durable({ event, at }) {
        if (event.type === 'RunOpened' && event.data.incident !== undefined && event.data.approvalsNeeded === 0) early.add(event.data.run);
        if (event.type === 'PlanCompiled' && early.delete(event.data.run)) {
          const run = history.runs.get(event.data.run);
          if (run !== undefined) check(run, run.from, at, 'the opening');
        }
        // The last look: what changes the writer is sent only while the loss is still there, whoever approved it.
        if (event.type !== 'StepStarted' || event.data.attempt !== 1) return;
        const run = history.runs.get(event.data.run);
        const effect = run?.steps.find(({ id }) => id === event.data.step)?.effect;
        if (run?.incident === undefined || effect === undefined || effect === 'routes' || effect === 'restarts' || effect === 'nothing')
          return;
        // Once the run has stopped the old writer, going on is what brings a writer back.
        if (history.executed.get(run.id)?.some(({ fenced }) => fenced === 'storage') === true) return;
        check(run, run.from, at, `step ${event.data.step}`);
      },
    };
  },
};

function lostTo(history: History, run: RunTold, replica: string, now: number): number {
  const promised = run.promised;
  if (promised === undefined) return 0;
  const since = now - promised.freshMs;
  return history.harms.lostTo(run.workload, replica, { now, since, lastedMs: promised.detectMs, gapMs: promised.detectMs / 2 });
}
