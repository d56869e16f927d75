// Two runs that change one thing at once leave it as neither of them planned.
import type { Checker } from '../truth.ts';

export const locks: Checker = {
  name: 'locks',
  holds: 'No run sends a step while another run, which has begun and not executed all of its steps, changes a resource of both. (10)',
  begin(violate, history) {
    /** Runs that have sent something and may send more. */
    const sending = new Set<string>();
    const sharesOf = (run: string): readonly string[] => history.runs.get(run)?.promised?.shares ?? [];
    return {
      durable({ event, at }) {
        if (event.type === 'RunExecuted' || event.type === 'RunClosed') sending.delete(event.data.run);
        if (event.type !== 'StepStarted') return;
        const { run, step } = event.data;
        for (const other of sending) {
          const both = other === run ? undefined : sharesOf(other).find((each) => sharesOf(run).includes(each));
          if (both !== undefined) violate(at, `${run} sent ${step} while ${other} changed ${both}`);
        }
        sending.add(run);
      },
    };
  },
};
