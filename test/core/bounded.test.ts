// What comes from outside is journalled bounded and canonical, or the engine would halt on it.
import { describe, expect, test } from 'vitest';
import { bounded } from '../../src/core/bounded.ts';
import type { Event } from '../../src/core/event.ts';
import type { Json, RunId, StepId } from '../../src/core/values.ts';
import { canonical } from '../../src/journal/canonical.ts';
import { WorkingStage } from '../scenarios/stage.ts';
import { estate } from './estate.ts';
import { Theatre } from './theatre.ts';

const answered = (data: unknown): Event => ({
  type: 'StepAnswered',
  data: { run: 'ehr-1' as RunId, step: 'promote' as StepId, attempt: 1, outcome: { kind: 'succeeded', data: data as Json } },
});
let deep: unknown = 1;
for (let n = 0; n < 100; n += 1) deep = [deep];

describe('what a provider gave back', () => {
  test.each<[string, unknown, Json]>([
    ['whole numbers, texts and lists stay', { a: 1, b: ['x', true, null] }, { a: 1, b: ['x', true, null] }],
    ['a fraction is kept as text', { lag: 0.5 }, { lag: '0.5' }],
    ['no number', [Number.NaN, Infinity], ['NaN', 'Infinity']],
    ['negative zero', -0, 0],
    ['nothing', undefined, null],
    ['a member that is nothing', { a: undefined, b: 1 }, { b: 1 }],
    ['half a character', 'a\uD83D', 'a\uFFFD'],
    ['far too much', { text: 'x'.repeat(70_000) }, null],
  ])('%s', (_, data, expected) => {
    const { outcome } = bounded(answered(data)).data as { outcome: { data: Json } };
    expect(outcome.data).toEqual(expected);
    expect(() => canonical(bounded(answered(data)).data)).not.toThrow();
  });
  test('however deep', () => expect(canonical(bounded(answered(deep)).data).length).toBeLessThan(1_000));
  test('an event in which nothing is too much is the same object', () => {
    const event = answered({ a: 1 });
    expect(bounded(event)).toBe(event);
  });
});

test('a plan, an input and an expression are never cut', () => {
  const long = 'x'.repeat(5_000);
  const event = { type: 'StepStarted', data: { with: { text: long }, uses: 'a' } } as unknown as Event;
  expect(bounded(event)).toBe(event);
});

test.each<[string, string]>([
  ['a long one', 'no answer: '.repeat(20_000)],
  ['one that was cut inside a character', `${'x'.repeat(499)}\uD83D`],
])('an error text that no journal could take does not stop the engine: %s', (_, message) => {
  const stage = new WorkingStage();
  const theatre = new Theatre(estate, (command, at) =>
    command.kind === 'apply' && 'step' in command && command.step === 'promote'
      ? { afterMs: 50, answer: { kind: 'failed', code: 'AccessDenied', message, retriable: false } }
      : stage.play(command, at),
  );
  stage.theatre = theatre;
  theatre.pass(5_000);
  theatre.dark.add('us-east-2');
  theatre.until('StepFailed');
  expect(theatre.of('StepFailed')[0]).toMatchObject({ step: 'promote' });
  expect(Math.max(...theatre.lines.map((line) => line.length))).toBeLessThan(10_000);
  theatre.restart();
});

test('a plan that no entry can hold is refused with a reason, and the engine goes on', () => {
  const runbook = estate.runbooks['region-failover']!;
  const steps = [...runbook.steps, ...Array.from({ length: 400 }, (_, n) => ({ ...runbook.steps[1]!, id: `route-${n}` as StepId }))];
  const stage = new WorkingStage();
  const theatre = new Theatre({ ...estate, runbooks: { ...estate.runbooks, 'region-failover': { ...runbook, steps } } }, stage.play);
  stage.theatre = theatre;
  theatre.pass(5_000);
  theatre.dark.add('us-east-2');
  theatre.pass(20_000);
  expect(theatre.of('RunOpened')).toEqual([]);
  expect(theatre.of('ActionWithheld').at(-1)).toMatchObject({
    guard: 'plan',
    because: expect.stringMatching(/^PLAN_TOO_LARGE: /) as string,
  });
});
