// A step that asks people counts only what they said to it: not the yes to the plan, though the step began at the same instant.
import { describe, expect, test } from 'vitest';
import { answersOf, isStepApproved, type Approval } from '../../../src/core/runbook/approval.ts';
import { newControl } from '../../../src/core/runbook/control.ts';
import { newStep, started } from '../../../src/core/runbook/transitions.ts';
import type { Instant, Json } from '../../../src/core/values.ts';

const t = (ms: number): Instant => ms as Instant;
type Asking = Parameters<typeof answersOf>[0];
/** Opened at 0; its step `agree` begins at 1,000, after so many of the approvals. */
function run(approvals: readonly Approval[], before: number, input: Json = { people: 1 }, begins = 1): Asking {
  const step = newStep();
  for (let attempt = 1; attempt <= begins; attempt += 1) {
    started(step, t(attempt * 1_000), 1, { attempt, deadline: t(60_000), with: input, uses: 'approve' }, attempt === 1 ? before : 99);
    if (attempt < begins) Object.assign(step, { status: 'waiting' });
  }
  return {
    status: 'running',
    openedAt: t(0),
    control: newControl(),
    approvals: [...approvals],
    steps: new Map([['agree', step]]),
    plan: { mode: 'failover', steps: [{ id: 'agree', uses: 'approve', effect: 'nothing' }] },
  } as unknown as Asking;
}
const yes = (by: string, at: number): Approval => ({ by, at: t(at) });

describe('a step that asks', () => {
  test.each<readonly [string, readonly Approval[], before: number, people: number, isApproved: boolean]>([
    ['nobody has answered', [], 0, 1, false],
    ['the plan was approved earlier', [yes('ann', 500)], 1, 1, false],
    ['the plan was approved in the instant in which the step began', [yes('ann', 1_000)], 1, 1, false],
    ['who approved the plan says yes again, in that instant', [yes('ann', 1_000), yes('ann', 1_000)], 1, 1, true],
    ['somebody says yes later', [yes('ann', 500), yes('bob', 2_000)], 1, 1, true],
    ['one of two', [yes('ann', 1_000), yes('bob', 2_000)], 1, 2, false],
    ['one of two, twice', [yes('bob', 2_000), yes('bob', 3_000)], 0, 2, false],
    ['two of two', [yes('bob', 2_000), yes('ann', 3_000)], 0, 2, true],
  ])('%s', (_what, approvals, before, people, isApproved) => {
    const asking = run(approvals, before, { people });
    expect(isStepApproved(asking, 'agree')).toBe(isApproved);
    expect(answersOf(asking)).toEqual(approvals.slice(before));
  });
  test('another attempt counts what was said to the first', () => {
    expect(isStepApproved(run([yes('ann', 1_500)], 0, { people: 1 }, 2), 'agree')).toBe(true);
  });
  test('a run that waits for its plan counts what was said since it opened', () => {
    const waiting = { ...run([yes('ann', 0), yes('bob', 10)], 0), status: 'awaiting-approval' } as Asking;
    expect(answersOf(waiting).map(({ by }) => by)).toEqual(['ann', 'bob']);
    expect(answersOf({ ...waiting, status: 'executed' } as Asking)).toEqual([]);
  });
});
