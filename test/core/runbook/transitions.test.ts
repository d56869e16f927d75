import { describe, expect, test } from 'vitest';
import {
  answered,
  ended,
  isInFlight,
  isOver,
  newStep,
  observed,
  observing,
  pollAfterMs,
  started,
  stepStatuses,
  transitions,
  type StepState,
} from '../../../src/core/runbook/transitions.ts';
import type { Observed, Outcome } from '../../../src/core/outcome.ts';
import type { Instant } from '../../../src/core/values.ts';

const at = (ms: number): Instant => ms as Instant;
const sent = (): StepState => {
  const step = newStep();
  started(step, at(0), 1, { attempt: 1, deadline: at(10_000), with: {}, uses: 'test.move' });
  return step;
};
const look = (step: StepState, now: number, answer: Observed, settleMs = 1_000): void => {
  observing(step, 1, { look: step.look + 1, deadline: at(now + 5_000) });
  observed(step, at(now), answer, settleMs);
};
const absent: Observed = { kind: 'absent', because: 'not there' };

describe('the table', () => {
  test('every state that is not an end has a way to fail, and only people lead out of a failure', () => {
    for (const status of stepStatuses) {
      const rows = Object.values(transitions[status]);
      if (isOver({ status }))
        expect(Object.keys(transitions[status])).toEqual(status === 'failed' ? ['retried', 'doubted', 'skipped'] : []);
      else expect(rows.map((row) => row.to)).toContain('failed');
    }
  });
  test('every state but the first is reached from some other, and every row has its sentence', () => {
    const rows = Object.values(transitions).flatMap((of) => Object.values(of));
    for (const status of stepStatuses.filter((each) => each !== 'pending')) expect(rows.map((row) => row.to)).toContain(status);
    for (const row of rows) expect(row.sentence).toMatch(/^[A-Z].*\.$/);
  });
  test('only a state that was seen absent or was refused may send again', () => {
    const may = stepStatuses.filter((status) => transitions[status].started !== undefined);
    expect(may).toEqual(['pending', 'absent', 'waiting']);
  });
});

test.each<[Outcome, StepState['status'], boolean]>([
  [{ kind: 'succeeded', data: { a: 1 } }, 'succeeded', false],
  [{ kind: 'accepted', checkAt: at(50) }, 'underway', true],
  [{ kind: 'unknown', message: 'reset' }, 'in-doubt', true],
  [{ kind: 'failed', code: 'X', message: 'no', retriable: true }, 'waiting', false],
])('the answer %o makes it %s', (outcome, status, inFlight) => {
  const step = sent();
  answered(step, at(100), outcome);
  expect(step.status).toBe(status);
  expect(isInFlight(step)).toBe(inFlight);
});

describe('another attempt', () => {
  test('is not safe after one look that says absent, nor before the deadline', () => {
    const step = sent();
    answered(step, at(100), { kind: 'unknown', message: 'reset' });
    for (const now of [1_000, 5_000, 9_999]) look(step, now, absent);
    expect(step.isAbsentTwice).toBe(false);
    look(step, 10_000, absent);
    expect(step.isAbsentTwice).toBe(false);
    look(step, 10_900, absent);
    expect(step.isAbsentTwice).toBe(false);
    look(step, 11_000, absent);
    expect(step.isAbsentTwice).toBe(true);
  });
  test('is put off again when the provider is seen working in between', () => {
    const step = sent();
    answered(step, at(100), { kind: 'unknown', message: 'reset' });
    look(step, 10_000, absent);
    look(step, 10_500, { kind: 'underway', checkAt: at(10_600) });
    look(step, 11_200, absent);
    expect(step.isAbsentTwice).toBe(false);
  });
  test('is not waited for once a look says that it was ended, until it is sent again', () => {
    const step = sent();
    answered(step, at(100), { kind: 'accepted', checkAt: at(200) });
    look(step, 300, { ...absent, isFinal: true });
    expect(step).toMatchObject({ status: 'absent', isAbsentTwice: true, isFinal: true, inFlightUntil: 300 });
    started(step, at(400), 1, { attempt: 2, deadline: at(20_000), with: {}, uses: 'test.move' });
    expect(step).toMatchObject({ isAbsentTwice: false, isFinal: false });
  });
  test('a look that says nothing proves nothing', () => {
    const step = sent();
    answered(step, at(100), { kind: 'unknown', message: 'reset' });
    look(step, 10_000, absent);
    look(step, 12_000, { kind: 'unknown', message: 'timeout' });
    expect(step.status).toBe('in-doubt');
  });
});

test('a late answer changes nothing', () => {
  const step = sent();
  answered(step, at(1), { kind: 'succeeded', data: { first: true } });
  answered(step, at(2), { kind: 'failed', code: 'LATE', message: '', retriable: false });
  observed(step, at(3), absent, 0);
  ended(step, at(4), 'failed', 'late');
  expect(step).toMatchObject({ status: 'succeeded', outputs: { first: true }, endedAt: 1 });
});
test('an attempt after a long wait is looked at as soon as a first one', () => {
  const step = newStep();
  const send = (attempt: number, ms: number): void => {
    started(step, at(ms), 1, { attempt, deadline: at(ms + 30_000), with: null, uses: 'sim.promote' });
    answered(step, at(ms + 50), { kind: 'accepted', checkAt: at(ms + 60) });
  };
  send(1, 0);
  const first = step.nextAt;
  observing(step, 1, { look: 1, deadline: at(10_000) });
  observed(step, at(20_000), absent, 0);
  send(2, 90_000);
  expect([first, step.nextAt]).toEqual([at(150), at(90_150)]);
});
test('polls start soon, slow down and stay bounded', () => {
  const waits = [0, 500, 1_000, 4_000, 20_000, 600_000].map(pollAfterMs);
  expect(waits[0]).toBe(100);
  expect(pollAfterMs(4_999)).toBe(100);
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  expect(waits.at(-1)).toBe(5_000);
});
