// The files change while a run is open: it is brought to its end under the declaration that it began with, and what was declared since
// waits for that, whole.
import { describe, expect, test } from 'vitest';
import type { Estate, Tier, Workload } from '../../src/core/estate.ts';
import type { Hash, RunId, SiteId } from '../../src/core/values.ts';
import { sentenceOfRun } from '../../src/core/views/run-why.ts';
import { viewOf } from '../../src/core/kernel.ts';
import type { Seen } from '../../src/core/detection/sight.ts';
import { estate as small, tier, workload } from '../core/estate.ts';
import { person, Theatre } from '../core/theatre.ts';
import { golden, lost, run, untilBegun, withTier, type Story } from './in-hand.ts';
import { open, WorkingStage } from './stage.ts';

const without = <T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));
const ehr = (estate: Estate, change: Partial<Workload>): Estate => ({
  ...estate,
  workloads: { ...estate.workloads, ehr: { ...workload, ...change } },
});
const changes: readonly (readonly [string, (estate: Estate) => Estate, string])[] = [
  ['the workload is dropped', (estate) => ({ ...estate, workloads: without(estate.workloads, 'ehr') }), 'ehr is no longer declared'],
  [
    'the replica that it moves to is dropped',
    (estate) => ehr(estate, { replicas: workload.replicas.slice(0, 1) }),
    'west of ehr is no longer declared',
  ],
  [
    'its users go another way',
    (estate) => ehr(estate, { usersPath: { ...workload.usersPath, populations: [] } }),
    'ehr is declared otherwise (usersPath)',
  ],
  [
    'its tier accepts more loss',
    (estate) => ({ ...estate, tiers: { 'life-critical': { ...(estate.tiers['life-critical'] ?? tier), rpoMs: 3_600_000 } } }),
    'the tier of ehr is declared otherwise (rpoMs)',
  ],
  [
    'the region that it moves to stands elsewhere',
    (estate) => ({
      ...estate,
      sites: { ...estate.sites, 'us-west-2': { ...small.sites['us-west-2'], residency: 'CA' } as Estate['sites'][string] },
    }),
    'us-west-2, where ehr has a part, is declared otherwise',
  ],
];
const automatic = { ...tier.automation };
const asking: Tier['automation'] = { ...tier.automation, region: 'approve' };
type Phase = { readonly automation: Tier['automation']; readonly reach: (story: Story) => void };
const phases: Readonly<Record<string, Phase>> = {
  'while it asks for approval': { automation: asking, reach: ({ theatre }) => theatre.pass(2_000) },
  'while it prepares': { automation: automatic, reach: ({ theatre }) => untilBegun(theatre, 'prepare') },
  'while it fences': { automation: automatic, reach: ({ theatre }) => untilBegun(theatre, 'fence') },
  'while it promotes': { automation: automatic, reach: ({ theatre }) => untilBegun(theatre, 'promote') },
  'while it waits for the users': { automation: automatic, reach: ({ theatre }) => theatre.until('RunExecuted') },
};
const approve = ({ theatre, ask }: Story): void => {
  const plan = theatre.of('RunOpened')[0]?.plan ?? ('' as Hash);
  if (theatre.of('RunStarted').length === 0) expect(ask('bob', { kind: 'approve', run, plan })).toBe('done');
};

describe.each(Object.keys(phases))('%s', (name) => {
  const phase = phases[name] as Phase;
  test.each(changes)('%s: the run goes on as it began, then the new estate is in force', (_, change, because) => {
    const declared = withTier({ automation: phase.automation });
    const played = (redeclare: (theatre: Theatre) => void): Story => {
      const story = lost(declared);
      phase.reach(story);
      redeclare(story.theatre);
      story.theatre.pass(2_000);
      approve(story);
      story.theatre.until('RunClosed');
      return story;
    };
    let id = '';
    const { theatre, stage, from } = played((each) => (id = each.declare(change(declared))));
    expect(theatre.of('EstateDeferred'), theatre.transcript(from)).toMatchObject([{ estate: id, run, because }]);
    expect(theatre.of('RunClosed')).toMatchObject([{ run, outcome: 'succeeded', because: 'executed and validated' }]);
    expect(theatre.of('RunMeasured')[0]?.measurement.rtaMs).toBe(played(() => undefined).theatre.of('RunMeasured')[0]?.measurement.rtaMs);
    expect(stage.executed).toEqual(['prepare', 'fence', 'promote', 'route', 'tell'].map((each) => `ehr-1/${each}`));
    const types = theatre.entries.map(({ event }) => event.type);
    expect(theatre.of('EstateDeclared').map(({ estate }) => estate)[1]).toBe(id);
    expect(types.lastIndexOf('EstateDeclared')).toBe(types.indexOf('RunClosed') + 1);
    expect(theatre.known.waitingEstate).toBeUndefined();
    expect(theatre.engine.forgotten(theatre.now as never)).toEqual([]);
  });
});

test('the story of a workload that is dropped between fence and promotion, by a controller that was started with the new files', async () => {
  const declared = withTier({});
  const { theatre, from } = lost(declared);
  untilBegun(theatre, 'fence');
  const dropped = { ...declared, workloads: {} };
  theatre.restart();
  theatre.declare(dropped);
  theatre.restart();
  theatre.declare(dropped);
  const view = viewOf(theatre.facts, theatre.known, theatre.engine.seen as Seen, theatre.now as never);
  const at = theatre.known.runs.get(run);
  expect(at && sentenceOfRun(view, at)).toContain('What was declared since waits for its end: ehr is no longer declared.');
  theatre.until('RunClosed');
  theatre.pass(5_000);
  expect(theatre.of('IncidentClosed').at(-1)?.because).toBe('nothing of it is declared any more');
  await expect(theatre.transcript(from, true).replaceAll(/^.*(VerdictChanged|StepObserving).*\n/gm, '')).toMatchFileSnapshot(
    golden('redeclared'),
  );
});

describe('an estate that waits', () => {
  test('gives its place to the next one, and is forgotten when the one in force is declared again', () => {
    const declared = withTier({});
    const { theatre } = lost(declared);
    untilBegun(theatre, 'fence');
    const first = theatre.declare({ ...declared, workloads: {} });
    const second = theatre.declare(ehr(declared, { owner: 'another-team' }));
    expect(theatre.of('EstateDeferred').map(({ estate }) => estate)).toEqual([first, second]);
    const own = theatre.declare(declared);
    expect(theatre.of('EstateDeclared').map(({ estate }) => estate)).toEqual([own, own]);
    expect(theatre.known.waitingEstate).toBeUndefined();
    theatre.until('RunClosed');
    expect(theatre.of('EstateDeclared')).toHaveLength(2);
  });

  test('is in force as soon as somebody cancels the run, before anything else is decided', () => {
    const declared = withTier({ automation: asking });
    const { theatre, ask } = lost(declared);
    const id = theatre.declare(ehr(declared, { runbooks: { ...workload.runbooks, onDiagnosis: {} } }));
    expect(theatre.known.estateHash).not.toBe(id);
    expect(ask('ann', { kind: 'cancel', run, reason: 'the files changed' })).toBe('done');
    expect(theatre.known.estateHash).toBe(id);
  });

  test('is the ground of the child when the plan gives way', () => {
    const stage = new WorkingStage();
    const theatre = new Theatre(
      { ...small, tiers: { 'life-critical': { ...tier, automation: { ...tier.automation, zone: 'approve' } } } },
      stage.play,
    );
    [stage.theatre, theatre.writerZone] = [theatre, 'us-east-2a'];
    theatre.pass(5_000);
    theatre.dark.add('us-east-2a');
    theatre.until('RunOpened');
    const replicas = workload.replicas.map((each) => ({ ...each, resources: { ...each.resources, cluster: `arn:new-${each.name}` } }));
    const id = theatre.declare(ehr(theatre.estate, { replicas }));
    theatre.dark.add('us-east-2');
    theatre.pass(20_000, () => theatre.of('RunOpened').length > 1);
    const types = theatre.entries.map(({ event }) => event.type).filter((type) => /^(Run|Estate)/.test(type));
    expect(types.slice(0, 6)).toEqual(['EstateDeclared', 'RunOpened', 'EstateDeferred', 'RunClosed', 'EstateDeclared', 'RunOpened']);
    expect(theatre.of('RunClosed')[0]?.outcome).toBe('superseded');
    expect(theatre.of('RunOpened')[1]).toMatchObject({ run: 'ehr-2', parent: 'ehr-1' });
    expect(theatre.of('PlanCompiled')[1]?.plan.steps[0]?.with).toMatchObject({ target: 'arn:new-west' });
    expect(theatre.known.estateHash).toBe(id);
  });

  test('waits for a game day, too', () => {
    const { theatre } = open();
    theatre.give({ kind: 'requested', by: person('ann'), request: { kind: 'drill', gameday: 'region-loss' } }, person('ann'));
    theatre.pass(500);
    const id = theatre.declare({ ...small, workloads: {} });
    expect(theatre.of('EstateDeferred')).toMatchObject([{ estate: id, because: 'ehr is no longer declared' }]);
    theatre.until('DrillClosed', 300_000);
    expect(theatre.of('DrillClosed')[0]?.verdict).toBe('passed');
    expect(theatre.known.estateHash).toBe(id);
  });
});

test.each<[string, (estate: Estate) => Estate]>([
  ['a runbook', (estate) => ({ ...estate, runbooks: without(estate.runbooks, 'region-failover') })],
  ['another workload', (estate) => ({ ...estate, workloads: { ...estate.workloads, lab: { ...workload, id: 'lab' as never } } })],
  ['a site where it has nothing', (estate) => ({ ...estate, sites: without(estate.sites, 'us-east-1') })],
  [
    'a vantage',
    (estate) => ({
      ...estate,
      sites: { ...estate.sites, campus: { ...small.sites['campus'], id: 'campus' as SiteId, vantages: [] } as Estate['sites'][string] },
    }),
  ],
])('%s that is declared or dropped is in force at once', (_, change) => {
  const declared = withTier({});
  const { theatre } = lost(declared);
  untilBegun(theatre, 'fence');
  const id = theatre.declare(change(declared));
  expect(theatre.known.estateHash).toBe(id);
  theatre.until('RunClosed');
  expect(theatre.of('RunClosed')[0]?.outcome).toBe('succeeded');
});

test('a workload that was not declared for a while goes on counting its runs, and is not forgiven its cooldown', () => {
  const stage = new WorkingStage();
  const theatre = new Theatre({ ...small, tiers: { 'life-critical': { ...tier, cooldownMs: 600_000 } } }, stage.play);
  stage.theatre = theatre;
  theatre.pass(5_000);
  const move = (): unknown => {
    const request = { kind: 'run' as const, workload: workload.id, mode: 'switchover' as const, reason: 'patching' };
    return theatre.give({ kind: 'requested', by: person('ann'), request }, person('ann'));
  };
  move();
  const plan = theatre.of('RunOpened')[0]?.plan ?? ('' as Hash);
  const request = { kind: 'approve' as const, run: 'ehr-1' as RunId, plan };
  theatre.give({ kind: 'requested', by: person('bob'), request }, person('bob'));
  theatre.until('RunClosed');
  const { primary, lastRunClosedAt } = theatre.known.workloads.get(workload.id) ?? {};
  expect(primary).toBe('west');
  theatre.declare({ ...theatre.estate, workloads: {} });
  theatre.pass(1_000);
  theatre.declare(theatre.estate);
  expect(theatre.known.workloads.get(workload.id)).toMatchObject({ primary, lastRunClosedAt, runs: 1 });
  move();
  expect(theatre.of('RunOpened').map((each) => each.run)).toEqual(['ehr-1', 'ehr-2']);
});
