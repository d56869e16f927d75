// What `resus lint` takes a recovery for is what `resus plan` forecasts, for everything that is shipped; and where a figure waits for an
// inventory, neither says a number.
import { describe, expect, test } from 'vitest';
import { examined } from '../../src/analysis/index.ts';
import { recoveryTime } from '../../src/analysis/recovery-time.ts';
import { givenOf, usualPaths, validIn } from '../../src/cli/declared.ts';
import { reportOf } from '../../src/cli/plan-report.ts';
import { fromDeclared } from '../../src/cli/plan-sources.ts';
import { predict } from '../../src/core/objective/prediction.ts';
import { catalogue, given as estateWith, vocabulary } from './base.ts';

const knowing = { vocabulary, catalogue };
const shipped = await validIn(usualPaths, {}, vocabulary);
const lost = examined(givenOf(shipped, knowing)).moves.filter(({ diagnosis, isFirst }) => diagnosis === 'RegionLost' && isFirst);

test('something is shipped that can lose its region', () => expect(lost.length).toBeGreaterThan(0));
describe('the loss of a region', () => {
  test.each(lost.map((move) => [move.workload.id as string, move] as const))('of %s takes as long to lint as to plan', (workload, move) => {
    const subject = fromDeclared(shipped, { workload, mode: 'failover', to: move.to.name }, knowing, undefined);
    const { predicted, criticalPath } = reportOf(subject, catalogue, {});
    const linted = recoveryTime({ catalogue }, move);
    expect({ p50: linted?.p50, p95: linted?.p95 }).toEqual(predicted.rtoMs);
    expect(linted?.parts).toEqual(criticalPath);
  });
});

describe('inside a region', () => {
  const at = examined(estateWith([]));
  test.each(['ReplicaDown', 'ZoneLost'] as const)('%s is the same sum as the forecast of its plan', (diagnosis) => {
    const move = at.moves.find((each) => each.diagnosis === diagnosis && each.isFirst);
    const { plan, tier, workload } = move ?? {};
    if (move === undefined || plan === undefined || tier === undefined || workload === undefined) throw new Error('no such move');
    const { rtoMs } = predict({ plan, tier, workload, diagnosis, isAsked: false, actions: catalogue.actions });
    expect(recoveryTime(at, move)).toMatchObject(rtoMs);
    // What heals by itself has its grace, and what dies with it its time: neither belongs to a lost region.
    const wide = predict({ plan, tier, workload, diagnosis: 'RegionLost', isAsked: false, actions: catalogue.actions });
    expect(rtoMs.p50 - wide.rtoMs.p50).toBe(workload.localHa?.graceMs);
    expect(rtoMs.p95).toBeGreaterThan(wide.rtoMs.p95);
  });
});
