// What people accept before the writer is touched: how many, how much loss, until when, and who may do it alone.
import { describe, expect, test } from 'vitest';
import type { Estate, Tier } from '../../src/core/estate.ts';
import type { Request } from '../../src/core/input.ts';
import type { Hash } from '../../src/core/values.ts';
import { tier } from '../core/estate.ts';
import { Theatre } from '../core/theatre.ts';
import { approvals, golden, lost, outcomes, run, withTier } from './in-hand.ts';

describe('approvals', () => {
  const asking = (): Estate => withTier({ automation: { ...tier.automation, region: 'approve' }, approvals: { ...approvals, people: 2 } });
  const approve = (theatre: Theatre, more: object = {}): Request => ({
    kind: 'approve',
    run,
    plan: theatre.known.runs.get(run)?.hash ?? ('' as Hash),
    ...more,
  });

  test('that nobody gives: people are called in turn, then the run is taken back', async () => {
    const { theatre, from } = lost(asking());
    theatre.until('RunClosed', 700_000);
    expect(theatre.of('RunEscalated').map(({ to }) => to)).toEqual(['onCall: ehr-on-call', 'clinicalOwner: cmio', 'owner: ehr-team']);
    expect(outcomes(theatre)).toEqual([['cancelled', '0 of 2 approvals came before it expired']]);
    await expect(theatre.transcript(from)).toMatchFileSnapshot(golden('approval-escalated'));
  });

  test('name the most loss they accept; more is asked for again before the writer is touched', async () => {
    const declared = withTier({ rpoMs: 100, automation: { ...tier.automation, region: 'approve' } });
    const { theatre, stage, from, ask } = lost(declared);
    expect(ask('ann', approve(theatre))).toBe('LOSS_NOT_ACCEPTED');
    expect(ask('ann', { kind: 'pause', run, reason: 'wait' })).toBe('done');
    expect(ask('ann', approve(theatre, { maxLossMs: 400 }))).toBe('done');
    // Canaries that were acknowledged later come in: more would be lost than was read.
    theatre.give({
      kind: 'sampled',
      workload: 'ehr' as never,
      population: 'ward',
      samples: [
        {
          id: 'late',
          sentAt: theatre.now as never,
          ackedAt: (theatre.now + 10) as never,
          timeline: 1,
          address: '10.0.0.1',
          detail: 'acknowledged and not read back',
        },
      ],
    });
    expect(ask('ann', { kind: 'resume', run })).toBe('done');
    theatre.until('ApprovalAsked');
    theatre.pass(5_000);
    expect(stage.executed).toEqual(['ehr-1/prepare']);
    expect(ask('bob', approve(theatre, { maxLossMs: 500 }))).toBe('LOSS_NOT_ACCEPTED');
    expect(ask('bob', approve(theatre, { maxLossMs: 60_000 }))).toBe('done');
    theatre.until('RunClosed');
    expect(theatre.of('RunClosed')[0]?.outcome).toBe('succeeded');
    await expect(theatre.transcript(from)).toMatchFileSnapshot(golden('loss-asked'));
  });

  test('that expired while the run was held are asked for again', () => {
    const { theatre, stage, ask } = lost(withTier({ automation: { ...tier.automation, region: 'approve' } }));
    expect(ask('ann', approve(theatre))).toBe('done');
    expect(ask('ann', { kind: 'pause', run, reason: 'wait', forMs: 3_600_000 })).toBe('done');
    theatre.pass(700_000);
    ask('ann', { kind: 'resume', run });
    theatre.until('ApprovalAsked');
    expect(theatre.of('ApprovalAsked')[0]?.because).toContain('expired');
    expect(stage.executed).toEqual(['ehr-1/prepare']);
    expect(ask('ann', approve(theatre))).toBe('done');
    theatre.until('RunClosed');
    expect(theatre.of('RunClosed')[0]?.outcome).toBe('succeeded');
  });

  test('one person may do it alone in an emergency, and it is marked', async () => {
    const { theatre, from, ask } = lost(asking());
    const alone = (duties: readonly string[]): Request => approve(theatre, { emergency: { duties, reason: 'nobody else can be reached' } });
    expect(ask('ann', alone([]))).toBe('EMERGENCY_DUTY');
    expect(ask('ann', alone(['incident-commander']))).toBe('done');
    expect(theatre.of('ApprovalGiven')[0]?.emergency).toEqual({ role: 'incident-commander', reason: 'nobody else can be reached' });
    theatre.until('RunClosed');
    expect(theatre.of('RunClosed')[0]?.outcome).toBe('succeeded');
    await expect(theatre.transcript(from)).toMatchFileSnapshot(golden('emergency'));
  });
  test.each<[string, Partial<Tier>, string]>([
    ['without a rule', { approvals: { people: 2, expireMs: 600_000 } }, 'NO_EMERGENCY_RULE'],
    ['while there is time to ask others', { rtoMs: 3_600_000 }, 'NO_EMERGENCY'],
    ['while this loss has the time', { byLoss: { region: { rtoMs: 3_600_000 } } }, 'NO_EMERGENCY'],
  ])('alone is refused %s', (_, change, code) => {
    const { theatre, ask } = lost(withTier({ automation: { ...tier.automation, region: 'approve' }, ...change }));
    const request = approve(theatre, { emergency: { duties: ['incident-commander'], reason: 'hurry' } });
    expect(ask('ann', request)).toBe(code);
  });
});
