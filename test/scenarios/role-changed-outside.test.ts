// Somebody else moves the writer: an operator by hand, the provider by itself, a promotion that Resus had given up. It is adopted as it
// is seen, told with who saw it, and never undone. What only one says, or what is only passing, changes nothing.
import { describe, expect, test } from 'vitest';
import { rolesSeen } from '../../src/core/detection/roles.ts';
import { viewOf } from '../../src/core/kernel.ts';
import type { Instant, VantageId, WorkloadId } from '../../src/core/values.ts';
import { readings } from '../../src/core/views/metrics.ts';
import { why } from '../../src/core/views/why.ts';
import { estate } from '../core/estate.ts';
import { person, type Theatre } from '../core/theatre.ts';
import { open, WorkingStage } from './stage.ts';

const id = 'ehr' as WorkloadId;
const viewIn = (theatre: Theatre) => viewOf(theatre.facts, theatre.known, theatre.engine.seen, theatre.now as Instant);
const roleOf = (theatre: Theatre): string | undefined => theatre.known.workloads.get(id)?.primary;
/** What a vantage says beside what the theatre lets it see; a millisecond later each time, so that it is the newest. */
function says(theatre: Theatre, vantage: string, replica: string, role: string | undefined, at = theatre.now + 1): void {
  theatre.give({
    kind: 'probed',
    target: `ehr/${replica}/db`,
    vantage: vantage as VantageId,
    ok: role !== undefined,
    at: at as Instant,
    detail: role ?? 'no answer',
    ...(role === undefined ? {} : { measured: { role } }),
  });
}
/** Lets time pass in which nobody reports but those named here, each half second. */
function told(
  theatre: Theatre,
  ms: number,
  claims: readonly (readonly [vantage: string, replica: string, role: string | undefined])[],
): void {
  for (const vantage of ['east', 'west', 'campus']) theatre.silent.add(vantage);
  for (let n = 0; n < ms / 500; n += 1) {
    theatre.pass(500);
    for (const [vantage, replica, role] of claims) says(theatre, vantage, replica, role);
  }
}

/** A switchover that people asked for and approved. */
function switchover(theatre: Theatre): void {
  const run = { kind: 'run', workload: id, mode: 'switchover', reason: 'patches' } as const;
  theatre.give({ kind: 'requested', by: person('ann'), request: run }, person('ann'));
  const opened = theatre.of('RunOpened')[0];
  if (opened === undefined) throw new Error('no run was opened');
  const approve = { kind: 'approve', run: opened.run, plan: opened.plan } as const;
  theatre.give({ kind: 'requested', by: person('bob'), request: approve }, person('bob'));
}

describe('by hand, and well', () => {
  test('is adopted with who saw it, and users are measured as ever', async () => {
    const { theatre } = open();
    const from = theatre.now;
    theatre.canaries = 'bad';
    theatre.pass(2_000);
    theatre.primary = 'west';
    theatre.pass(500);
    theatre.canaries = 'good';
    theatre.pass(10_000);
    expect(theatre.of('RoleChanged')).toMatchObject([{ workload: 'ehr', primary: 'west' }]);
    expect(theatre.of('RunOpened')).toEqual([]);
    expect(theatre.engine.forgotten(theatre.now as Instant)).toEqual([]);
    await expect(theatre.transcript(from)).toMatchFileSnapshot('./role-changed-outside.golden.txt');
  });

  test('while the region is lost treats that incident: no second failover, and the way back is open after it', () => {
    const { theatre } = open(undefined, {
      ...estate,
      tiers: {
        'life-critical': { ...estate.tiers['life-critical']!, automation: { replica: 'manual', zone: 'manual', region: 'manual' } },
      },
    });
    theatre.dark.add('us-east-2');
    theatre.until('IncidentOpened');
    theatre.primary = 'west';
    theatre.canaries = 'good';
    theatre.until('RoleChanged');
    theatre.pass(120_000);
    expect(theatre.known.incidents.get('incident-1' as never)?.treated).toEqual(new Set(['ehr']));
    expect(theatre.of('RunOpened')).toEqual([]);
  });

  test('and undone there while it is still lost: the incident is not treated any more', () => {
    const manual = { replica: 'manual', zone: 'manual', region: 'manual' } as const;
    const { theatre } = open(undefined, {
      ...estate,
      tiers: { 'life-critical': { ...estate.tiers['life-critical']!, automation: manual } },
    });
    theatre.dark.add('us-east-2');
    theatre.until('IncidentOpened');
    theatre.primary = 'west';
    theatre.until('RoleChanged');
    expect(theatre.known.incidents.get('incident-1' as never)?.treated).toEqual(new Set(['ehr']));
    theatre.primary = 'east';
    theatre.pass(10_000);
    expect(roleOf(theatre)).toBe('east');
    expect(theatre.known.incidents.get('incident-1' as never)?.treated).toEqual(new Set());
  });

  test('is known after a restart, and found by a controller that comes later', () => {
    const { theatre } = open();
    theatre.primary = 'west';
    theatre.pass(1_000);
    theatre.restart();
    theatre.pass(5_000);
    expect(roleOf(theatre)).toBe('west');
    theatre.restart();
    expect(roleOf(theatre)).toBe('west');
    theatre.pass(20_000);
    expect(theatre.of('RoleChanged')).toHaveLength(1);
  });

  test('and back again is adopted again', () => {
    const { theatre } = open();
    theatre.primary = 'west';
    theatre.pass(5_000);
    theatre.primary = 'east';
    theatre.pass(5_000);
    expect(theatre.of('RoleChanged').map(({ primary }) => primary)).toEqual(['west', 'east']);
  });
});

describe('with a run open', () => {
  test('a plan that moves from a replica that writes no more is superseded, and sends nothing', () => {
    const approve = { replica: 'approve', zone: 'approve', region: 'approve' } as const;
    const { theatre, stage } = open(undefined, {
      ...estate,
      tiers: { 'life-critical': { ...estate.tiers['life-critical']!, automation: approve } },
    });
    theatre.dark.add('us-east-2');
    theatre.until('RunOpened');
    theatre.primary = 'west';
    theatre.until('RunClosed');
    expect(theatre.of('RunClosed')).toMatchObject([
      { outcome: 'superseded', because: 'west is the writer now, and the plan moves it from east; nothing was sent' },
    ]);
    theatre.pass(60_000);
    expect(stage.executed).toEqual([]);
    expect(theatre.of('RunOpened')).toHaveLength(1);
  });

  test('a promotion that was given up and takes effect late is adopted, with the step that gave it up', () => {
    const stage = new WorkingStage({ busyMs: 3_600_000, isSeen: 'at the end' });
    const { theatre } = open(stage);
    theatre.dark.add('us-east-2');
    theatre.until('StepFailed');
    expect(roleOf(theatre)).toBe('east');
    theatre.primary = 'west';
    theatre.until('RoleChanged');
    expect(theatre.of('RoleChanged')).toMatchObject([
      { primary: 'west', because: expect.stringMatching(/run ehr-1 had given up its step promote$/) },
    ]);
    theatre.give(
      { kind: 'requested', by: person('ann'), request: { kind: 'cancel', run: 'ehr-1' as never, reason: 'it is there' } },
      person('ann'),
    );
    theatre.until('RunClosed');
    expect(theatre.of('RunClosed')[0]?.because).not.toContain('no replica may be writing');
  });

  test('what is seen while a switchover of our own is between its fence and its answer changes nothing', () => {
    const { theatre } = open(new WorkingStage({ busyMs: 15_000 }));
    switchover(theatre);
    theatre.until('StepStarted');
    theatre.primary = 'west';
    theatre.until('RunClosed');
    theatre.pass(20_000);
    expect(theatre.of('RoleChanged')).toMatchObject([{ run: 'ehr-1', primary: 'west' }]);
  });

  test('what was seen before a promotion of our own was told does not undo it', () => {
    const { theatre } = open(new WorkingStage({ busyMs: 3_000 }));
    switchover(theatre);
    theatre.until('RoleChanged');
    theatre.pass(20_000);
    expect(theatre.of('RoleChanged')).toHaveLength(1);
  });
});

describe('a role that a run told, and others moved and lost before it was seen', () => {
  test.each([
    ['long after the run, and the writer is moved out of the loss', 125_000, ['west', 'east', 'west']],
    ['a moment after it: what was promoted may be slow to call itself the primary', 10_000, ['west']],
  ] as const)('%s', (_, afterMs, primaries) => {
    const { theatre } = open();
    switchover(theatre);
    theatre.until('RoleChanged');
    theatre.pass(afterMs);
    // East takes over and is lost at once: nobody has seen it as the writer, and west is a standby.
    theatre.primary = 'east';
    theatre.dark.add('us-east-2');
    theatre.pass(8_000);
    expect(theatre.of('RoleChanged').map(({ primary }) => primary)).toEqual(primaries);
  });
});

type Claim = readonly [vantage: string, replica: string, role: string | undefined];
const standbyEast: readonly Claim[] = [
  ['east', 'east', 'standby'],
  ['campus', 'east', 'standby'],
];
describe('what is seen, and what is made of it', () => {
  test.each<{ name: string; claims: readonly Claim[]; kind: string }>([
    {
      name: 'a majority sees the other',
      claims: [...standbyEast, ['west', 'west', 'primary'], ['campus', 'west', 'primary']],
      kind: 'changed',
    },
    {
      name: 'a majority sees the other, and the old one does not answer',
      claims: [
        ['campus', 'east', undefined],
        ['west', 'west', 'primary'],
        ['campus', 'west', 'primary'],
      ],
      kind: 'changed',
    },
    {
      name: 'the old one is a standby, and the other does not answer any more',
      claims: [...standbyEast, ['west', 'west', undefined]],
      kind: 'changed',
    },
    { name: 'both are standbys', claims: [...standbyEast, ['west', 'west', 'standby']], kind: 'unsure' },
    { name: 'the old one is a standby for one alone', claims: [['campus', 'east', 'standby']], kind: 'unsure' },
    { name: 'one vantage alone says so', claims: [['west', 'west', 'primary']], kind: 'unsure' },
    {
      name: 'one of them sees the old one write',
      claims: [
        ['east', 'east', 'primary'],
        ['west', 'west', undefined],
      ],
      kind: 'as-known',
    },
    {
      name: 'one of them sees a standby there',
      claims: [
        ['east', 'west', 'standby'],
        ['west', 'west', 'primary'],
        ['campus', 'west', 'primary'],
      ],
      kind: 'unsure',
    },
    {
      name: 'two writers at once',
      claims: [
        ['east', 'east', 'primary'],
        ['west', 'west', 'primary'],
        ['campus', 'west', 'primary'],
      ],
      kind: 'split',
    },
    {
      name: 'something that is no role',
      claims: [
        ['west', 'west', 'writer'],
        ['campus', 'west', 'PRIMARY'],
      ],
      kind: 'as-known',
    },
  ])('$name: $kind', ({ claims, kind }) => {
    const { theatre } = open();
    told(theatre, 4_000, claims);
    const isAdopted = kind === 'changed';
    expect(theatre.of('RoleChanged').map(({ primary }) => primary)).toEqual(isAdopted ? ['west'] : []);
    if (!isAdopted) expect(rolesSeen(viewIn(theatre), id).kind).toBe(kind);
  });

  test('a vantage that lies adopts nothing, however long', () => {
    const { theatre } = open();
    for (let n = 0; n < 100; n += 1) {
      theatre.pass(500);
      says(theatre, 'campus', 'west', 'primary');
      says(theatre, 'campus', 'east', 'standby');
    }
    expect(roleOf(theatre)).toBe('east');
  });

  test('nor does what was seen, and is seen no more', () => {
    const { theatre } = open();
    told(theatre, 1_000, [...standbyEast, ['west', 'west', 'primary'], ['campus', 'west', 'primary']]);
    theatre.pass(60_000);
    expect(roleOf(theatre)).toBe('east');
    says(theatre, 'west', 'west', 'primary');
    says(theatre, 'campus', 'west', 'primary');
    theatre.pass(500);
    expect(rolesSeen(viewIn(theatre), id).kind, 'two looks a minute apart are no row').toBe('unsure');
    expect(roleOf(theatre)).toBe('east');
  });
});

test('a split brain is said and counted, and nothing is done', () => {
  const { theatre } = open();
  told(theatre, 4_000, [
    ['east', 'east', 'primary'],
    ['west', 'west', 'primary'],
  ]);
  const view = viewIn(theatre);
  expect(why(view, id)?.sentence).toMatch(/^Split brain: east by east and west by west are seen as the primary at once; nothing is done/);
  const split = (): number | undefined => readings(viewIn(theatre)).find(({ metric }) => metric.name === 'resus_split_brain')?.value;
  expect(split()).toBe(1);
  expect(theatre.of('RoleChanged')).toEqual([]);
  theatre.silent.clear();
  theatre.pass(5_000);
  expect(split()).toBe(0);
});
