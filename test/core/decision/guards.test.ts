// Each guard once with the fact that makes it stop, wait or ask; the story without that fact is the negative control.
import { describe, expect, test } from 'vitest';
import { guards } from '../../../src/core/decision/guards.ts';
import type { Estate } from '../../../src/core/estate.ts';
import { estate, tier, workload } from '../estate.ts';
import { person, Theatre } from '../theatre.ts';
import { WorkingStage } from '../../scenarios/stage.ts';

function lost(declared: Estate = estate, before: (theatre: Theatre) => void = () => undefined): Theatre {
  const stage = new WorkingStage();
  const theatre = new Theatre(declared, stage.play);
  stage.theatre = theatre;
  theatre.pass(5_000);
  before(theatre);
  theatre.dark.add('us-east-2');
  theatre.pass(10_000);
  return theatre;
}
const withTier = (change: Partial<typeof tier>): Estate => ({ ...estate, tiers: { 'life-critical': { ...tier, ...change } } });
const withWorkload = (change: Partial<typeof workload>): Estate => ({ ...estate, workloads: { ehr: { ...workload, ...change } } });
const guardsOf = (theatre: Theatre): string[] => theatre.of('ActionWithheld').map((each) => each.guard);

test('with none of these facts the run opens by itself', () => {
  const theatre = lost();
  expect(theatre.of('RunOpened')[0]).toMatchObject({ approvalsNeeded: 0 });
  expect(theatre.of('RunOpened')[0]?.reasons.map((reason) => reason.split(':')[0])).toEqual(guards.map((guard) => guard.name));
});

describe('stops or waits, and says which guard', () => {
  test.each<[string, Estate | undefined, ((theatre: Theatre) => void) | undefined]>([
    ['automation', withTier({ automation: { ...tier.automation, region: 'manual' } }), undefined],
    ['runbook', withWorkload({ runbooks: { onDiagnosis: {} } }), undefined],
    ['residency', withWorkload({ residency: ['VN'] }), undefined],
    ['users-path', undefined, (theatre) => (theatre.canaries = 'good')],
    [
      'standby-fit',
      undefined,
      (theatre) => {
        theatre.dark.add('ehr/west/db');
        theatre.pass(5_000);
      },
    ],
    ['journal', undefined, (theatre) => void theatre.give({ kind: 'headroom', isSpent: true })],
  ])('%s', (guard, declared, before) => {
    const theatre = lost(declared, before);
    expect(theatre.of('RunOpened')).toEqual([]);
    expect(guardsOf(theatre)).toContain(guard);
    expect(theatre.of('ActionWithheld')[0]?.because).not.toBe('');
  });
  test.each(['failover', 'switchover', 'failback'] as const)('residency: people who ask for a %s are refused as well', (mode) => {
    const theatre = new Theatre(withWorkload({ residency: ['VN'] }), new WorkingStage().play);
    theatre.pass(5_000);
    const asked = theatre.give({
      kind: 'requested',
      by: person('ann'),
      request: { kind: 'run', workload: workload.id, mode, reason: 'x' },
    });
    expect(asked).toMatchObject({ ok: false, error: { code: 'OUTSIDE_RESIDENCY', message: expect.stringContaining('allowed: VN') } });
    expect(theatre.of('RunOpened')).toEqual([]);
  });
  test('cooldown: the next run waits until it is over', () => {
    const theatre = lost(withTier({ cooldownMs: 60_000 }), (each) => {
      each.give(
        { kind: 'requested', by: person('ann'), request: { kind: 'run', workload: workload.id, mode: 'switchover', reason: 'x' } },
        person('ann'),
      );
      const { run } = each.of('RunOpened')[0]!;
      const plan = each.known.runs.get(run)!.hash;
      // Sent, refused, and given up: the writer is where it was.
      const play = each.stage;
      each.stage = () => ({ afterMs: 50, answer: { kind: 'failed', code: 'AccessDenied', message: 'no', retriable: false } });
      each.give({ kind: 'requested', by: person('bob'), request: { kind: 'approve', run, plan } }, person('bob'));
      each.pass(2_000);
      each.give({ kind: 'requested', by: person('ann'), request: { kind: 'cancel', run, reason: 'no' } }, person('ann'));
      each.until('RunClosed');
      each.stage = play;
    });
    expect(guardsOf(theatre)).toContain('cooldown');
    expect(theatre.of('RunOpened')).toHaveLength(1);
    theatre.pass(60_000);
    expect(theatre.of('RunOpened')).toHaveLength(2);
  });
  test('a run that sent nothing starts no cooldown', () => {
    const theatre = lost(withTier({ cooldownMs: 3_600_000 }), (each) => {
      each.give(
        { kind: 'requested', by: person('ann'), request: { kind: 'run', workload: workload.id, mode: 'switchover', reason: 'x' } },
        person('ann'),
      );
      const { run } = each.of('RunOpened')[0]!;
      each.give({ kind: 'requested', by: person('ann'), request: { kind: 'cancel', run, reason: 'no' } }, person('ann'));
    });
    expect(theatre.of('RunOpened')).toHaveLength(2);
  });
  test('inner high availability has its grace for a zone, none for a region', () => {
    const declared = withWorkload({ localHa: { by: 'Aurora', graceMs: 20_000 } });
    expect(lost(declared).of('RunOpened')).toHaveLength(1);
    const stage = new WorkingStage();
    const theatre = new Theatre(declared, stage.play);
    theatre.pass(5_000);
    theatre.canaries = 'bad';
    for (const dark of ['us-east-2a', 'ehr/east/db']) theatre.dark.add(dark);
    theatre.pass(10_000);
    expect(guardsOf(theatre)).toContain('inner-ha');
    theatre.pass(20_000);
    expect(theatre.of('RunOpened')).toHaveLength(1);
  });
});

describe('asks people, and names what they accept', () => {
  test.each<[string, Estate]>([
    ['automation', withTier({ automation: { ...tier.automation, region: 'approve' } })],
    ['fencing', withTier({ fencing: { accepts: ['storage-fenced'] } })],
    [
      'vantages',
      {
        ...estate,
        sites: {
          ...estate.sites,
          campus: { ...estate.sites['campus']!, vantages: [] },
          'us-east-1': { ...estate.sites['us-east-1']!, vantages: [] },
          'us-west-2a': {
            ...estate.sites['us-west-2a']!,
            vantages: [{ ...estate.sites['campus']!.vantages[0]!, site: 'us-west-2a' as never }],
          },
        },
      },
    ],
    ['loss', withTier({ rpoMs: 1 })],
  ])('%s', (guard, declared) => {
    const theatre = lost(declared);
    const run = theatre.of('RunOpened')[0];
    expect(run?.approvalsNeeded).toBe(1);
    expect(run?.reasons.some((reason) => reason.startsWith(`${guard}:`))).toBe(true);
    expect(theatre.of('StepStarted')).toEqual([]);
  });
});

describe('in shadow', () => {
  const shadow = withTier({ automation: { ...tier.automation, region: 'shadow' } });
  test('what would have been done is said once, with its plan and reasons, and nothing is done', () => {
    const theatre = lost(shadow);
    theatre.restart();
    theatre.pass(30_000);
    expect(theatre.of('RunOpened')).toEqual([]);
    expect(guardsOf(theatre)).toEqual(['automation']);
    expect(theatre.of('WouldHaveActed')).toHaveLength(1);
    const opened = lost().of('RunOpened')[0];
    expect(theatre.of('WouldHaveActed')[0]).toMatchObject({
      incident: 'incident-1',
      workload: 'ehr',
      plan: opened?.plan,
      runbook: 'region-failover',
      from: 'east',
      to: 'west',
      asks: [],
      reasons: opened?.reasons.filter((reason) => !reason.startsWith('automation: ')),
    });
  });
  test('nothing is said while another guard would hold it back', () => {
    const theatre = lost(shadow, (each) => (each.canaries = 'good'));
    expect(theatre.of('WouldHaveActed')).toEqual([]);
    theatre.canaries = 'bad';
    theatre.pass(5_000);
    expect(theatre.of('WouldHaveActed')).toHaveLength(1);
  });
  test('what people would have been asked is said, too', () => {
    const theatre = lost({
      ...shadow,
      tiers: { 'life-critical': { ...tier, automation: { ...tier.automation, region: 'shadow' }, fencing: { accepts: [] } } },
    });
    expect(theatre.of('WouldHaveActed')[0]?.asks.map((each) => each.split(':')[0])).toEqual(['fencing']);
  });
});
