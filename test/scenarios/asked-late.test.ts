// People ask for the failover long after the impact began, and users take longer to follow than the tier's RTO: the measurement
// still holds the onset, and the run waits for the users.
import { expect, test } from 'vitest';
import type { WorkloadId } from '../../src/core/values.ts';
import { estate, tier } from '../core/estate.ts';
import { person, Theatre } from '../core/theatre.ts';
import { WorkingStage } from './stage.ts';

test('asked for two minutes after the impact, followed after two more', () => {
  const manual = { ...tier, automation: { replica: 'manual', zone: 'manual', region: 'manual' } } as const;
  const stage = new WorkingStage();
  const theatre = new Theatre({ ...estate, tiers: { [tier.id]: manual } }, stage.play);
  stage.theatre = theatre;
  theatre.pass(5_000);
  theatre.dark.add('us-east-2');
  theatre.canaries = 'bad';
  theatre.pass(120_000);
  const request = { kind: 'run', workload: 'ehr' as WorkloadId, mode: 'failover', reason: 'the region is gone' } as const;
  theatre.give({ kind: 'requested', by: person('ann'), request }, person('ann'));
  const [opened] = theatre.of('PlanCompiled');
  if (opened === undefined) throw new Error(theatre.transcript());
  const yes = { kind: 'approve', run: opened.run, plan: opened.hash, maxLossMs: 600_000 } as const;
  theatre.give({ kind: 'requested', by: person('bob'), request: yes }, person('bob'));
  theatre.until('RunExecuted');
  theatre.pass(120_000);
  expect(theatre.of('LedgerRequested'), 'the users have not followed yet').toEqual([]);
  theatre.canaries = 'good';
  theatre.until('RunClosed');
  const [measured] = theatre.of('RunMeasured');
  expect(theatre.of('RunClosed'), theatre.transcript()).toMatchObject([{ outcome: 'succeeded' }]);
  expect(measured?.measurement.rtaMs).toBeGreaterThan(240_000);
});

test.each<[string, (theatre: Theatre) => void, string]>([
  ['the region answers again', ({ dark }) => dark.delete('us-east-2'), 'RegionLost of us-east-2 no longer holds on fresh observations'],
  [
    'an eye has died',
    ({ silent }) => silent.add('west'),
    'RegionLost of us-east-2 is not confirmed any more: too few vantages can say what is there now',
  ],
])('approved, and before anything is sent %s: it says which', (_, happens, says) => {
  const approving = { ...tier, automation: { replica: 'approve', zone: 'approve', region: 'approve' } } as const;
  const stage = new WorkingStage();
  const theatre = new Theatre({ ...estate, tiers: { [tier.id]: approving } }, stage.play);
  stage.theatre = theatre;
  theatre.pass(5_000);
  theatre.dark.add('us-east-2');
  theatre.canaries = 'bad';
  theatre.until('RunOpened');
  happens(theatre);
  theatre.pass(1_500);
  const [opened] = theatre.of('PlanCompiled');
  if (opened === undefined) throw new Error(theatre.transcript());
  const yes = { kind: 'approve', run: opened.run, plan: opened.hash, maxLossMs: 600_000 } as const;
  theatre.give({ kind: 'requested', by: person('bob'), request: yes }, person('bob'));
  theatre.until('StepFailed', 30_000);
  expect(theatre.of('StepFailed')[0], theatre.transcript()).toMatchObject({
    code: 'SITUATION_CHANGED',
    because: expect.stringContaining(says) as string,
  });
  expect(stage.executed).toEqual([]);
});

/** A theatre in which people have asked for a move, and whoever approves it. */
function asked(mode: 'switchover' | 'failover'): { readonly theatre: Theatre; readonly stage: WorkingStage; readonly approve: () => void } {
  const stage = new WorkingStage();
  const theatre = new Theatre(estate, stage.play);
  stage.theatre = theatre;
  theatre.pass(5_000);
  const request = { kind: 'run', workload: 'ehr' as WorkloadId, mode, reason: 'maintenance' } as const;
  theatre.give({ kind: 'requested', by: person('ann'), request }, person('ann'));
  const [opened] = theatre.of('PlanCompiled');
  if (opened === undefined) throw new Error(theatre.transcript());
  const yes = { kind: 'approve', run: opened.run, plan: opened.hash, maxLossMs: 600_000 } as const;
  return { theatre, stage, approve: () => void theatre.give({ kind: 'requested', by: person('bob'), request: yes }, person('bob')) };
}
function moving(): Theatre {
  const { theatre, approve } = asked('switchover');
  approve();
  return theatre;
}

test.each<[string, (n: number) => 'good' | 'bad' | 'none']>([
  ['some of the canaries are still lost, never enough in a row to be called a failure', (n) => (n % 4 === 0 ? 'bad' : 'good')],
  ['their client is silent: its controller died and it has not found the next one', () => 'none'],
])('after a planned move users are waited for while %s', (_, canaries) => {
  const theatre = moving();
  theatre.until('RunExecuted');
  for (let n = 0; n < 40; n += 1) {
    theatre.canaries = canaries(n);
    theatre.pass(200);
  }
  expect(theatre.of('UsersPathFailed')).toEqual([]);
  expect(theatre.of('LedgerRequested'), 'measured now, nobody would have seen them recover').toEqual([]);
  theatre.canaries = 'good';
  theatre.until('RunClosed');
  expect(theatre.of('RunClosed'), theatre.transcript()).toMatchObject([{ outcome: 'succeeded' }]);
});

test('a client that never comes back is not waited for without end', () => {
  const theatre = moving();
  theatre.canaries = 'none';
  theatre.until('RunExecuted');
  theatre.pass(20_000);
  expect(theatre.of('LedgerRequested')).toHaveLength(1);
});

test('a leader that has just begun moves no writer to a standby that it has not seen', () => {
  const { theatre, stage, approve } = asked('failover');
  theatre.dark.add('us-west-2');
  theatre.restart();
  approve();
  theatre.until('RunClosed');
  expect(theatre.of('RunClosed')).toMatchObject([{ outcome: 'superseded' }]);
  expect(stage.executed).toEqual([]);
});
test('and moves it as soon as it sees one', () => {
  const { theatre, stage, approve } = asked('failover');
  theatre.restart();
  approve();
  theatre.pass(1_500);
  expect(stage.executed[0]).toEqual('ehr-1/promote');
});
