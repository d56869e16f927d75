// What a successor may do with a step that its predecessor had begun: nothing, until the predecessor's call can have no effect any more.
import { describe, expect, test } from 'vitest';
import type { Instant } from '../../src/core/values.ts';
import { newStep, observed, observing, started } from '../../src/core/runbook/transitions.ts';
import { isAbsolute } from '../../src/core/runbook/plan.ts';
import { aws } from '../../src/providers/aws/index.ts';
import { resus } from '../../src/providers/resus/index.ts';
import { fenced, lost, withTier } from './in-hand.ts';
import { open, WorkingStage } from './stage.ts';

/** How long one call may last, as the core has it. */
const callMs = 10_000;
const deadline = 40_000;
const kinds = [...aws.actions, ...resus.actions].map(({ name, settleMs, effect }) => [name, settleMs, effect] as const);
/** A restart leads back when it is done twice, and nobody knows what a call that people made up does then. */
const untilDeadline = new Set([
  'aws.rds.reboot-with-failover',
  'aws.call',
  'aws.fis.run-experiment',
  'probe',
  'wait',
  'approve',
  'human',
  'move',
]);

describe('a step of a predecessor is in flight until its call is over and what it did has settled', () => {
  test('for every kind of action', () => expect(kinds.length).toBeGreaterThan(10));
  test.each(kinds)('%s', (name, settleMs, effect) => {
    const step = newStep();
    started(step, 0 as Instant, 1, { attempt: 1, deadline: deadline as Instant, with: {}, uses: name });
    let safeAt: number | undefined;
    for (let at = 100; at <= 100_000 && safeAt === undefined; at += 100) {
      observing(step, 2, { look: step.look + 1, deadline: (at + 8_000) as Instant }, isAbsolute({ effect }));
      observed(step, at as Instant, { kind: 'absent', because: 'not there' }, settleMs);
      if (step.isAbsentTwice) safeAt = at;
    }
    expect(safeAt).toBe((untilDeadline.has(name) ? deadline : callMs) + settleMs);
  });

  test('a held call that names no target is sent again only after the time of its step is over', () => {
    const steps = fenced.steps.map((each) => (each.id === 'prepare' ? { ...each, retries: 1 } : each));
    const { theatre, stage, from } = lost(withTier({}, { ...fenced, steps }), ({ hold }) => hold.add('ehr-1/prepare'));
    theatre.pass(300);
    theatre.restart();
    theatre.until('RunClosed');
    const sent = theatre.commands.flatMap(({ at, command }) => (command.kind === 'apply' && command.step === 'prepare' ? [at] : []));
    const [first = 0, second = 0] = sent;
    expect(sent, theatre.transcript(from)).toHaveLength(2);
    expect(second - first).toBeGreaterThanOrEqual(20_000 + 1_000);
    expect(stage.executed.filter((goal) => goal === 'ehr-1/prepare')).toHaveLength(1);
    expect(theatre.of('RunClosed')[0]?.outcome).toBe('succeeded');
  });

  test.each(['promote', 'route'])('a held %s is sent again after that, and not before', (id) => {
    const { theatre, stage } = open();
    stage.hold.add(`ehr-1/${id}`);
    theatre.dark.add('us-east-2');
    const sent = (): readonly number[] =>
      theatre.commands.flatMap(({ at, command }) => (command.kind === 'apply' && command.step === id ? [at] : []));
    theatre.pass(60_000, () => sent().length === 1);
    theatre.pass(300);
    theatre.restart();
    theatre.until('RunClosed');
    const [first = 0, second = 0] = sent();
    expect(sent()).toHaveLength(2);
    expect(second - first).toBeGreaterThanOrEqual(callMs + 1_000);
    expect(theatre.of('RunClosed')[0]?.outcome).toBe('succeeded');
  });

  test('one that the provider took stays in flight until the deadline of the attempt', () => {
    const { theatre, stage } = open(new WorkingStage({ busyMs: 3_600_000, isSeen: 'at the end' }));
    theatre.dark.add('us-east-2');
    theatre.until('StepAnswered');
    const until = theatre.of('StepStarted')[0]?.deadline ?? 0;
    theatre.restart();
    theatre.pass(until - theatre.now - 100);
    expect(stage.executed).toEqual(['ehr-1/promote']);
  });
});

describe('a successor that comes when the time of the step is over', () => {
  test('looks before it gives up, and sees what was done meanwhile', () => {
    const { theatre, stage } = open(new WorkingStage({ busyMs: 400_000 }));
    theatre.dark.add('us-east-2');
    theatre.until('StepAnswered');
    const doneAt = stage.doneAt.get('ehr-1/promote') ?? 0;
    expect(doneAt - 4_000).toBeGreaterThan((theatre.of('StepStarted')[0]?.deadline ?? Infinity) + 20_000);
    theatre.now = doneAt - 4_000;
    theatre.restart();
    theatre.pass(30_000, () => theatre.of('RoleChanged').length + theatre.of('StepFailed').length > 0);
    expect(theatre.of('StepFailed')).toEqual([]);
    expect(theatre.of('RoleChanged')).toMatchObject([{ primary: 'west' }]);
    expect(stage.executed.filter((goal) => goal === 'ehr-1/promote')).toHaveLength(1);
  });
  test('and gives up when the provider is still at it', () => {
    const { theatre } = open(new WorkingStage({ busyMs: 3_600_000 }));
    theatre.dark.add('us-east-2');
    theatre.until('StepAnswered');
    theatre.now += 1_200_000;
    theatre.restart();
    theatre.until('StepFailed', 60_000);
    expect(theatre.of('StepFailed')[0]).toMatchObject({ step: 'promote', code: 'TIMED_OUT' });
  });
});
