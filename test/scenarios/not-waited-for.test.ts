// What a run does when the world has moved on: where it moved the writer is lost before its users were well, its promotion is refused while
// nobody can write, or others took the writer away before its users were led there.
import { describe, expect, test } from 'vitest';
import type { Runbook } from '../../src/core/estate.ts';
import type { Request } from '../../src/core/input.ts';
import type { Hash, RunId, WorkloadId } from '../../src/core/values.ts';
import { estate } from '../core/estate.ts';
import { person } from '../core/theatre.ts';
import { fenced, step, withTier } from './in-hand.ts';
import { open, WorkingStage } from './stage.ts';

const under = { code: 'OPERATION_UNDER_WAY', retriable: true } as const;
const atOf = (entries: readonly { readonly at: number; readonly event: { readonly type: string } }[], type: string, n = 0): number =>
  entries.filter(({ event }) => event.type === type)[n]?.at ?? Number.NaN;

describe('where the writer was moved is lost before users were well', () => {
  test('the run is measured at once, so that the next may begin', () => {
    const { theatre } = open(undefined, estate);
    theatre.dark.add('us-east-2');
    theatre.canaries = 'bad';
    theatre.until('RunExecuted');
    theatre.dark.clear();
    theatre.dark.add('us-west-2');
    theatre.pass(60_000, () => theatre.of('IncidentOpened').length > 1);
    expect(theatre.of('IncidentOpened')).toMatchObject([{ site: 'us-east-2' }, { site: 'us-west-2' }]);
    theatre.until('LedgerRequested');
    expect(atOf(theatre.entries, 'LedgerRequested') - atOf(theatre.entries, 'IncidentOpened', 1)).toBeLessThan(1_000);
  });
  test('while it stands the users have their time', () => {
    const { theatre } = open(undefined, estate);
    theatre.dark.add('us-east-2');
    theatre.canaries = 'bad';
    theatre.until('RunExecuted');
    theatre.pass(60_000);
    expect(theatre.of('LedgerRequested')).toEqual([]);
  });
});

test('a run is no success when users were well for a moment and are not answered when it is measured', () => {
  const { theatre } = open(new WorkingStage({ busyMs: 6_000 }), estate);
  theatre.dark.add('us-east-2');
  theatre.canaries = 'bad';
  theatre.until('StepStarted');
  theatre.canaries = 'good';
  theatre.until('UsersPathRestored');
  theatre.canaries = 'bad';
  theatre.until('RunClosed', 300_000);
  expect(theatre.of('RunMeasured')[0]?.measurement.restoredAt).toBeDefined();
  expect(theatre.of('RunClosed'), theatre.transcript()).toMatchObject([
    { outcome: 'failed', because: 'users were well for a while and are not now: the path of ward fails' },
  ]);
});

describe('a promotion that is refused after the fence', () => {
  const declared = withTier({}, fenced);
  test('is sent again until it is taken, however few retries the step has', () => {
    const { theatre, stage } = open(undefined, declared);
    stage.refuse.set('ehr-1/promote', under);
    theatre.dark.add('us-east-2');
    theatre.until('StepStarted');
    theatre.pass(70_000);
    expect(theatre.of('StepFailed')).toEqual([]);
    stage.refuse.delete('ehr-1/promote');
    theatre.pass(20_000, () => theatre.of('RoleChanged').length > 0);
    expect(theatre.of('RoleChanged'), theatre.transcript()).toMatchObject([{ primary: 'west', run: 'ehr-1' }]);
  });
  test('for two minutes: then people are asked', () => {
    const { theatre, stage } = open(undefined, declared);
    stage.refuse.set('ehr-1/promote', under);
    theatre.dark.add('us-east-2');
    theatre.until('StepFailed', 200_000);
    const first = theatre.entries.find(({ event }) => event.type === 'StepStarted' && event.data.step === 'promote')?.at ?? 0;
    const failedMs = atOf(theatre.entries, 'StepFailed') - first;
    expect(failedMs).toBeGreaterThanOrEqual(119_000);
    expect(failedMs).toBeLessThan(130_000);
    const by = person('ann');
    theatre.give({ kind: 'requested', by, request: { kind: 'cancel', run: 'ehr-1' as never, reason: 'by hand' } }, by);
    theatre.until('LedgerRequested');
    // Nobody can write: there is nothing to wait for.
    expect(atOf(theatre.entries, 'LedgerRequested')).toBe(atOf(theatre.entries, 'RunExecuted'));
  });
  test.each([
    ['for good: people are asked at once', 'ehr-1/promote', { code: 'ACCESS_DENIED', retriable: false }],
    ['before the fence, as often as the step says', 'ehr-1/fence', under],
  ] as const)('%s', (_, goal, refusal) => {
    const { theatre, stage } = open(undefined, declared);
    stage.refuse.set(goal, refusal);
    theatre.dark.add('us-east-2');
    theatre.until('StepFailed', 20_000);
    expect(theatre.commands.filter(({ command }) => command.kind === 'apply' && `${command.run}/${command.step}` === goal)).toHaveLength(1);
  });
});

describe('others move the writer back before the users were led to it', () => {
  const patient: Runbook = {
    ...fenced,
    steps: [...fenced.steps.slice(0, 3), step('route', 'test.route', ['promote'], { retries: 9, timeoutMs: 60_000 })],
  };
  test.each([
    ['they are not led there', 'east', false],
    ['nobody did: they are', 'west', true],
  ] as const)('%s', (_, writer, isLed) => {
    const { theatre, stage } = open(undefined, withTier({}, patient));
    stage.refuse.set('ehr-1/route', under);
    theatre.dark.add('us-east-2');
    theatre.until('RoleChanged');
    theatre.pass(500);
    theatre.dark.clear();
    theatre.primary = writer;
    theatre.pass(3_000);
    stage.refuse.delete('ehr-1/route');
    theatre.until('RunExecuted');
    expect(stage.executed.includes('ehr-1/route'), theatre.transcript()).toBe(isLed);
    if (!isLed) expect(theatre.of('StepFailed')).toMatchObject([{ step: 'route', code: 'SITUATION_CHANGED' }]);
  });
  test.each([
    ['a leader that has just begun waits until it is told who writes, and does not', 'east', false],
    ['a leader that has just begun is told that nobody did, and does', 'west', true],
  ] as const)('%s', (_, writer, isLed) => {
    const { theatre, stage } = open(undefined, withTier({}, patient));
    stage.refuse.set('ehr-1/route', under);
    theatre.dark.add('us-east-2');
    theatre.until('RoleChanged');
    theatre.pass(200);
    stage.refuse.delete('ehr-1/route');
    // Nobody leads while they move it, and until the step is long due again.
    theatre.dark.clear();
    theatre.primary = writer;
    theatre.now += 10_000;
    theatre.restart();
    theatre.until('RunExecuted');
    expect(stage.executed.includes('ehr-1/route'), theatre.transcript()).toBe(isLed);
  });
  test('nor when one vantage has told so far, and the others tell within the round', () => {
    const { theatre, stage } = open(undefined, withTier({}, patient));
    stage.refuse.set('ehr-1/route', under);
    theatre.dark.add('us-east-2');
    theatre.until('RoleChanged');
    theatre.pass(200);
    stage.refuse.delete('ehr-1/route');
    theatre.primary = 'east';
    theatre.now += 130_000;
    // Every vantage looks each 500 ms; the leader begins in between, and looks at what is open each second.
    while (theatre.now % 500 !== 200) theatre.now += 50;
    theatre.silent.add('campus');
    theatre.restart();
    theatre.pass(1_050);
    theatre.silent.clear();
    theatre.until('RunExecuted');
    expect(stage.executed, theatre.transcript()).not.toContain('ehr-1/route');
  });
  // A database that has just been promoted may be slow to call itself the primary.
  test('they are led, soon after the promotion, to what a majority still hears to be a standby', () => {
    const { theatre, stage } = open(undefined, withTier({}, patient));
    stage.refuse.set('ehr-1/route', under);
    theatre.dark.add('us-east-2');
    theatre.until('RoleChanged');
    theatre.pass(200);
    stage.refuse.delete('ehr-1/route');
    theatre.primary = 'east';
    theatre.now += 10_000;
    theatre.restart();
    theatre.until('RunExecuted');
    expect(stage.executed, theatre.transcript()).toContain('ehr-1/route');
  });
  // Seen so by one of three, which is no reason to adopt another writer, and none to lead anybody to this one.
  test('they are not led there either when one vantage still tells the roles as they were', () => {
    const { theatre, stage } = open(undefined, withTier({}, patient));
    stage.refuse.set('ehr-1/route', under);
    theatre.dark.add('us-east-2');
    theatre.until('RoleChanged');
    theatre.pass(500);
    theatre.dark.clear();
    theatre.primary = 'east';
    theatre.liar = theatre.known.targets?.vantages[0]?.id;
    theatre.pass(6_000);
    stage.refuse.delete('ehr-1/route');
    theatre.until('RunExecuted');
    expect(stage.executed, theatre.transcript()).not.toContain('ehr-1/route');
    expect(theatre.of('StepFailed')).toMatchObject([{ step: 'route', code: 'SITUATION_CHANGED' }]);
  });
  test('they are led there when one vantage says that it is a standby', () => {
    const { theatre, stage } = open(undefined, withTier({}, patient));
    stage.refuse.set('ehr-1/route', under);
    theatre.dark.add('us-east-2');
    theatre.until('RoleChanged');
    theatre.primary = 'west';
    theatre.liar = theatre.known.targets?.vantages[0]?.id;
    theatre.pass(6_000);
    stage.refuse.delete('ehr-1/route');
    theatre.until('RunExecuted');
    expect(stage.executed, theatre.transcript()).toContain('ehr-1/route');
  });
  test.each([
    ['nor when nobody looked in between: the old primary is on another timeline', 1, false],
    ['they are led there when it is slow to call itself the primary', 0, true],
  ] as const)('%s', (_, newTimelines, isLed) => {
    const declared = withTier({}, patient);
    const { theatre, stage } = open(undefined, { ...declared, runbooks: { ...declared.runbooks, switchover: patient } });
    stage.refuse.set('ehr-1/route', under);
    // What the vantages see follows by hand, and one of them tells the roles the wrong way round.
    stage.theatre = undefined;
    theatre.liar = theatre.known.targets?.vantages[0]?.id;
    const ask = (by: string, request: Request): void => void theatre.give({ kind: 'requested', by: person(by), request }, person(by));
    ask('ann', { kind: 'run', workload: 'ehr' as WorkloadId, mode: 'switchover', reason: 'patches' });
    ask('bob', { kind: 'approve', run: 'ehr-1' as RunId, plan: theatre.of('PlanCompiled')[0]?.hash ?? ('' as Hash) });
    theatre.until('RoleChanged');
    theatre.timeline += newTimelines;
    theatre.pass(10_000);
    stage.refuse.delete('ehr-1/route');
    theatre.until('RunExecuted');
    expect(stage.executed.includes('ehr-1/route'), theatre.transcript()).toBe(isLed);
  });
  test('nor long after the promotion, while a majority hears that it is a standby: a new leader decides first who is the writer', () => {
    const { theatre, stage } = open(undefined, withTier({}, patient));
    stage.refuse.set('ehr-1/route', under);
    theatre.dark.add('us-east-2');
    theatre.until('RoleChanged');
    theatre.pass(200);
    stage.refuse.delete('ehr-1/route');
    // Others moved the writer back, and it was lost with its region before anybody who leads could see it.
    theatre.primary = 'east';
    theatre.now += 130_000;
    theatre.restart();
    theatre.until('RunExecuted');
    expect(stage.executed, theatre.transcript()).not.toContain('ehr-1/route');
    expect(theatre.of('StepFailed')).toMatchObject([{ step: 'route', code: 'SITUATION_CHANGED' }]);
  });
});
