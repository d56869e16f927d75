// Promote first and fence later is two writers in between.
import { promotes } from '../history.ts';
import type { Checker } from '../truth.ts';

export const fenceFirst: Checker = {
  name: 'fence-first',
  holds:
    'A fencing step is never skipped: where the plan has one, it was carried out before the promotion, by the run or by an earlier one whose fence stands, and what the fence is was durable before. (14)',
  begin(violate, history) {
    return {
      executed({ call, changed, at }) {
        const run = history.runs.get(call.run);
        // Where others had made it so already, nothing was left to do.
        if (run === undefined || !changed || !promotes(call)) return;
        if (run.fence === 'none') violate(at, `${run.id} promoted ${call.to} before it said what its fence is`);
        const fence = run.steps.find(({ effect }) => effect === 'fences');
        if (fence === undefined || call.effect !== 'promotes') return;
        // An earlier run's fence that stands is seen to hold: nothing is sent then, or what is sent does not arrive.
        const stands = history.refusing.get(call.workload) === call.from;
        if (!stands && !(history.executed.get(run.id) ?? []).some((each) => each.call.step === fence.id))
          violate(at, `${run.id} promoted ${call.to} and ${fence.id} was not carried out`);
      },
      durable({ event, at }) {
        if (event.type !== 'StepSkipped') return;
        const step = history.runs.get(event.data.run)?.steps.find(({ id }) => id === event.data.step);
        if (step?.effect === 'fences' || step?.effect === 'fences-and-promotes')
          violate(at, `${event.data.run} skipped its fence ${event.data.step}`);
      },
    };
  },
};
