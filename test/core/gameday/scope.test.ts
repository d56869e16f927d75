// What expectations see of the canaries when a game day has two runs: a loss on either way counts.
import { expect, test } from 'vitest';
import { scopeOfDrill } from '../../../src/core/gameday/scope.ts';
import type { View } from '../../../src/core/kernel.ts';
import type { Canaries } from '../../../src/core/objective/measurement.ts';
import type { Drill } from '../../../src/core/state.ts';

const none: Canaries = { acknowledged: 0, lost: 0, duplicated: 0, unknown: 0 };
const drill = { workload: 'ehr', run: 'ehr-1', failback: 'ehr-2', faults: new Map() } as unknown as Drill;
function canariesOf(there: Partial<Canaries>, back?: Partial<Canaries>): unknown {
  const measured = (canaries: Partial<Canaries>) => ({ measurement: { canaries: { ...none, ...canaries } } });
  const runs = new Map([['ehr-1', measured(there)], ...(back === undefined ? [] : [['ehr-2', measured(back)] as const])]);
  const known = { runs, workloads: new Map(), openIncidents: new Set(), incidents: new Map(), estate: undefined };
  const view = {
    facts: { floor: 'lab' },
    known,
    seen: { paths: new Map(), cells: new Map() },
    bench: () => undefined,
    tierOf: () => undefined,
  };
  return scopeOfDrill(view as unknown as View, drill)['canaries'];
}

test.each<[string, Partial<Canaries>, Partial<Canaries> | undefined, Partial<Canaries>]>([
  ['one run', { acknowledged: 30, lost: 1 }, undefined, { acknowledged: 30, lost: 1 }],
  // The second ledger goes back far enough to tell of the first way too: nothing is counted twice.
  ['a loss on the way home', { acknowledged: 30 }, { acknowledged: 50, lost: 1, unknown: 2 }, { acknowledged: 50, lost: 1, unknown: 2 }],
  [
    'a loss on the way out',
    { acknowledged: 30, lost: 2 },
    { acknowledged: 25, duplicated: 1 },
    { acknowledged: 30, lost: 2, duplicated: 1 },
  ],
])('%s', (_, there, back, expected) => {
  expect(canariesOf(there, back)).toEqual({ ...none, ...expected });
});
