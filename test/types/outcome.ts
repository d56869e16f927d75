// A new answer of the world, or a new command, must be handled everywhere before anything compiles.
import type { Command } from '../../src/core/kernel.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import { unreachable, type Instant, type RunId, type WorkloadId } from '../../src/core/values.ts';

export function all(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'succeeded':
    case 'accepted':
    case 'failed':
    case 'unknown':
      return outcome.kind;
    default:
      return unreachable(outcome);
  }
}
export function notAll(outcome: Outcome): string {
  if (outcome.kind === 'succeeded' || outcome.kind === 'accepted' || outcome.kind === 'failed') return outcome.kind;
  // @ts-expect-error `unknown` was forgotten
  return unreachable(outcome);
}
declare const run: RunId;
// @ts-expect-error one kind of name is not another
export const workload: WorkloadId = run;
// @ts-expect-error a number is an instant only when somebody says so
export const at: Instant = 5;
declare const command: Command;
// @ts-expect-error only commands that inject have a lease
export const lease = command.leaseMs;
