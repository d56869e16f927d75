// Which runbook a person's move takes for each mode, and where the workload would have to name one that it does not.
import { describe, expect, test } from 'vitest';
import { plannedMove } from '../../../src/core/decision/planned-move.ts';
import type { Mode, Workload } from '../../../src/core/estate.ts';
import { estate, workload } from '../estate.ts';

const [from, to] = workload.replicas as unknown as readonly [Workload['replicas'][number], Workload['replicas'][number]];
const all: Workload['runbooks'] = { onDiagnosis: { RegionLost: 'lost', ZoneLost: 'zone' }, switchover: 'over', failback: 'home' };
const asked = (mode: Mode, runbooks: Workload['runbooks']) => plannedMove(estate, { workload: { ...workload, runbooks }, mode, from, to });

describe('the runbook of a mode', () => {
  test.each<[Mode, Workload['runbooks'], string]>([
    ['failover', all, 'lost'],
    ['switchover', all, 'over'],
    ['failback', all, 'home'],
    ['failback', { onDiagnosis: {}, switchover: 'over' }, 'over'],
  ])('%s of %j is %s', (mode, runbooks, runbook) => {
    expect(asked(mode, runbooks)).toMatchObject({ ok: true, value: { mode, runbook } });
  });
  test.each<[Mode, string]>([
    ['failover', 'runbooks.onDiagnosis.RegionLost'],
    ['switchover', 'runbooks.switchover'],
    ['failback', 'runbooks.failback'],
  ])('%s without one says that %s is missing', (mode, key) => {
    const remedy = `Add \`${key}\` to the workload.`;
    expect(asked(mode, { onDiagnosis: { ZoneLost: 'zone' } })).toMatchObject({ ok: false, error: { code: 'NO_RUNBOOK', remedy } });
  });
});
