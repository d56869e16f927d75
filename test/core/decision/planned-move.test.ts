// Where a person's move leads and which runbook it takes, by the mode or chosen by hand, and what is refused of it.
import { describe, expect, test } from 'vitest';
import { plannedMove, type Wish } from '../../../src/core/decision/planned-move.ts';
import type { Mode, Workload } from '../../../src/core/estate.ts';
import { estate, workload } from '../estate.ts';

const [from] = workload.replicas as unknown as readonly [Workload['replicas'][number], Workload['replicas'][number]];
const serving = (id: string, ...modes: Mode[]) => ({ [id]: { id, summary: id, modes, steps: [] } });
const declared = { ...estate, runbooks: { ...serving('back', 'failover'), ...serving('away', 'switchover', 'failback') } };
const all: Workload['runbooks'] = { onDiagnosis: { RegionLost: 'lost', ZoneLost: 'zone' }, switchover: 'over', failback: 'home' };
const moved = (wish: Wish, change: Partial<Workload> = {}) => plannedMove(declared, { workload: { ...workload, ...change }, from, wish });
const asked = (mode: Mode, runbooks: Workload['runbooks']) => moved({ mode }, { runbooks });

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

describe('a runbook that people choose by hand', () => {
  const byHand = { restore: 'back', leave: 'away' };
  const runbooks = { ...all, byHand };
  test.each<[Wish, object]>([
    [{ byHand: 'restore' }, { runbook: 'back', mode: 'failover', leave: from.site, byHand: 'restore', to: { name: 'west' } }],
    [
      { byHand: 'restore', mode: 'failover' },
      { runbook: 'back', mode: 'failover' },
    ],
    [
      { byHand: 'leave', mode: 'switchover' },
      { runbook: 'away', mode: 'switchover', byHand: 'leave' },
    ],
    // Beside the damaged database, in the same region: nothing is left then.
    [
      { byHand: 'restore', to: 'us-east-2' },
      { runbook: 'back', to: { name: 'east' } },
    ],
  ])('%j is taken in place of that of the mode', (wish, expected) => {
    const move = moved(wish, { runbooks });
    expect(move).toMatchObject({ ok: true, value: expected });
    expect(move.ok && 'leave' in move.value).toBe(wish.to === undefined && wish.byHand === 'restore');
  });
  test('restores where it is what has one replica', () => {
    const alone = { runbooks, replicas: [from] };
    expect(moved({ byHand: 'restore' }, alone)).toMatchObject({ ok: true, value: { from: { name: 'east' }, to: { name: 'east' } } });
    expect(moved({ byHand: 'leave', mode: 'switchover' }, alone)).toMatchObject({ ok: false, error: { code: 'NO_STANDBY' } });
    expect(moved({ mode: 'failover' }, alone)).toMatchObject({ ok: false, error: { code: 'NO_STANDBY' } });
  });
  test.each<[string, Workload['runbooks'], string]>([
    ['restor', runbooks, 'It names: restore, leave.'],
    ['toString', runbooks, 'It names: restore, leave.'],
    // The name of the runbook itself is none: what is chosen must be declared for this workload.
    ['back', runbooks, 'It names: restore, leave.'],
    ['restore', all, 'It names none: add `runbooks.byHand` to the workload.'],
  ])('%s of %j is refused', (name, names, remedy) => {
    expect(moved({ byHand: name }, { runbooks: names })).toMatchObject({ ok: false, error: { code: 'RUNBOOK_NOT_NAMED', remedy } });
  });
  test('must be told the mode where it serves several', () => {
    expect(moved({ byHand: 'leave' }, { runbooks })).toMatchObject({
      ok: false,
      error: { code: 'MODE_WANTED', message: 'Runbook away serves switchover and failback.' },
    });
  });
  test('leads to no place where the data may not be', () => {
    expect(moved({ byHand: 'restore' }, { runbooks, residency: ['VN'] })).toMatchObject({
      ok: false,
      error: { code: 'OUTSIDE_RESIDENCY' },
    });
  });
});

describe('where it leads', () => {
  test.each<[string | undefined, string]>([
    [undefined, 'west'],
    ['west', 'west'],
    ['us-west-2', 'west'],
    // A site that holds both: the one that is not the writer.
    ['aws', 'west'],
  ])('to %s is %s', (to, name) => expect(moved({ mode: 'failover', to })).toMatchObject({ ok: true, value: { to: { name } } }));
  test.each<[string, string, string]>([
    ['us-east-2', 'NO_STANDBY', 'ehr is at us-east-2 already: east is the writer.'],
    ['east', 'NO_STANDBY', 'ehr is at us-east-2 already: east is the writer.'],
    ['us-east-1', 'TO_UNKNOWN', 'No replica of ehr is at us-east-1.'],
    ['constructor', 'TO_UNKNOWN', 'No replica of ehr is at constructor.'],
  ])('to %s is refused', (to, code, message) =>
    expect(moved({ mode: 'switchover', to })).toMatchObject({ ok: false, error: { code, message } }),
  );
});
