// The forecast of a plan: what is on the critical path, what users feel of it, and how slow cases of independent parts add up.
import { describe, expect, test } from 'vitest';
import type { Tier } from '../../../src/core/estate.ts';
import { asksBefore, forecast, together, type Ahead, type Estimate } from '../../../src/core/objective/forecast.ts';
import type { Plan, PlannedStep } from '../../../src/core/runbook/plan.ts';
import { tier } from '../estate.ts';

const estimate = (p50: number, p95 = p50): Estimate => ({ p50, p95, n: 0, source: 'declared', because: 'it says so' });
const step = (
  id: string,
  expectMs: number,
  needs: readonly string[] = [],
  effect: PlannedStep['effect'] = 'nothing',
  uses = 'test.it',
): PlannedStep => ({
  id: id as PlannedStep['id'],
  uses,
  with: {},
  needs: needs as PlannedStep['needs'],
  timeoutMs: 1_000,
  retries: 0,
  expectMs,
  settleMs: 0,
  effect,
  mayLoseData: false,
  sentence: 'Do it.',
});
const planOf = (mode: Plan['mode'], steps: readonly PlannedStep[], to = 'west'): Plan => ({
  workload: 'ehr' as Plan['workload'],
  mode,
  runbook: 'r',
  from: 'east',
  to,
  steps,
});
const ahead = (plan: Plan, more: Partial<Ahead> = {}): Ahead => ({
  plan,
  tier,
  workload: {},
  estimateOf: ({ expectMs }) => estimate(expectMs),
  approvals: undefined,
  ttl: estimate(30_000),
  caches: estimate(5_000),
  ...more,
});
const names = (given: Ahead): readonly string[] => forecast(given).criticalPath.map(({ name }) => name);

describe('the critical path', () => {
  const promote = step('promote', 60_000, [], 'fences-and-promotes');
  const route = step('route', 30_000, ['promote'], 'routes');
  test.each<[string, Ahead, readonly string[]]>([
    [
      'of a failover',
      ahead(planOf('failover', [promote, route])),
      ['detection', 'promote', 'route', 'DNS TTL', 'client caches', 'validation'],
    ],
    [
      'whatever the order of the list',
      ahead(planOf('failover', [route, promote])),
      ['detection', 'promote', 'route', 'DNS TTL', 'client caches', 'validation'],
    ],
    [
      'without a step that routes: no TTL and no client caches',
      ahead(planOf('failover', [promote])),
      ['detection', 'promote', 'validation'],
    ],
    ['with people', ahead(planOf('failover', [promote]), { approvals: estimate(9) }), ['detection', 'approvals', 'promote', 'validation']],
    ['of a planned move: nothing is detected', ahead(planOf('switchover', [promote])), ['promote', 'validation']],
    [
      'inside a replica: what heals by itself has its grace',
      ahead(planOf('failover', [promote], 'east'), { workload: { localHa: { by: 'Aurora', graceMs: 9_000 } } }),
      ['detection', 'inner healing', 'promote', 'validation'],
    ],
    [
      'the longer of two ways',
      ahead(planOf('failover', [step('a', 10), step('short', 10, ['a']), step('long', 500, ['a']), step('end', 10, ['short', 'long'])])),
      ['detection', 'a', 'long', 'end', 'validation'],
    ],
  ])('%s', (_what, given, expected) => expect(names(given)).toEqual(expected));
  test('starts each step when what it needs has usually ended, on the path or not', () => {
    const plan = planOf('switchover', [
      step('a', 10),
      step('short', 10, ['a']),
      step('long', 500, ['a']),
      step('end', 10, ['short', 'long']),
    ]);
    expect(forecast(ahead(plan)).startsAtMs).toEqual({ a: 0, short: 10, long: 10, end: 510 });
  });
  test('says of what users keep that it is nothing', () => {
    const plan = planOf('switchover', [promote, route]);
    const none = estimate(0);
    expect(names(ahead(plan, { ttl: none, caches: none }))).toEqual(['promote', 'route', 'DNS TTL', 'client caches', 'validation']);
  });
  test('adds to the outage what clients keep', () => {
    const plan = planOf('switchover', [promote, route]);
    expect(forecast(ahead(plan)).rtoMs.p50 - forecast(ahead(plan, { caches: estimate(0) })).rtoMs.p50).toBe(5_000);
  });
  test('counts of a planned move only what users feel: from the first step that touches the writer', () => {
    const plan = planOf('switchover', [step('check', 5_000), step('promote', 10_000, ['check'], 'fences-and-promotes')]);
    const { rtoMs, wholeMs, criticalPath } = forecast(ahead(plan, { approvals: estimate(120_000) }));
    expect(criticalPath.filter(({ isOutage }) => !isOutage).map(({ name }) => name)).toEqual(['approvals', 'check']);
    expect([rtoMs.p50, wholeMs.p50]).toEqual([10_000 + 100, 120_000 + 5_000 + 10_000 + 100]);
  });
  const moved = step('others', 3_600_000, [], 'nothing', 'move');
  const led = step('lead', 30_000, ['others'], 'routes');
  const looked = step('look', 900_000, ['lead'], 'nothing', 'human');
  const asked = step('ask', 60_000, [], 'nothing', 'human');
  test.each<[string, Ahead, readonly string[]]>([
    [
      'from the step that leads them elsewhere',
      ahead(planOf('switchover', [moved, led])),
      ['lead', 'DNS TTL', 'client caches', 'validation'],
    ],
    [
      'and not what people look at afterwards',
      ahead(planOf('failback', [moved, led, looked])),
      ['lead', 'DNS TTL', 'client caches', 'validation'],
    ],
    [
      'but what they do before, who may stop something',
      ahead(planOf('switchover', [asked, step('lead', 30_000, ['ask'], 'routes')])),
      ['ask', 'lead', 'DNS TTL', 'client caches', 'validation'],
    ],
    [
      'and all that they do where nothing else is done',
      ahead(planOf('switchover', [asked, step('look', 9, ['ask'], 'nothing', 'human')])),
      ['ask', 'look', 'validation'],
    ],
    ['and nothing of other workloads', ahead(planOf('switchover', [moved])), ['validation']],
    [
      'though of a failover everything counts',
      ahead(planOf('failover', [moved, led, looked])),
      ['detection', 'others', 'lead', 'look', 'DNS TTL', 'client caches', 'validation'],
    ],
  ])('counts of a planned move only what users feel: %s', (_what, given, expected) => {
    const { rtoMs, wholeMs, criticalPath } = forecast(given);
    const felt = criticalPath.filter(({ isOutage }) => isOutage);
    expect(felt.map(({ name }) => name)).toEqual(expected);
    expect(rtoMs.p50).toBe(felt.reduce((sum, { p50 }) => sum + p50, 0));
    expect(wholeMs.p50).toBe(criticalPath.reduce((sum, { p50 }) => sum + p50, 0));
  });
});

describe('slow cases', () => {
  test.each<[string, readonly [number, number][], number, number]>([
    ['of nothing', [], 0, 0],
    ['of one part are its own', [[10, 50]], 10, 50],
    [
      'of independent parts do not all come together',
      [
        [10, 40],
        [10, 50],
      ],
      20,
      70,
    ],
    [
      'of what never varies are none',
      [
        [10, 10],
        [5, 5],
      ],
      15,
      15,
    ],
  ])('%s', (_what, parts, p50, p95) => expect(together(parts.map(([a, b]) => ({ p50: a, p95: b })))).toEqual({ p50, p95 }));
});

describe('whether people are asked', () => {
  const with_ = (change: Partial<Tier>): Tier => ({ ...tier, ...change });
  test.each<[string, Plan['mode'], string, Tier, boolean]>([
    ['a failover that the machine may do', 'failover', 'west', tier, false],
    ['a failover that waits for people', 'failover', 'west', with_({ automation: { ...tier.automation, region: 'approve' } }), true],
    ['inside a replica the scope is the zone', 'failover', 'east', with_({ automation: { ...tier.automation, zone: 'manual' } }), true],
    ["a tier that does not take the provider's word", 'failover', 'west', with_({ fencing: { accepts: ['storage-fenced'] } }), true],
    ['targets that nobody has decided', 'failover', 'west', with_({ pending: ['rto'] }), true],
    ['a planned move', 'switchover', 'west', tier, true],
    ['a planned move in a tier that asks nobody', 'switchover', 'west', with_({ approvals: { people: 0, expireMs: 1 } }), false],
  ])('%s', (_what, mode, to, its, expected) => expect(asksBefore(planOf(mode, [], to), its)).toBe(expected));
});
