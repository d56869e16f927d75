import { describe, expect, test } from 'vitest';
import { compile } from '../../../src/core/runbook/compile.ts';
import { expand } from '../../../src/core/runbook/expand.ts';
import type { Json, SiteId } from '../../../src/core/values.ts';
import { evaluate } from '../../../src/declare/expression.ts';
import { estate, workload } from '../estate.ts';
import { actions, digest } from '../theatre.ts';

const catalogue = { actions, evaluate };
const [east, west] = [workload.replicas[0]!, workload.replicas[1]!];
const move = { workload, mode: 'failover' as const, runbook: 'region-failover', from: east, to: west, leave: 'us-east-2' as SiteId };

describe('expand', () => {
  const scope = { to: { name: 'west', resources: { cluster: 'arn' } }, site: 'us-east-2' };
  test.each<[Json, Json]>([
    ['plain', 'plain'],
    ['${{ to.name }}', 'west'],
    ['a ${{ to.name }} b ${{ site }}', 'a west b us-east-2'],
    [{ list: ['${{ site }}', 1, true, null] }, { list: ['us-east-2', 1, true, null] }],
    ['${{ 1 + 2 }}', 3],
    ['${{ steps.promote.outputs.writer }}', '${{ steps.promote.outputs.writer }}'],
  ])('%j becomes %j', (before, after) => expect(expand(before, scope, evaluate, 'later')).toEqual({ ok: true, value: after }));
  test('what cannot be evaluated is said, with the expression', () => {
    expect(expand('${{ nobody.home }}', scope, evaluate, 'later')).toMatchObject({ ok: false, error: expect.stringContaining('nobody') });
  });
});

describe('compile', () => {
  test('leaves nothing to choose but what earlier steps give', () => {
    const plan = compile(estate, catalogue, move);
    expect(plan).toMatchObject({ ok: true, value: { from: 'east', to: 'west', leave: 'us-east-2' } });
    const text = JSON.stringify(plan);
    expect(text).toContain('arn:west');
    expect([...text.matchAll(/\$\{\{ ?(\w+)/g)].map((match) => match[1])).toEqual(['steps']);
  });
  test('the same inputs give the same hash, another target another', () => {
    const hash = (to: typeof west) => {
      const plan = compile(estate, catalogue, { ...move, to });
      return plan.ok ? digest(plan.value as unknown as Json) : undefined;
    };
    expect(hash(west)).toBe(hash(west));
    expect(hash(west)).not.toBe(hash(east));
  });
  test.each([
    [{ ...move, runbook: 'nothing' }, 'RUNBOOK_UNKNOWN'],
    [{ ...move, mode: 'switchover' as const }, 'RUNBOOK_MODE'],
    // Chosen by hand to where the writer is: a restore may end there, a promotion has nothing to promote.
    [{ ...move, to: move.from, byHand: 'leave' }, 'MOVES_NOWHERE'],
    [{ ...move, to: { ...west, resources: {} } }, 'EXPRESSION_FAILED'],
  ])('refuses with a code', (bad, code) => expect(compile(estate, catalogue, bad)).toMatchObject({ ok: false, error: { code } }));
});
