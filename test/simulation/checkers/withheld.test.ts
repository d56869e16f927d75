// A reason not to act, and whether it is there.
import { withheldTruly } from '../../../src/simulation/checkers/withheld-truly.ts';
import * as t from './story.ts';

const begin = [t.declared(), t.granted(0, 'c1', 1)];
const born = [begin, t.writes(0, 'east', { by: 'start' }), t.writes(0, 'west', { by: 'start', workload: 'pacs' })];
const failover = { incident: 'i1' as never };
const closed = (at: number) => t.entry(at, 'RunClosed', { run: 'ehr-1', outcome: 'succeeded' } as never);
const withheld = (at: number, guard: string) =>
  t.entry(at, 'ActionWithheld', { incident: 'i1', workload: 'ehr', guard, because: 'so it is' } as never);

const lateLook = [born, t.calm(100)];
t.tell(withheldTruly, [
  ['a cooldown', undefined, [begin, t.opened(20), t.started(21), closed(30), withheld(40, 'cooldown')]],
  ['a cooldown after a run that sent nothing', /not there: cooldown/, [begin, t.opened(20), closed(30), withheld(40, 'cooldown')]],
  ['a cooldown after nothing', /not there: cooldown/, [begin, withheld(40, 'cooldown')]],
  ['a run is open', undefined, [begin, t.opened(20), withheld(40, 'free')]],
  ['no run is open', /not there: free/, [begin, t.opened(20), closed(30), withheld(40, 'free')]],
  ['treated', undefined, [begin, t.opened(20, failover), closed(30), withheld(40, 'untreated')]],
  ['not treated', /not there: untreated/, [begin, t.opened(20, { incident: 'i0' as never }), closed(30), withheld(40, 'untreated')]],
  [
    'the tier says so',
    undefined,
    [t.declared({ automation: { ...t.promised.automation, region: 'manual' } }), t.incident(20), withheld(20, 'automation')],
  ],
  ['the tier does not', /not there: automation/, [begin, t.incident(20), withheld(20, 'automation')]],
  ['users were answered', undefined, [begin, t.acked(10, 'east'), withheld(20, 'users-path')]],
  ['users were not', /not there: users-path/, [begin, t.acked(10, 'east'), withheld(90, 'users-path')]],
  ['a grace below a region', undefined, [begin, t.incident(20, { diagnosis: 'ZoneLost' }), withheld(20, 'inner-ha')]],
  ['a grace for a region', /not there: inner-ha/, [begin, t.incident(20), withheld(20, 'inner-ha')]],
  ['enough eyes', /not there: vantages/, [begin, withheld(20, 'vantages')]],
  ['allowed everywhere', /not there: residency/, [begin, withheld(20, 'residency')]],
  ['allowed here only', undefined, [t.declared({ residency: ['CA'] }), withheld(20, 'residency')]],
  ['a standby that was dead', undefined, [lateLook, t.struck(150, 1, t.dead('west')), withheld(160, 'standby-fit')]],
  ['a standby that was well', /not there: standby-fit/, [lateLook, t.struck(150, 1, t.dead('east')), withheld(160, 'standby-fit')]],
  ['too soon to know', undefined, [lateLook, withheld(110, 'standby-fit')]],
  ['a guard that only asks', /not there: blast-radius/, [begin, withheld(20, 'blast-radius')]],
  ['a guard that nobody judges', undefined, [begin, withheld(20, 'diagnosis')]],
  ['stopped, and nobody has', /not there: stopped/, [begin, withheld(20, 'stopped')]],
  [
    'stopped, and somebody has',
    undefined,
    [begin, t.entry(10, 'ActingStopped', { by: 'ann', reason: '' } as never), withheld(20, 'stopped')],
  ],
  ['maintained, and nobody does', /not there: maintenance/, [begin, withheld(20, 'maintenance')]],
  [
    'maintained, and somebody does',
    undefined,
    [begin, t.entry(10, 'MaintenanceBegan', { workload: 'ehr', until: 90_000 } as never), withheld(20, 'maintenance')],
  ],
  ['a journal that has room', /not there: journal/, [begin, withheld(20, 'journal')]],
  [
    'a journal that has none',
    undefined,
    [begin, t.fact(10, 'struck', { fault: 'journal-spent', id: 1, harms: [] }), withheld(20, 'journal')],
  ],
]);
