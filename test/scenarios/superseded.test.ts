// A plan that no longer fits gives way to the right one before anything of it touched the writer.
import { describe, expect, test } from 'vitest';
import type { Runbook, Tier } from '../../src/core/estate.ts';
import type { Hash, RunId } from '../../src/core/values.ts';
import { tier } from '../core/estate.ts';
import { person, Theatre } from '../core/theatre.ts';
import { fenced, codeOf, golden, run, step, withTier, type Story } from './in-hand.ts';
import { WorkingStage } from './stage.ts';

describe('a situation that changes before the writer is touched', () => {
  const zoneThenRegion = (automation: Tier['automation']): Story => {
    const stage = new WorkingStage();
    const declared = withTier({ automation });
    const prepared: Runbook = {
      ...fenced,
      id: 'zone-failover',
      steps: [step('wait', 'test.prepare', []), step('move', 'test.move', ['wait'])],
    };
    const theatre = new Theatre({ ...declared, runbooks: { ...declared.runbooks, 'zone-failover': prepared } }, stage.play);
    [stage.theatre, theatre.writerZone] = [theatre, 'us-east-2a'];
    theatre.pass(5_000);
    const from = theatre.now;
    theatre.dark.add('us-east-2a');
    theatre.until('RunOpened');
    return { theatre, stage, from, ask: (by, request) => codeOf(theatre.give({ kind: 'requested', by: person(by), request }, person(by))) };
  };

  test.each(['automatic', 'approve'] as const)('closes the plan as superseded and opens the right one as its child (%s)', async (zone) => {
    const { theatre, stage, from, ask } = zoneThenRegion({ ...tier.automation, zone, region: 'approve' });
    if (zone === 'automatic') ask('ann', { kind: 'pause', run, reason: 'look' });
    theatre.pass(1_000);
    theatre.dark.add('us-east-2');
    theatre.pass(20_000, () => theatre.of('RunOpened').length > 1);
    expect(theatre.of('RunClosed'), theatre.transcript(from)).toMatchObject([{ run: 'ehr-1', outcome: 'superseded' }]);
    const [first, child] = theatre.of('RunOpened');
    expect(child).toMatchObject({ run: 'ehr-2', parent: 'ehr-1', approvalsNeeded: 1 });
    expect(child?.plan).not.toBe(first?.plan);
    expect(stage.executed).not.toContain('ehr-1/move');
    const plan = child?.plan ?? ('' as Hash);
    expect(ask('bob', { kind: 'approve', run: 'ehr-2' as RunId, plan: first?.plan ?? plan })).toBe('PLAN_CHANGED');
    expect(ask('bob', { kind: 'approve', run: 'ehr-2' as RunId, plan })).toBe('done');
    theatre.until('RoleChanged');
    theatre.writerZone = undefined;
    theatre.pass(60_000, () => theatre.of('RunClosed').length > 1);
    expect(theatre.of('RunClosed')[1], theatre.transcript(from)).toMatchObject({ run: 'ehr-2', outcome: 'succeeded' });
    if (zone === 'automatic') await expect(theatre.transcript(from)).toMatchFileSnapshot(golden('superseded'));
  });
});
