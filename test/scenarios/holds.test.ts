// People hold everything, or one workload, or look at an incident again: each control as it is journalled, what it refuses, and that a
// controller that starts again changes nothing.
import { describe, expect, test } from 'vitest';
import type { Estate, Runbook, Tier } from '../../src/core/estate.ts';
import type { Request } from '../../src/core/input.ts';
import type { IncidentId, Instant, WorkloadId } from '../../src/core/values.ts';
import { estate, tier } from '../core/estate.ts';
import { person, Theatre } from '../core/theatre.ts';
import { step } from './in-hand.ts';
import { open, WorkingStage } from './stage.ts';

const fenced: Runbook = {
  id: 'region-failover',
  summary: 'Fence, then promote, then route.',
  modes: ['failover', 'switchover'],
  steps: [
    step('prepare', 'test.prepare', []),
    step('fence', 'test.fence', ['prepare']),
    step('promote', 'test.move', ['fence']),
    step('route', 'test.route', ['promote']),
  ],
};
const withTier = (change: Partial<Tier> = {}): Estate => ({
  ...estate,
  tiers: { 'life-critical': { ...tier, approvals: { people: 1, expireMs: 600_000, escalateMs: 60_000 }, ...change } },
  runbooks: { ...estate.runbooks, 'region-failover': fenced },
});
const ehr = 'ehr' as WorkloadId;
const golden = (name: string): string => `./${name}.golden.txt`;
const ask = (theatre: Theatre, by: string, request: Request): string => {
  const result = theatre.give({ kind: 'requested', by: person(by), request }, person(by));
  return result.ok ? 'done' : result.error.code;
};
const untilBegun = (theatre: Theatre, id: string): void => {
  const begun = (): boolean => theatre.of('StepStarted').some((each) => each.step === id);
  theatre.pass(60_000, begun);
  expect(begun(), theatre.transcript()).toBe(true);
};
const story = (declared = withTier()): { theatre: Theatre; stage: WorkingStage } => open(new WorkingStage(), declared);
const guards = (theatre: Theatre): string[] => theatre.of('ActionWithheld').map((each) => each.guard);

describe('the stop lever', () => {
  test('withholds what would begin until somebody lets go, also after a restart', async () => {
    const { theatre, stage } = story();
    const from = theatre.now;
    expect(ask(theatre, 'ann', { kind: 'release' })).toBe('NOT_STOPPED');
    expect(ask(theatre, 'ann', { kind: 'stop', reason: 'the network team moves a core switch' })).toBe('done');
    expect(ask(theatre, 'bob', { kind: 'stop', reason: 'too' })).toBe('ALREADY_STOPPED');
    expect(ask(theatre, 'bob', { kind: 'run', workload: ehr, mode: 'switchover', reason: 'now' })).toBe('ACTING_STOPPED');
    expect(ask(theatre, 'bob', { kind: 'drill', gameday: 'region-loss' })).toBe('ACTING_STOPPED');
    theatre.dark.add('us-east-2');
    theatre.pass(20_000);
    theatre.restart();
    theatre.pass(20_000);
    expect(guards(theatre)).toEqual(['stopped']);
    expect(stage.executed).toEqual([]);
    expect(ask(theatre, 'bob', { kind: 'release', reason: 'the switch is done' })).toBe('done');
    expect(theatre.of('RunOpened')).toHaveLength(1);
    theatre.until('RunClosed');
    expect(theatre.of('RunClosed')[0]?.outcome).toBe('succeeded');
    await expect(theatre.transcript(from)).toMatchFileSnapshot(golden('stopped'));
  });

  test('holds a run that is under way before its fence; let go, it goes on', () => {
    const { theatre, stage } = story();
    theatre.dark.add('us-east-2');
    theatre.until('RunOpened');
    ask(theatre, 'ann', { kind: 'stop', reason: 'look first' });
    theatre.pass(30_000);
    expect(stage.executed).toEqual(['ehr-1/prepare']);
    ask(theatre, 'ann', { kind: 'release' });
    theatre.until('RunClosed');
    expect(theatre.of('RunClosed')[0]?.outcome).toBe('succeeded');
  });
  test('pulled between fence and promotion, the run goes on to the promotion and no further', () => {
    const { theatre, stage } = story();
    theatre.dark.add('us-east-2');
    untilBegun(theatre, 'fence');
    ask(theatre, 'ann', { kind: 'stop', reason: 'look first' });
    theatre.pass(30_000);
    expect(stage.executed).toEqual(['ehr-1/prepare', 'ehr-1/fence', 'ehr-1/promote']);
    expect(theatre.known.workloads.get(ehr)?.primary).toBe('west');
  });
  test('that nobody lets go calls people in turn, and ends what it holds', () => {
    const { theatre } = story();
    theatre.dark.add('us-east-2');
    theatre.until('RunOpened');
    ask(theatre, 'ann', { kind: 'stop', reason: 'look first' });
    theatre.until('RunClosed', 700_000);
    expect(theatre.of('RunEscalated').map(({ wait, to }) => [wait, to])).toEqual([
      ['stop', 'onCall: ehr-on-call'],
      ['stop', 'clinicalOwner: cmio'],
      ['stop', 'owner: ehr-team'],
    ]);
    expect(theatre.of('RunClosed')[0]).toMatchObject({
      outcome: 'failed',
      because: expect.stringContaining('nobody released it') as string,
    });
  });
  test('an approved run does not start while it is pulled', () => {
    const { theatre, stage } = story(withTier({ automation: { ...tier.automation, region: 'approve' } }));
    theatre.dark.add('us-east-2');
    theatre.until('RunOpened');
    ask(theatre, 'ann', { kind: 'stop', reason: 'look first' });
    const run = theatre.of('RunOpened')[0]?.run;
    const hash = run === undefined ? undefined : theatre.known.runs.get(run)?.hash;
    if (run === undefined || hash === undefined) throw new Error('no run');
    expect(ask(theatre, 'bob', { kind: 'approve', run, plan: hash })).toBe('done');
    theatre.pass(10_000);
    expect(theatre.of('RunStarted')).toEqual([]);
    theatre.pass(60_000);
    expect(theatre.of('RunEscalated')).toMatchObject([
      { wait: 'stop', because: expect.stringContaining('`resus release` lets it start') as string },
    ]);
    ask(theatre, 'ann', { kind: 'release' });
    expect(theatre.of('RunStarted')).toHaveLength(1);
    theatre.until('RunClosed');
    expect(stage.executed).toHaveLength(4);
  });
  test('ends a game day: its fault is undone', () => {
    const { theatre } = story();
    ask(theatre, 'ann', { kind: 'drill', gameday: 'region-loss' });
    theatre.until('FaultBit');
    ask(theatre, 'ann', { kind: 'stop', reason: 'a real patient transfer' });
    theatre.until('DrillClosed');
    expect(theatre.of('DrillClosed')[0]).toMatchObject({
      verdict: 'aborted',
      because: expect.stringContaining('ann stopped acting') as string,
    });
    expect(theatre.dark.size).toBe(0);
    expect(theatre.of('RunOpened')).toEqual([]);
  });
});

describe('maintenance', () => {
  const soon = (theatre: Theatre, ms: number): Instant => (theatre.now + ms) as Instant;

  test('withholds the failover until its end; the incident is opened all the same', async () => {
    const { theatre, stage } = story();
    const from = theatre.now;
    expect(ask(theatre, 'ann', { kind: 'maintain', workload: ehr, until: soon(theatre, 60_000), reason: 'storage firmware' })).toBe('done');
    expect(ask(theatre, 'bob', { kind: 'drill', gameday: 'region-loss' })).toBe('WORKLOAD_MAINTAINED');
    theatre.dark.add('us-east-2');
    theatre.pass(20_000);
    theatre.restart();
    theatre.pass(20_000);
    expect(theatre.of('IncidentOpened')).toHaveLength(1);
    expect(guards(theatre)).toEqual(['maintenance']);
    expect(stage.executed).toEqual([]);
    theatre.until('RunClosed');
    expect(theatre.of('MaintenanceEnded')).toMatchObject([{ workload: 'ehr', because: 'its time is over' }]);
    expect(theatre.of('RunClosed')[0]?.outcome).toBe('succeeded');
    await expect(theatre.transcript(from)).toMatchFileSnapshot(golden('maintained'));
  });
  test('ended early, the failover begins at once', () => {
    const { theatre } = story();
    ask(theatre, 'ann', { kind: 'maintain', workload: ehr, until: soon(theatre, 3_600_000), reason: 'storage firmware' });
    theatre.dark.add('us-east-2');
    theatre.pass(10_000);
    expect(ask(theatre, 'ann', { kind: 'end-maintenance', workload: ehr })).toBe('done');
    expect(theatre.of('RunOpened')).toHaveLength(1);
    expect(ask(theatre, 'ann', { kind: 'end-maintenance', workload: ehr })).toBe('NOT_MAINTAINED');
  });
  test('ends a game day that has begun', () => {
    const { theatre } = story();
    ask(theatre, 'ann', { kind: 'drill', gameday: 'region-loss' });
    theatre.until('FaultBit');
    ask(theatre, 'ann', { kind: 'maintain', workload: ehr, until: soon(theatre, 60_000), reason: 'urgent' });
    theatre.until('DrillClosed');
    expect(theatre.of('DrillClosed')[0]?.verdict).toBe('aborted');
  });
  test.each<[string, (theatre: Theatre) => Request, string]>([
    [
      'of nothing',
      (theatre) => ({ kind: 'maintain', workload: 'toString' as WorkloadId, until: soon(theatre, 1_000), reason: 'x' }),
      'WORKLOAD_UNKNOWN',
    ],
    ['in the past', (theatre) => ({ kind: 'maintain', workload: ehr, until: soon(theatre, 0), reason: 'x' }), 'UNTIL_PAST'],
    ['at no time', () => ({ kind: 'maintain', workload: ehr, until: Number.NaN as Instant, reason: 'x' }), 'UNTIL_PAST'],
    [
      'for a month',
      (theatre) => ({ kind: 'maintain', workload: ehr, until: soon(theatre, 30 * 86_400_000), reason: 'x' }),
      'UNTIL_TOO_FAR',
    ],
    ['ended before it began', () => ({ kind: 'end-maintenance', workload: ehr }), 'NOT_MAINTAINED'],
  ])('%s is refused', (_, request, code) => {
    const { theatre } = story();
    expect(ask(theatre, 'ann', request(theatre))).toBe(code);
  });
});

describe('acknowledgement', () => {
  const treated = (): ReturnType<typeof story> => {
    const told = story(withTier({ cooldownMs: 3_600_000 }));
    told.stage.refuse.set('ehr-1/fence', { code: 'AccessDenied', retriable: false });
    told.theatre.dark.add('us-east-2');
    told.theatre.until('RunClosed', 700_000);
    expect(told.theatre.of('RunClosed')[0]?.outcome).toBe('failed');
    return told;
  };
  test('of an incident whose run failed lets another open, in spite of the cooldown', async () => {
    const { theatre } = treated();
    const from = theatre.now;
    theatre.pass(60_000);
    expect(theatre.of('RunOpened')).toHaveLength(1);
    expect(ask(theatre, 'ann', { kind: 'acknowledge', incident: 'incident-9' as IncidentId, reason: 'x' })).toBe('INCIDENT_UNKNOWN');
    expect(
      ask(theatre, 'ann', { kind: 'acknowledge', incident: 'incident-1' as IncidentId, workload: 'lis' as WorkloadId, reason: 'x' }),
    ).toBe('NOT_CONCERNED');
    theatre.restart();
    theatre.pass(10_000);
    expect(ask(theatre, 'ann', { kind: 'acknowledge', incident: 'incident-1' as IncidentId, reason: 'the role is repaired' })).toBe('done');
    theatre.pass(100_000, () => theatre.of('RunClosed').length === 2);
    expect(theatre.of('RunClosed')[1]?.outcome).toBe('succeeded');
    await expect(
      theatre
        .transcript(from)
        .split('\n')
        .filter((line) => !line.trimStart().startsWith('-'))
        .join('\n'),
    ).toMatchFileSnapshot(golden('acknowledged'));
  });
  test('of what nothing holds is refused', () => {
    const { theatre } = story(withTier({ automation: { ...tier.automation, region: 'manual' } }));
    theatre.dark.add('us-east-2');
    theatre.until('IncidentOpened');
    expect(ask(theatre, 'ann', { kind: 'acknowledge', incident: 'incident-1' as IncidentId, reason: 'x' })).toBe('NOTHING_TO_ACKNOWLEDGE');
  });
});

test('a run that saw at the last look that its reason was gone, and sent nothing, keeps no other from opening', () => {
  const { theatre, stage } = story(withTier({ automation: { ...tier.automation, region: 'approve' }, cooldownMs: 3_600_000 }));
  theatre.stage = stage.play;
  theatre.dark.add('us-east-2');
  theatre.until('RunOpened');
  theatre.dark.delete('us-east-2');
  theatre.dark.add('us-east-2a');
  theatre.pass(5_000);
  const approve = (n: number): void => {
    const { run } = theatre.of('RunOpened')[n] ?? {};
    const plan = run === undefined ? undefined : theatre.known.runs.get(run)?.hash;
    if (run === undefined || plan === undefined) throw new Error(theatre.transcript());
    ask(theatre, 'bob', { kind: 'approve', run, plan });
  };
  approve(0);
  theatre.pass(10_000);
  expect(theatre.of('LookedAgain')[0]?.holds, theatre.transcript()).toBe(false);
});
