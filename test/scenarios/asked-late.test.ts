// People ask for the failover long after the impact began, and users take longer to follow than the tier's RTO: the measurement
// still holds the onset, and the run waits for the users.
import { expect, test } from 'vitest';
import type { WorkloadId } from '../../src/core/values.ts';
import { estate, tier } from '../core/estate.ts';
import { person, Theatre } from '../core/theatre.ts';
import { WorkingStage } from './stage.ts';

test('asked for two minutes after the impact, followed after two more', () => {
  const manual = { ...tier, automation: { replica: 'manual', zone: 'manual', region: 'manual' } } as const;
  const stage = new WorkingStage();
  const theatre = new Theatre({ ...estate, tiers: { [tier.id]: manual } }, stage.play);
  stage.theatre = theatre;
  theatre.pass(5_000);
  theatre.dark.add('us-east-2');
  theatre.canaries = 'bad';
  theatre.pass(120_000);
  const request = { kind: 'run', workload: 'ehr' as WorkloadId, mode: 'failover', reason: 'the region is gone' } as const;
  theatre.give({ kind: 'requested', by: person('ann'), request }, person('ann'));
  const [opened] = theatre.of('PlanCompiled');
  if (opened === undefined) throw new Error(theatre.transcript());
  const yes = { kind: 'approve', run: opened.run, plan: opened.hash, maxLossMs: 600_000 } as const;
  theatre.give({ kind: 'requested', by: person('bob'), request: yes }, person('bob'));
  theatre.until('RunExecuted');
  theatre.pass(120_000);
  expect(theatre.of('LedgerRequested'), 'the users have not followed yet').toEqual([]);
  theatre.canaries = 'good';
  theatre.until('RunClosed');
  const [measured] = theatre.of('RunMeasured');
  expect(theatre.of('RunClosed'), theatre.transcript()).toMatchObject([{ outcome: 'succeeded' }]);
  expect(measured?.measurement.rtaMs).toBeGreaterThan(240_000);
});
