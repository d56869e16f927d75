// The index of doubted targets against a count over all verdicts: after any row of verdicts, also of targets that nobody declares.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countDoubts, doubt, type Doubts, type Verdict } from '../../../src/core/detection/doubt.ts';
import { ancestry, regionOf, targetsOf } from '../../../src/core/detection/targets.ts';
import type { Instant } from '../../../src/core/values.ts';
import { estate } from '../estate.ts';

const targets = targetsOf(estate);
const ids = [...targets.byId.keys(), 'gone/east/db'];
const change = fc.record({
  target: fc.constantFrom(...ids),
  vantage: fc.constantFrom('east', 'west', 'campus'),
  verdict: fc.constantFrom<Verdict>('up', 'down'),
});

test('counts who calls a target down, as the verdicts change', () => {
  let seen = 0;
  fc.assert(
    fc.property(fc.array(change, { maxLength: 80 }), (changes) => {
      const folded: Doubts = { doubts: new Map(), accused: new Map() };
      const verdicts = new Map<string, Map<string, Verdict>>();
      for (const { target, vantage, verdict } of changes) {
        const byVantage = verdicts.get(target) ?? new Map<string, Verdict>();
        const before = byVantage.get(vantage);
        doubt(folded, estate, targets, { target, verdict, ...(before === undefined ? {} : { before }) }, 7 as Instant);
        verdicts.set(target, byVantage.set(vantage, verdict));
      }
      for (const target of targets.byId.values()) {
        const region = target.workload === undefined ? undefined : regionOf(estate, target.site);
        const counted = [...(verdicts.get(target.id)?.values() ?? [])].filter((verdict) => verdict === 'down').length;
        const expected = region === undefined || counted === 0 ? undefined : counted;
        expect(region === undefined ? undefined : folded.doubts.get(region)?.get(target.id)).toBe(expected);
        for (const site of region === undefined ? [] : ancestry(estate, target.site))
          expect(folded.accused.get(site.id)?.get(target.id)).toEqual(counted >= 2 ? { target, since: 7 } : undefined);
        seen += expected ?? 0;
      }
      expect([...folded.doubts.values()].flatMap((counts) => [...counts.keys()])).not.toContain('gone/east/db');
      const again: Doubts = { doubts: new Map(), accused: new Map() };
      countDoubts(again, estate, targets, verdicts, 7 as Instant);
      const filled = ({ doubts }: Doubts) =>
        [...doubts].filter(([, counts]) => counts.size > 0).map(([region, counts]) => [region, Object.fromEntries(counts)]);
      expect(Object.fromEntries(filled(again))).toEqual(Object.fromEntries(filled(folded)));
    }),
    { numRuns: 200, seed: 1 },
  );
  expect(seen).toBeGreaterThan(200);
});
