// People take a run in hand: each control as it is journalled, what it refuses, and that a controller that starts again changes nothing.
import { describe, expect, test } from 'vitest';
import type { Estate, Runbook } from '../../src/core/estate.ts';
import type { Request } from '../../src/core/input.ts';
import type { StepId } from '../../src/core/values.ts';
import { tier } from '../core/estate.ts';
import { person, Theatre } from '../core/theatre.ts';
import { fenced, golden, lost, outcomes, run, step, untilBegun, withTier, type Story } from './in-hand.ts';
import { WorkingStage } from './stage.ts';

describe('pause', () => {
  test('holds before the fence, for as long as people want, and goes on where it was', async () => {
    const { theatre, stage, from, ask } = lost();
    expect(ask('ann', { kind: 'pause', run, reason: 'the storage team looks first' })).toBe('done');
    expect(theatre.of('RunPaused')[0]?.from).toBe('after the steps that are under way');
    theatre.pass(30_000);
    expect(stage.executed).toEqual(['ehr-1/prepare']);
    expect(ask('bob', { kind: 'pause', run, reason: 'again' })).toBe('ALREADY_PAUSED');
    theatre.restart();
    theatre.pass(5_000);
    expect(stage.executed).toEqual(['ehr-1/prepare']);
    expect(ask('bob', { kind: 'resume', run })).toBe('done');
    theatre.until('RunClosed');
    expect(stage.executed.slice(0, 3)).toEqual(['ehr-1/prepare', 'ehr-1/fence', 'ehr-1/promote']);
    expect(theatre.of('RunClosed')[0]?.outcome).toBe('succeeded');
    await expect(theatre.transcript(from)).toMatchFileSnapshot(golden('paused'));
  });

  test.each([0, 100, 1_500])('%d ms after the fence was sent it says that it holds after the promotion, and does', (ms) => {
    const { theatre, stage, ask } = lost();
    untilBegun(theatre, 'fence');
    theatre.pass(ms);
    ask('ann', { kind: 'pause', run, reason: 'wait' });
    expect(theatre.of('RunPaused')[0]?.from).toBe('after the promotion');
    theatre.pass(30_000);
    expect(stage.executed).toEqual(['ehr-1/prepare', 'ehr-1/fence', 'ehr-1/promote']);
    expect(theatre.known.workloads.get('ehr' as never)?.primary).toBe('west');
    ask('ann', { kind: 'resume', run });
    theatre.until('RunClosed');
    expect(theatre.of('RunClosed')[0]?.outcome).toBe('succeeded');
  });

  test('that nobody ends calls everybody in turn, and ends the run', () => {
    const { theatre, stage, ask } = lost();
    ask('ann', { kind: 'pause', run, reason: 'wait', forMs: 150_000 });
    theatre.until('RunClosed', 400_000);
    expect(theatre.of('RunEscalated').map(({ to, wait }) => [wait, to])).toEqual([
      ['pause', 'onCall: ehr-on-call'],
      ['pause', 'clinicalOwner: cmio'],
    ]);
    expect(outcomes(theatre)).toEqual([['failed', expect.stringContaining('paused by ann, and nobody resumed it until')]]);
    expect(stage.executed).toEqual(['ehr-1/prepare']);
  });
});

test('a pause of what waits for approval lasts no longer than the plan can be approved', () => {
  const { theatre, ask } = lost(withTier({ automation: { ...tier.automation, region: 'approve' } }));
  ask('ann', { kind: 'pause', run, reason: 'wait', forMs: 3_600_000 });
  const openedAt = theatre.known.runs.get(run)?.openedAt ?? 0;
  expect(theatre.of('RunPaused')[0]?.until).toBe(openedAt + 600_000);
  theatre.until('RunClosed', 700_000);
  expect(theatre.of('RunEscalated').map(({ wait, until }) => [wait, until])).toEqual(
    Array.from({ length: 3 }, () => ['pause', openedAt + 600_000]),
  );
  expect(outcomes(theatre)).toEqual([['cancelled', expect.stringContaining('ann had paused it and nobody resumed it')]]);
});

describe('cancel', () => {
  test('before the fence sends nothing more and says what is done and what is not', async () => {
    const { theatre, stage, from, ask } = lost();
    expect(ask('ann', { kind: 'cancel', run, reason: 'a cable was pulled' })).toBe('done');
    expect(ask('bob', { kind: 'cancel', run, reason: 'too' })).toBe('RUN_ENDING');
    expect(ask('bob', { kind: 'retry', run, step: 'prepare' as StepId, reason: 'no' })).toBe('RUN_ENDING');
    theatre.restart();
    theatre.until('RunClosed');
    expect(stage.executed).toEqual(['ehr-1/prepare']);
    expect(outcomes(theatre)).toEqual([['cancelled', 'ann: a cable was pulled; done: prepare; not done: fence, promote, route, tell']]);
    await expect(theatre.transcript(from)).toMatchFileSnapshot(golden('cancelled'));
  });
  test('between fence and promotion takes hold after it', () => {
    const { theatre, stage, ask } = lost();
    untilBegun(theatre, 'fence');
    ask('ann', { kind: 'cancel', run, reason: 'stop' });
    expect(theatre.of('RunCancelling')[0]?.from).toBe('after the promotion');
    theatre.until('RunClosed');
    expect(stage.executed).toEqual(['ehr-1/prepare', 'ehr-1/fence', 'ehr-1/promote']);
    expect(outcomes(theatre)).toEqual([['cancelled', 'ann: stop; done: prepare, fence, promote; not done: route, tell']]);
    expect(theatre.of('RunMeasured')).toHaveLength(1);
  });
  test('of a run that sent nothing closes it there, without a measurement', () => {
    const { theatre, ask } = lost(withTier({ automation: { ...tier.automation, region: 'approve' } }));
    ask('ann', { kind: 'cancel', run, reason: 'no' });
    expect(outcomes(theatre)).toEqual([['cancelled', 'ann: no']]);
    expect(theatre.of('RunMeasured')).toEqual([]);
    expect(ask('ann', { kind: 'pause', run, reason: 'late' })).toBe('RUN_OVER');
  });
});

describe('a step that failed', () => {
  const failing = (code = 'AccessDenied', at = 'route'): Story => {
    const story = lost();
    story.stage.refuse.set(`ehr-1/${at}`, { code, retriable: false });
    story.theatre.pass(60_000, () => story.theatre.of('RunEscalated').length > 0);
    return story;
  };

  test('is tried again when a person says so, and the run is saved', async () => {
    const { theatre, stage, from, ask } = failing();
    expect(theatre.of('RunEscalated')[0]).toMatchObject({ wait: 'decision', to: 'onCall: ehr-on-call', level: 0 });
    theatre.restart();
    theatre.pass(10_000);
    expect(theatre.of('RunClosed')).toEqual([]);
    stage.refuse.clear();
    expect(ask('ann', { kind: 'retry', run, step: 'tell' as StepId, reason: 'x' })).toBe('STEP_NOT_FAILED');
    expect(ask('ann', { kind: 'retry', run, step: 'nothing' as StepId, reason: 'x' })).toBe('STEP_UNKNOWN');
    expect(ask('ann', { kind: 'retry', run, step: 'route' as StepId, reason: 'the role is repaired' })).toBe('done');
    expect(theatre.of('StepRetried')[0]?.look).toBe(false);
    theatre.until('RunClosed');
    expect(theatre.of('RunClosed')[0]?.outcome).toBe('succeeded');
    await expect(theatre.transcript(from)).toMatchFileSnapshot(golden('retried'));
  });

  test('whose outcome nobody knows is looked at before anything is sent again: what took effect is not sent twice', () => {
    const { theatre, stage, ask } = lost();
    untilBegun(theatre, 'promote');
    stage.loseReply.add('ehr-1/route');
    const play = stage.play;
    let blind = true;
    theatre.stage = (command, at) =>
      command.kind === 'observe' && command.step === 'route' && blind
        ? { afterMs: 50, answer: { kind: 'unknown', message: 'throttled' } }
        : play(command, at);
    theatre.pass(60_000, () => theatre.of('StepFailed').length > 0);
    expect(theatre.of('StepFailed')[0]?.code).toBe('UNKNOWN_OUTCOME');
    blind = false;
    expect(ask('ann', { kind: 'retry', run, step: 'route' as StepId, reason: 'look again' })).toBe('done');
    expect(theatre.of('StepRetried')[0]?.look).toBe(true);
    theatre.until('RunClosed');
    expect(stage.executed.filter((goal) => goal === 'ehr-1/route')).toHaveLength(1);
    expect(theatre.of('RunClosed')[0]?.outcome).toBe('succeeded');
  });

  test('is done without when a person says why', async () => {
    const { theatre, from, ask } = failing();
    expect(ask('ann', { kind: 'skip', run, step: 'fence' as StepId, reason: 'x' })).toBe('STEP_OVER');
    expect(ask('ann', { kind: 'skip', run, step: 'route' as StepId, reason: 'moved by hand' })).toBe('done');
    theatre.until('RunClosed');
    expect(theatre.of('StepSkipped')).toMatchObject([{ step: 'route', by: 'ann', because: 'moved by hand' }]);
    expect(theatre.of('RunClosed')[0]?.outcome).toBe('succeeded');
    await expect(theatre.transcript(from)).toMatchFileSnapshot(golden('skipped'));
  });

  test('after which nobody answers: three are called, and the run ends failed', async () => {
    const { theatre, from } = failing();
    theatre.until('RunClosed', 700_000);
    expect(theatre.of('RunEscalated').map(({ to }) => to)).toEqual(['onCall: ehr-on-call', 'clinicalOwner: cmio', 'owner: ehr-team']);
    expect(outcomes(theatre)).toEqual([['failed', expect.stringMatching(/^step route: REFUSED: .*; nobody decided until /)]]);
    await expect(theatre.transcript(from)).toMatchFileSnapshot(golden('unanswered'));
  });

  test('with the old writer stopped and no new one calls everybody at once', () => {
    const { theatre } = failing('AccessDenied', 'promote');
    expect(theatre.of('RunEscalated').map(({ level }) => level)).toEqual([0, 1, 2]);
    expect(theatre.of('RunEscalated')[0]?.because).toContain('no new one is there');
  });

  test.each<[string, Request]>([
    ['stop', { kind: 'stop', reason: 'look first' }],
    ['pause', { kind: 'pause', run, reason: 'look first' }],
  ])('is not kept from anybody by a %s when nobody can write', (wait, request) => {
    const { theatre, stage, ask } = lost();
    stage.refuse.set('ehr-1/promote', { code: 'AccessDenied', retriable: false });
    untilBegun(theatre, 'fence');
    ask('ann', request);
    theatre.pass(20_000, () => theatre.of('RunEscalated').length > 2);
    expect(theatre.of('RunEscalated').map((each) => [each.wait, each.level])).toEqual([0, 1, 2].map((level) => [wait, level]));
    expect(theatre.of('RunEscalated')[0]?.because).toMatch(/Step promote failed \(.*AccessDenied.*\)\. The old writer may be stopped/);
  });

  test('while nobody can write is sent again for two minutes, and given up when they are over, not at the next attempt', () => {
    const { theatre, stage } = lost();
    stage.refuse.set('ehr-1/promote', { code: 'TARGET_NOT_AVAILABLE', retriable: true });
    untilBegun(theatre, 'promote');
    const from = theatre.now;
    theatre.pass(200_000, () => theatre.of('StepFailed').length > 0);
    expect(theatre.of('StepStarted').filter(({ step: id }) => id === 'promote').length).toBeGreaterThan(10);
    expect(theatre.now - from).toBeLessThanOrEqual(120_000 + 250);
  });

  test('while the old writer is stopped does not keep the promotion waiting', () => {
    const spread: Runbook = {
      ...fenced,
      steps: [step('fence', 'test.fence', []), step('aside', 'test.prepare', []), step('promote', 'test.move', ['fence'])],
    };
    const { theatre, stage } = lost(withTier({}, spread), (each) => each.refuse.set('ehr-1/aside', { code: 'No', retriable: false }));
    theatre.pass(20_000);
    expect(theatre.of('StepFailed').map(({ step: id }) => id)).toEqual(['aside']);
    expect(stage.executed).toEqual(['ehr-1/fence', 'ehr-1/promote']);
    expect(theatre.of('RunClosed')).toEqual([]);
  });

  test('in a game day ends the run at once: nobody is asked in a drill', () => {
    const stage = new WorkingStage();
    const theatre = new Theatre(withTier({}), stage.play);
    stage.theatre = theatre;
    theatre.pass(5_000);
    stage.refuse.set('ehr-1/route', { code: 'AccessDenied', retriable: false });
    theatre.give({ kind: 'requested', by: person('ann'), request: { kind: 'drill', gameday: 'region-loss' } }, person('ann'));
    theatre.until('DrillClosed');
    expect(theatre.of('RunEscalated')).toEqual([]);
    expect(theatre.of('DrillClosed')[0]?.verdict).toBe('failed');
  });
});

test.each<[string, string]>([
  ['fence', 'SKIP_FENCE'],
  ['promote', 'SKIP_PROMOTION'],
  ['prepare', 'STEP_IN_FLIGHT'],
])('skip of %s is refused: %s', (id, code) => {
  const { ask } = lost();
  expect(ask('ann', { kind: 'skip', run, step: id as StepId, reason: 'hurry' })).toBe(code);
});

describe('ungraceful', () => {
  const graceful: Runbook = {
    ...fenced,
    steps: [step('drain', 'test.prepare', []), step('promote', 'test.switchover', ['drain']), step('route', 'test.route', ['promote'])],
  };
  const compiled = (kind: 'drain' | 'promote'): Estate => {
    const steps = graceful.steps.map((each) =>
      each.id === 'drain' && kind === 'drain'
        ? { ...each, onUngraceful: { kind: 'skip' as const } }
        : each.id === 'promote'
          ? { ...each, onUngraceful: { kind: 'replace' as const, uses: 'test.failover', with: { allowLoss: true } } }
          : each,
    );
    return withTier({}, { ...graceful, steps });
  };

  test('skips what takes grace and replaces the rest, as the approved plan says', async () => {
    const { theatre, stage, from, ask } = lost(compiled('drain'));
    stage.refuse.set('ehr-1/drain', { code: 'Busy', retriable: false });
    const plan = theatre.known.runs.get(run)?.plan;
    expect(plan?.steps.map(({ ungraceful }) => ungraceful?.kind)).toEqual(['skip', 'replace', undefined]);
    expect(ask('ann', { kind: 'ungraceful', run, step: 'route' as StepId, reason: 'x' })).toBe('NO_UNGRACEFUL_WAY');
    expect(ask('ann', { kind: 'ungraceful', run, reason: 'the old side does not answer' })).toBe('done');
    expect(ask('ann', { kind: 'ungraceful', run, reason: 'again' })).toBe('NO_UNGRACEFUL_WAY');
    theatre.until('RunClosed');
    expect(theatre.of('StepStarted').map(({ step: id, uses, variant }) => [id, uses, variant])).toEqual([
      ['drain', 'test.prepare', undefined],
      ['promote', 'test.failover', 'ungraceful'],
      ['route', 'test.route', undefined],
    ]);
    await expect(theatre.transcript(from)).toMatchFileSnapshot(golden('ungraceful'));
  });

  test('does not send the other way while the graceful one may still take effect', () => {
    const { theatre, stage, ask } = lost(compiled('promote'));
    untilBegun(theatre, 'promote');
    expect(ask('ann', { kind: 'ungraceful', run, step: 'promote' as StepId, reason: 'it hangs' })).toBe('done');
    theatre.until('RunClosed');
    expect(stage.executed).toEqual(['ehr-1/drain', 'ehr-1/promote', 'ehr-1/route']);
    expect(theatre.of('StepStarted').every(({ variant }) => variant === undefined)).toBe(true);
  });
  test('sends it once the graceful one is proven not to have taken effect', () => {
    const { theatre, stage, ask } = lost(compiled('promote'));
    stage.hold.add('ehr-1/promote');
    untilBegun(theatre, 'promote');
    ask('ann', { kind: 'ungraceful', run, step: 'promote' as StepId, reason: 'it hangs' });
    theatre.until('RunClosed');
    expect(
      theatre
        .of('StepStarted')
        .filter(({ step: id }) => id === 'promote')
        .map(({ uses }) => uses),
    ).toEqual(['test.switchover', 'test.failover']);
    expect(stage.executed.filter((goal) => goal === 'ehr-1/promote')).toHaveLength(1);
  });
});
