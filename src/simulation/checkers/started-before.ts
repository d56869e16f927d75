// What is not written down before it is done cannot be found again after a crash.
import type { Call, Checker } from '../truth.ts';

export const startedBefore: Checker = {
  name: 'started-before',
  holds:
    'No call leaves a controller before its StepStarted, or FaultIntended, of the same attempt and epoch is durable, and it is the call of the plan. (3)',
  begin(violate, history) {
    const check = (call: Call, at: number): void => {
      const says = `${call.controller} sent ${call.uses} of ${call.run}/${call.step}, attempt ${call.attempt},`;
      const drill = history.drills.get(call.run);
      if (drill !== undefined) {
        const intendedAt = drill.intended.get(call.step);
        if (intendedAt === undefined || intendedAt > call.sentAt) violate(at, `${says} before the fault was intended`);
        return;
      }
      const run = history.runs.get(call.run);
      const start = run?.starts.get(call.step)?.find((each) => each.attempt === call.attempt && each.epoch === call.epoch);
      if (run === undefined || start === undefined || start.at > call.sentAt) violate(at, `${says} before its start was durable`);
      else if (start.uses !== call.uses || call.from !== run.from || call.to !== run.to)
        violate(at, `${says} from ${call.from} to ${call.to}; the plan says ${start.uses} from ${run.from} to ${run.to}`);
    };
    return { executed: ({ call, at }) => check(call, at), refused: ({ call, at }) => check(call, at) };
  },
};
