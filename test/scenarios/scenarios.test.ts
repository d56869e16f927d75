// One failure story a file, named after its diagnosis or its lesson: what was journalled, in the order of time. A reviewer
// reads the difference; only accept it if you understand what caused it.
import { describe, expect, test } from 'vitest';
import { estate, tier } from '../core/estate.ts';
import { person, type Theatre } from '../core/theatre.ts';
import { open, WorkingStage } from './stage.ts';

const golden = (name: string): string => `./${name}.golden.txt`;

describe('a region falls silent', () => {
  test("the standby takes over, once, and the users' path is measured", async () => {
    const { theatre, stage } = open();
    theatre.dark.add('us-east-2');
    const from = theatre.now;
    theatre.until('RunClosed');
    expect(stage.executed).toEqual(['ehr-1/promote', 'ehr-1/route']);
    expect(theatre.of('RunClosed')[0]).toMatchObject({ outcome: 'succeeded', fencing: 'provider-asserted' });
    const measured = theatre.of('RunMeasured')[0]?.measurement;
    expect(Object.values(measured?.phasesMs ?? {}).reduce((sum, ms) => sum + ms, 0)).toBe(measured?.rtaMs);
    await expect(theatre.transcript(from)).toMatchFileSnapshot(golden('region-lost'));
  });

  test('a symptom that stays after its run does not open another', () => {
    const { theatre } = open();
    theatre.dark.add('us-east-2');
    theatre.until('RunClosed');
    theatre.pass(300_000);
    expect(theatre.of('RunOpened')).toHaveLength(1);
  });

  test('a lost reply is looked after, not sent again', async () => {
    const { theatre, stage } = open();
    stage.loseReply.add('ehr-1/promote');
    theatre.dark.add('us-east-2');
    const from = theatre.now;
    theatre.until('RunClosed');
    expect(stage.executed.filter((goal) => goal === 'ehr-1/promote')).toHaveLength(1);
    await expect(theatre.transcript(from)).toMatchFileSnapshot(golden('lost-reply'));
  });

  test.each([0, 100, 500, 900, 1_400, 2_000, 3_500])('a controller killed %d ms after the first call goes on and repeats nothing', (ms) => {
    const { theatre, stage } = open();
    theatre.dark.add('us-east-2');
    theatre.until('StepStarted');
    theatre.pass(ms);
    theatre.restart();
    theatre.until('RunClosed');
    expect(stage.executed).toEqual(['ehr-1/promote', 'ehr-1/route']);
    expect(theatre.of('RunClosed')[0]?.outcome).toBe('succeeded');
  });

  test('a call that died with its controller is sent again in time for the users', () => {
    const { theatre, stage } = open();
    stage.hold.add('ehr-1/promote');
    theatre.dark.add('us-east-2');
    theatre.until('StepStarted');
    theatre.restart();
    theatre.until('RunClosed');
    expect(stage.executed).toEqual(['ehr-1/promote', 'ehr-1/route']);
    expect(theatre.of('RunClosed')[0]?.outcome).toBe('succeeded');
    expect(theatre.of('RunMeasured')[0]?.measurement.rtaMs).toBeLessThan(25_000);
  });

  test('a call that the provider took is not sent again before the time of its step is over, however long nothing is seen', () => {
    const { theatre, stage } = open(new WorkingStage({ busyMs: 25_000, isSeen: 'at the end' }));
    theatre.dark.add('us-east-2');
    theatre.until('RunClosed');
    expect(stage.executed).toEqual(['ehr-1/promote', 'ehr-1/route']);
  });

  test.each([
    ['storage-fenced', "The old writer's storage refuses writes."],
    ['confirmed', 'Nobody can reach the old writer.'],
  ] as const)('what the provider is seen to say turns its word into a proof: %s', (fencing, said) => {
    const { theatre } = open(new WorkingStage({ busyMs: 500, fencing }));
    theatre.dark.add('us-east-2');
    theatre.until('RunClosed');
    expect(theatre.of('FenceStated').map((each) => each.fence)).toEqual(['provider-asserted', fencing]);
    expect(theatre.of('FenceStated')[1]?.sentence).toContain(said);
    expect(theatre.of('RunClosed')[0]?.fencing).toBe(fencing);
  });
});

describe('nothing is done', () => {
  test.each<[string, (theatre: Theatre) => void]>([
    [
      'while one vantage alone sees it',
      (theatre) => {
        theatre.silent.add('campus');
        theatre.dark.add('us-east-2');
      },
    ],
    [
      'while canaries are still answered',
      (theatre) => {
        theatre.canaries = 'good';
        theatre.dark.add('us-east-2');
      },
    ],
    [
      'when the standby fails alike',
      (theatre) => {
        theatre.dark.add('us-east-2');
        theatre.dark.add('us-west-2');
      },
    ],
    [
      'when only one web server is gone',
      (theatre) => {
        theatre.dark.add('ehr/east/web-a');
      },
    ],
    [
      "when the standby's region is the one that is lost",
      (theatre) => {
        theatre.dark.add('us-west-2');
      },
    ],
  ])('%s', (_, happens) => {
    const { theatre, stage } = open();
    happens(theatre);
    theatre.pass(30_000);
    expect(stage.executed).toEqual([]);
    expect(theatre.of('RunOpened')).toEqual([]);
  });

  test('a tier that wants people gets people: one who did not ask, for this plan', async () => {
    const { theatre, stage } = open(new WorkingStage(), {
      ...estate,
      tiers: { 'life-critical': { ...tier, automation: { ...tier.automation, region: 'approve' } } },
    });
    theatre.dark.add('us-east-2');
    const from = theatre.now;
    theatre.until('RunOpened');
    theatre.pass(10_000);
    expect(stage.executed).toEqual([]);
    const run = theatre.of('RunOpened')[0];
    const approve = (plan: string, by: string) =>
      theatre.give({ kind: 'requested', by: person(by), request: { kind: 'approve', run: run!.run, plan: plan as never } }, person(by));
    expect(approve('0'.repeat(64), 'ann')).toMatchObject({ ok: false, error: { code: 'PLAN_CHANGED' } });
    expect(approve(run!.plan, 'ann')).toMatchObject({ ok: true });
    theatre.until('RunClosed');
    expect(stage.executed).toEqual(['ehr-1/promote', 'ehr-1/route']);
    await expect(theatre.transcript(from)).toMatchFileSnapshot(golden('approved'));
  });
});

describe('the smallest site that explains it', () => {
  test.each<[string, string[], string, string]>([
    ['a zone', ['us-east-2a', 'ehr/east/db'], 'ZoneLost', 'us-east-2a'],
    ['a region', ['us-east-2'], 'RegionLost', 'us-east-2'],
    ['a database', ['ehr/east/db'], 'ReplicaDown', 'us-east-2'],
  ])('%s', (_, dark, diagnosis, site) => {
    const { theatre } = open();
    theatre.canaries = 'bad';
    for (const each of dark) theatre.dark.add(each);
    theatre.pass(8_000);
    expect(theatre.of('IncidentOpened').map((each) => [each.diagnosis, each.site])).toEqual([[diagnosis, site]]);
  });
});

test('a region whose probes fail one after the other is not taken for a zone', () => {
  const { theatre } = open();
  theatre.canaries = 'bad';
  for (const [at, dark] of [
    [0, 'us-east-2a'],
    [600, 'us-east-2b'],
    [1_200, 'ehr/east/db'],
  ] as const) {
    theatre.pass(at);
    theatre.dark.add(dark);
  }
  theatre.pass(8_000);
  expect(theatre.of('IncidentOpened').map((each) => each.diagnosis)).toEqual(['RegionLost']);
});

test('after every story a full scan finds nothing that was forgotten', () => {
  const { theatre } = open();
  theatre.dark.add('us-east-2');
  const turns: string[] = [];
  for (let step = 0; step < 400; step += 1) {
    theatre.pass(50);
    for (const event of theatre.engine.forgotten(theatre.now as never)) turns.push(`${step}: ${event.type}`);
  }
  expect(turns).toEqual([]);
});
