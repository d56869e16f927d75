import { describe, expect, test } from 'vitest';
import { majorityOf, rowOf, standing, type Bench } from '../../../src/core/detection/quorum.ts';
import { newSight, seeProbe } from '../../../src/core/detection/sight.ts';
import { targetsOf } from '../../../src/core/detection/targets.ts';
import type { Instant, VantageId } from '../../../src/core/values.ts';
import { estate } from '../estate.ts';

const targets = targetsOf(estate);
const db = targets.byId.get('ehr/east/db')!;
type Says = 'up' | 'down' | 'down-once' | 'stale-down' | 'ahead-and-gone' | 'nothing' | 'down-blind';

/** What the three vantages say of the primary's database; all see their references but one that is `blind`. */
function bench(says: Record<'east' | 'west' | 'campus', Says>): Bench {
  const sight = newSight();
  const verdicts = new Map<string, Map<string, 'up' | 'down'>>([[db.id, new Map()]]);
  const now = 100_000 as Instant;
  for (const vantage of targets.vantages) {
    const said = says[vantage.id as 'east'];
    const see = (target: string, ok: boolean, at: number, arrivedAt = at) =>
      seeProbe(sight, { target, vantage: vantage.id as VantageId, ok, at: at as Instant, detail: '' }, arrivedAt as Instant);
    for (const reference of vantage.references) see(`reference/${vantage.id}/${reference.id}`, said !== 'down-blind', now - 100);
    if (said === 'nothing') continue;
    if (said === 'down-once')
      seeProbe(
        sight,
        { target: db.id, vantage: vantage.id as VantageId, ok: false, at: (now - 100) as Instant, detail: '' },
        now,
        rowOf(db),
      );
    else if (said === 'ahead-and-gone') see(db.id, false, now + 30_000, now - 60_000);
    else see(db.id, said === 'up', said === 'stale-down' ? now - 60_000 : now - 100);
    verdicts.get(db.id)!.set(vantage.id, said === 'up' ? 'up' : 'down');
  }
  return { estate, targets, verdicts, doubts: new Map(), accused: new Map(), began: 0 as Instant, seen: sight, now };
}

describe('a strict majority of the declared vantages', () => {
  test.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 3],
  ])('of %d is %d', (declared, majority) => expect(majorityOf(declared)).toBe(majority));

  test.each<[Says, Says, Says, ReturnType<typeof standing>, string]>([
    ['nothing', 'down', 'down', 'down', 'two outside convict'],
    ['down', 'down', 'down', 'down', 'the one inside adds nothing'],
    ['down', 'down', 'nothing', 'unknown', 'the one inside never convicts'],
    ['up', 'down', 'down', 'up', 'the one inside may veto'],
    ['nothing', 'down', 'up', 'unknown', 'one against one is no majority'],
    ['nothing', 'down', 'nothing', 'unknown', 'the silent stay in the denominator'],
    ['nothing', 'down', 'down-once', 'unknown', 'what was called down before this leader began is seen again in a row, or is no vote'],
    ['nothing', 'down', 'stale-down', 'unknown', 'an old verdict is no vote'],
    ['nothing', 'down', 'ahead-and-gone', 'unknown', 'a clock that is ahead keeps no old verdict alive'],
    ['nothing', 'down', 'down-blind', 'unknown', 'who sees none of its references may itself be cut off'],
    ['up', 'up', 'up', 'up', 'all is well'],
    ['nothing', 'up', 'nothing', 'up', 'one good look, and nobody against it'],
    ['nothing', 'nothing', 'nothing', 'unknown', 'nobody saw anything'],
  ])('east %s, west %s, campus %s: %s (%s)', (east, west, campus, expected) => {
    expect(standing(bench({ east, west, campus }), db, 'us-east-2')).toBe(expected);
  });
});

describe('a row of samples', () => {
  const { intervalMs } = db.detection;
  /** One sample after another: how long after the one before, and whether it was good. */
  const seen = (samples: readonly (readonly [afterMs: number, ok: boolean])[]) => {
    const sight = newSight();
    let at = 1_000_000;
    for (const [afterMs, ok] of samples)
      seeProbe(
        sight,
        { target: db.id, vantage: 'west' as VantageId, ok, at: (at += afterMs) as Instant, detail: '' },
        at as Instant,
        rowOf(db),
      );
    const { failures, successes, isCalledDown } = sight.cells.get(db.id)!.get('west' as VantageId)!;
    return { failures, successes, isCalledDown };
  };
  const bad = [intervalMs, false] as const;
  const good = [intervalMs, true] as const;
  test.each([
    ['three bad ones', [bad, bad, bad], { failures: 3, successes: 0, isCalledDown: true }],
    ['two are not enough', [bad, bad], { failures: 2, successes: 0, isCalledDown: false }],
    ['two, silence, and one more', [bad, bad, [60_000, false]], { failures: 1, successes: 0, isCalledDown: false }],
    ['three, silence, and one more', [bad, bad, bad, [60_000, false]], { failures: 1, successes: 0, isCalledDown: false }],
    ['one that is missing is no silence', [bad, bad, [2 * intervalMs, false]], { failures: 3, successes: 0, isCalledDown: true }],
    ['one good one changes nothing yet', [bad, bad, bad, good, bad], { failures: 1, successes: 0, isCalledDown: true }],
    ['two good ones do', [bad, bad, bad, good, good, bad], { failures: 1, successes: 0, isCalledDown: false }],
  ] as const)('%s', (_, samples, expected) => {
    expect(seen(samples)).toEqual(expected);
  });
});
