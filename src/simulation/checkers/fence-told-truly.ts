// A proof that is none is worse than no proof: people then stop looking for the second writer.
import { isProof, promotes } from '../history.ts';
import type { Checker } from '../truth.ts';

export const fenceToldTruly: Checker = {
  name: 'fence-told-truly',
  holds:
    'What is said of a fence is what became of the old writer: proven only where its storage refuses writes, and never "none" after a promotion. (1)',
  begin(violate, history) {
    return {
      durable({ event, at }) {
        if (event.type !== 'FenceStated' && event.type !== 'RunClosed') return;
        const { run } = event.data;
        const fence = event.type === 'FenceStated' ? event.data.fence : event.data.fencing;
        const executed = history.executed.get(run) ?? [];
        const isFenced = executed.some(({ call, fenced }) => fenced === 'storage' || history.refusing.get(call.workload) === call.from);
        if (isProof(fence) && !isFenced) violate(at, `${run} says that its fence is ${fence}, and no provider fenced the storage`);
        if (event.type === 'RunClosed' && fence === 'none' && executed.some(({ call, changed }) => changed && promotes(call)))
          violate(at, `${run} promoted and says that there was no fence`);
      },
    };
  },
};
