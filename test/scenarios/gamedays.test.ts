// Game days: what is journalled from the gates to the verdict, and every way in which one must not pass.
import { describe, expect, test } from 'vitest';
import type { Estate } from '../../src/core/estate.ts';
import { sentenceOf } from '../../src/core/views/timeline.ts';
import { estate, tier } from '../core/estate.ts';
import { person, Theatre } from '../core/theatre.ts';
import { open, WorkingStage } from './stage.ts';

const golden = (name: string): string => `./${name}.golden.txt`;

describe('a game day', () => {
  test('loses a region, recovers, gives it back and says so', async () => {
    const { theatre } = open();
    theatre.give({ kind: 'requested', by: person('ann'), request: { kind: 'drill', gameday: 'region-loss' } }, person('ann'));
    const from = theatre.now;
    theatre.until('DrillClosed');
    expect(theatre.of('DrillClosed')[0]).toMatchObject({ verdict: 'passed' });
    expect(theatre.isDark('us-east-2')).toBe(false);
    await expect(theatre.transcript(from)).toMatchFileSnapshot(golden('game-day-region-loss'));
  });

  test('names its fault in words, wherever it is told of', () => {
    const { theatre } = open();
    theatre.give({ kind: 'requested', by: person('ann'), request: { kind: 'drill', gameday: 'region-loss' } }, person('ann'));
    theatre.until('DrillClosed');
    const told = theatre.entries.filter(({ event }) => event.type.startsWith('Fault')).flatMap(({ event }) => sentenceOf(event) ?? []);
    expect(told.map((line) => line.replace(/ends by .*/, 'ends'))).toEqual([
      'injecting loss of us-east-2: ends',
      'injected loss of us-east-2',
      'bites loss of us-east-2: ehr/east/web-a stopped answering',
      'reverting loss of us-east-2',
      'reverted loss of us-east-2: seen to be gone',
    ]);
  });

  test.each<[string, (theatre: Theatre, stage: WorkingStage) => void, string]>([
    [
      'a closed gate refuses it',
      (theatre) => {
        theatre.canaries = 'none';
        theatre.pass(5_000);
      },
      'refused',
    ],
    [
      'no traffic proves nothing',
      (theatre) => {
        theatre.canaries = 'bad';
        theatre.pass(5_000);
      },
      'refused',
    ],
    [
      'a fault that does not bite proves nothing',
      (theatre, stage) => {
        const play = stage.play;
        theatre.stage = (command, at) =>
          command.kind === 'inject' ? { afterMs: 50, answer: { kind: 'succeeded', data: null } } : play(command, at);
      },
      'inconclusive',
    ],
    [
      'a fault that is refused proves nothing',
      (theatre, stage) => {
        const play = stage.play;
        theatre.stage = (command, at) =>
          command.kind === 'inject'
            ? { afterMs: 50, answer: { kind: 'failed', code: 'DENIED', message: 'no', retriable: false } }
            : play(command, at);
      },
      'inconclusive',
    ],
    [
      'an abort rule that holds ends it: the standby fails under the drill',
      (theatre) => {
        theatre.dark.add('ehr/west/db');
        theatre.pass(1_000);
      },
      'aborted',
    ],
  ])('%s', (_, happens, verdict) => {
    const { theatre, stage } = open();
    if (verdict !== 'aborted') happens(theatre, stage);
    theatre.give({ kind: 'requested', by: person('ann'), request: { kind: 'drill', gameday: 'region-loss' } }, person('ann'));
    if (verdict === 'aborted') {
      theatre.until('FaultIntended');
      happens(theatre, stage);
    }
    theatre.until('DrillClosed');
    expect(theatre.of('DrillClosed')[0]?.verdict).toBe(verdict);
    expect(theatre.isDark('us-east-2')).toBe(false);
  });

  test('a fault that is still there after eight looks is asked to end once more, and then looked at', () => {
    const { theatre, stage } = open();
    const play = stage.play;
    let asked = 0;
    theatre.stage = (command, at) =>
      command.kind === 'revert' && (asked += 1) === 1 ? { afterMs: 50, answer: { kind: 'succeeded', data: null } } : play(command, at);
    theatre.give({ kind: 'requested', by: person('ann'), request: { kind: 'drill', gameday: 'region-loss' } }, person('ann'));
    theatre.until('FaultReverting');
    theatre.pass(60_000);
    expect(asked).toBe(2);
    expect(theatre.of('FaultChecked').map(({ observed }) => observed.kind)).toEqual([...Array<string>(8).fill('holds'), 'absent']);
    theatre.until('DrillClosed');
    expect(theatre.isDark('us-east-2')).toBe(false);
  });

  describe("of which nobody watched the users' path all the time", () => {
    const play = (silentMs: number, expect_: readonly string[]): Theatre => {
      const gameday = { ...estate.gamedays['region-loss']!, expect: expect_ };
      const { theatre } = open(new WorkingStage(), { ...estate, gamedays: { 'region-loss': gameday } });
      theatre.give({ kind: 'requested', by: person('ann'), request: { kind: 'drill', gameday: 'region-loss' } }, person('ann'));
      theatre.until('RunStarted');
      theatre.canaries = 'none';
      theatre.pass(silentMs);
      theatre.canaries = 'auto';
      theatre.until('DrillClosed');
      return theatre;
    };
    const all = estate.gamedays['region-loss']!.expect;

    test.each<[string, number, readonly string[], string, RegExp]>([
      [
        'proves nothing',
        3_000,
        all,
        'inconclusive',
        /^nobody watched the users' path for \d+ ms of ehr-1: what users felt then is unknown$/,
      ],
      ['proves no failure by a bound either', 3_000, [...all, 'run.rtaMs < 4000'], 'inconclusive', /^nobody watched/],
      [
        'has failed if even the best would not do',
        3_000,
        [...all, 'run.rtaMs < 1000'],
        'failed',
        /^run\.rtaMs < 1000 \(run\.rtaMs is \d+\)$/,
      ],
      ['is a drill like others when its client was late by a little', 600, all, 'passed', /^every expectation holds$/],
    ])('%s', (_, silentMs, expected, verdict, because) => {
      const theatre = play(silentMs, expected);
      expect(theatre.of('DrillClosed'), theatre.transcript()).toMatchObject([
        { verdict, because: expect.stringMatching(because) as string },
      ]);
      expect(theatre.of('RunMeasured')[0]?.measurement.coverage === undefined).toBe(silentMs < 1_000);
    });
  });

  test('a controller killed while the fault stands undoes it', () => {
    const { theatre } = open();
    theatre.give({ kind: 'requested', by: person('ann'), request: { kind: 'drill', gameday: 'region-loss' } }, person('ann'));
    theatre.until('FaultAnswered');
    theatre.restart();
    theatre.until('DrillClosed');
    expect(theatre.isDark('us-east-2')).toBe(false);
    expect(theatre.of('DrillClosed')[0]?.verdict).toBe('passed');
  });

  describe('that takes a zone away', () => {
    const ask = { kind: 'requested', by: person('ann'), request: { kind: 'drill', gameday: 'zone-loss' } } as const;
    const zoneLoss = estate.gamedays['zone-loss']!;
    const gated: Estate = {
      ...estate,
      gamedays: { 'zone-loss': { ...zoneLoss, gates: [...zoneLoss.gates, 'writer.site == "us-east-2a"'] } },
    };
    const play = (writerZone: string | undefined, declared: Estate): { theatre: Theatre; stage: WorkingStage } => {
      const stage = new WorkingStage();
      const theatre = new Theatre(declared, stage.play);
      [stage.theatre, theatre.writerZone] = [theatre, writerZone];
      theatre.pass(5_000);
      theatre.give(ask, person('ann'));
      theatre.until('DrillClosed');
      return { theatre, stage };
    };

    test.each<[string, string | undefined, string]>([
      ['is in the other zone', 'us-east-2b', '"us-east-2b"'],
      ['was seen by nobody', undefined, 'unknown'],
    ])('says up front that it cannot practise that, and why, when the writer %s', (_, writerZone, is) => {
      const { theatre } = play(writerZone, gated);
      expect(theatre.of('DrillClosed')).toMatchObject([
        {
          verdict: 'refused',
          because: `zone-loss cannot be practised now, nothing was injected: gate closed: writer.site == "us-east-2a" (writer.site is ${is})`,
        },
      ]);
      expect(theatre.of('FaultIntended')).toEqual([]);
    });

    test('is held while the writer is in that zone', () => {
      const { theatre, stage } = play('us-east-2a', gated);
      expect(theatre.of('FaultIntended')).toHaveLength(1);
      expect(theatre.of('IncidentOpened')).toMatchObject([{ diagnosis: 'ZoneLost', site: 'us-east-2a' }]);
      expect(theatre.of('RunOpened')).toHaveLength(1);
      expect(stage.executed).toContain('ehr-1/promote');
    });

    test('is not injected when the writer moves away while all is being watched', () => {
      const stage = new WorkingStage();
      const theatre = new Theatre(gated, stage.play);
      [stage.theatre, theatre.writerZone] = [theatre, 'us-east-2a'];
      theatre.pass(5_000);
      theatre.give(ask, person('ann'));
      theatre.pass(200);
      theatre.writerZone = 'us-east-2b';
      theatre.until('DrillClosed');
      expect(theatre.of('DrillClosed')[0]).toMatchObject({
        verdict: 'refused',
        because: expect.stringContaining('writer.site is') as string,
      });
      expect(theatre.of('FaultIntended')).toEqual([]);
    });

    test('and no user with it proves nothing: it says what was withheld and why, as `why` does', () => {
      const { theatre, stage } = play('us-east-2b', estate);
      expect(theatre.of('DrillClosed'), theatre.transcript()).toMatchObject([
        {
          verdict: 'inconclusive',
          because: expect.stringMatching(
            /^Resus withheld a run for ZoneLost of us-east-2a \(incident-1\) and users were served: Nothing is done: a canary was acknowledged \d+ ms ago on the users' path\.$/,
          ) as string,
        },
      ]);
      expect(stage.executed).toEqual(['zone-loss-1/zone']);
      expect(theatre.isDark('us-east-2a')).toBe(false);
    });

    test('and the users with it, while Resus may not act, is a failure that says why', () => {
      const { theatre } = play('us-east-2a', {
        ...estate,
        tiers: { 'life-critical': { ...tier, automation: { ...tier.automation, zone: 'manual' } } },
      });
      expect(theatre.of('DrillClosed')).toMatchObject([
        {
          verdict: 'failed',
          because:
            'Resus withheld a run for ZoneLost of us-east-2a (incident-1) while users were not served: Nothing is done: tier life-critical says manual for a lost zone.',
        },
      ]);
    });

    test('that one vantage alone sees, which is no diagnosis, is a failure that says so', () => {
      const stage = new WorkingStage();
      const theatre = new Theatre(estate, stage.play);
      [stage.theatre, theatre.writerZone] = [theatre, 'us-east-2a'];
      theatre.pass(5_000);
      theatre.give(ask, person('ann'));
      theatre.until('FaultIntended');
      for (const vantage of ['east', 'campus']) theatre.silent.add(vantage);
      theatre.until('DrillClosed');
      expect(theatre.of('DrillClosed')).toMatchObject([
        { verdict: 'failed', because: 'no incident was opened within 60000 ms of the bite' },
      ]);
    });
  });

  test('a switchover and the way home are both graded', async () => {
    const { theatre, stage } = open();
    theatre.give({ kind: 'requested', by: person('ann'), request: { kind: 'drill', gameday: 'switchover' } }, person('ann'));
    const from = theatre.now;
    theatre.until('DrillClosed');
    expect(theatre.of('DrillClosed')[0]).toMatchObject({ verdict: 'passed', runs: ['ehr-1', 'ehr-2'] });
    expect(stage.executed).toEqual(['ehr-1/promote', 'ehr-1/route', 'ehr-2/promote', 'ehr-2/route']);
    expect(theatre.known.workloads.get('ehr' as never)?.primary).toBe('east');
    await expect(theatre.transcript(from)).toMatchFileSnapshot(golden('game-day-switchover'));
  });

  test('what people choose by hand is practised as they would run it, and a name that is gone is no run', () => {
    const byHand = (runbook: string): Estate => {
      const { ehr } = estate.workloads;
      const { switchover } = estate.gamedays;
      if (ehr === undefined || switchover === undefined) throw new Error('the estate has no such');
      return {
        ...estate,
        workloads: { ehr: { ...ehr, runbooks: { ...ehr.runbooks, byHand: { leave: 'region-failover' } } } },
        gamedays: {
          leave: {
            ...switchover,
            id: 'leave',
            failback: false,
            expect: ['run.outcome == "succeeded"'],
            practises: { kind: 'by-hand', runbook },
          },
        },
      };
    };
    const played = (runbook: string): Theatre => {
      const stage = new WorkingStage();
      const theatre = new Theatre(byHand(runbook), stage.play);
      stage.theatre = theatre;
      theatre.pass(5_000);
      theatre.give({ kind: 'requested', by: person('ann'), request: { kind: 'drill', gameday: 'leave' } }, person('ann'));
      theatre.until('DrillClosed');
      return theatre;
    };
    const done = played('leave');
    expect(done.of('DrillClosed'), done.transcript(0)).toMatchObject([{ verdict: 'passed', runs: ['ehr-1'] }]);
    expect(done.of('PlanCompiled')).toMatchObject([{ plan: { byHand: 'leave', mode: 'failover', runbook: 'region-failover' } }]);
    expect(done.of('RunOpened')).toMatchObject([{ approvalsNeeded: 0, drill: 'leave-1' }]);
    expect(played('gone').of('DrillClosed')).toMatchObject([
      { verdict: 'failed', because: 'RUNBOOK_NOT_NAMED: ehr names no runbook gone for people to choose.' },
    ]);
  });

  test('a switchover that never left home is not brought home: that would take it away', () => {
    const { theatre, stage } = open();
    const from = theatre.now;
    stage.refuse.set('ehr-1/promote', { code: 'AccessDenied', retriable: false });
    theatre.give({ kind: 'requested', by: person('ann'), request: { kind: 'drill', gameday: 'switchover' } }, person('ann'));
    theatre.until('DrillClosed');
    expect(theatre.of('DrillClosed'), theatre.transcript(from)).toMatchObject([
      {
        verdict: 'failed',
        runs: ['ehr-1'],
        because: expect.stringMatching(/^ehr-1 failed: step promote: REFUSED: AccessDenied/) as string,
      },
    ]);
    expect(stage.executed).toEqual([]);
    expect(theatre.known.workloads.get('ehr' as never)?.primary).toBe('east');
  });
});
