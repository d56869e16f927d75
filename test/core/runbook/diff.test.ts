// Two plans side by side, and the order in which one is gone through.
import { describe, expect, test } from 'vitest';
import { diffPlans, type Change } from '../../../src/core/runbook/diff.ts';
import { wavesOf } from '../../../src/core/runbook/order.ts';
import type { Plan } from '../../../src/core/runbook/plan.ts';

const step = (id: string, more: object = {}): Plan['steps'][number] =>
  ({ id, uses: 'a.b', with: { region: 'west' }, needs: [], ...more }) as never;
const plan = (steps: readonly Plan['steps'][number][], more: object = {}): Plan =>
  ({ workload: 'ehr', mode: 'failover', runbook: 'r', from: 'east', to: 'west', steps, ...more }) as never;
const before = plan([step('promote'), step('route')]);

describe('what differs', () => {
  test.each<[string, Plan, readonly Change[]]>([
    ['nothing', plan([step('promote'), step('route')]), []],
    [
      'a leaf',
      plan([step('promote', { with: { region: 'east' } }), step('route')]),
      [{ path: 'steps.promote.with.region', before: 'west', after: 'east' }],
    ],
    ['where to', plan([step('promote'), step('route')], { to: 'south' }), [{ path: 'to', before: 'west', after: 'south' }]],
    ['a step more, whole', plan([step('promote'), step('route'), step('tell')]), [{ path: 'steps.tell', after: step('tell') as never }]],
    ['a step less', plan([step('promote')]), [{ path: 'steps.route', before: step('route') as never }]],
    [
      'the order alone',
      plan([step('route'), step('promote')]),
      [{ path: 'order of steps', before: ['promote', 'route'], after: ['route', 'promote'] }],
    ],
    [
      'a variant that was added',
      plan([step('promote', { ungraceful: { kind: 'skip' } }), step('route')]),
      [{ path: 'steps.promote.ungraceful', after: { kind: 'skip' } }],
    ],
    [
      'a key of every object is no key of this one',
      plan([step('promote', { with: { region: 'west', toString: 'x' } }), step('route')]),
      [{ path: 'steps.promote.with.toString', after: 'x' }],
    ],
  ])('%s', (_what, after, expected) => {
    expect(diffPlans(before, after)).toEqual(expected);
    expect(diffPlans(after, before)).toHaveLength(expected.length);
  });
});

describe('the order of steps', () => {
  const needs = (id: string, ...ids: readonly string[]) => ({ id, needs: ids }) as never;
  test.each<[string, readonly never[], readonly (readonly string[])[]]>([
    ['none', [], []],
    ['as declared where nothing is needed', [needs('b'), needs('a')], [['b', 'a']]],
    ['after what it needs, wherever that stands', [needs('c', 'b'), needs('b', 'a'), needs('a')], [['a'], ['b'], ['c']]],
    ['beside one another', [needs('a'), needs('b', 'a'), needs('c', 'a'), needs('d', 'b', 'c')], [['a'], ['b', 'c'], ['d']]],
    ['what nobody declares holds up nothing', [needs('a', 'nobody')], [['a']]],
    ['a circle comes last and whole', [needs('a', 'b'), needs('b', 'a'), needs('c')], [['c'], ['a', 'b']]],
  ])('%s', (_what, steps, waves) =>
    expect(wavesOf(steps as readonly { id: never; needs: readonly never[] }[]).map((wave) => wave.map(({ id }) => id))).toEqual(waves),
  );
});
