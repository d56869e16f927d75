// Who may write, who says so, and who takes the writer away: histories that break a rule, and their nearest neighbours that do not.
import { fenceFirst } from '../../../src/simulation/checkers/fence-first.ts';
import { fenceThenPromote } from '../../../src/simulation/checkers/fence-then-promote.ts';
import { fenceToldTruly } from '../../../src/simulation/checkers/fence-told-truly.ts';
import { oneWriter } from '../../../src/simulation/checkers/one-writer.ts';
import { residency } from '../../../src/simulation/checkers/residency.ts';
import { resusHarmless } from '../../../src/simulation/checkers/resus-harmless.ts';
import { roleToldTruly } from '../../../src/simulation/checkers/role-told-truly.ts';
import * as t from './story.ts';

const fence = (at: number, kind: string, run = 'ehr-1') => t.entry(at, 'FenceStated', { run, fence: kind, step: 'promote' } as never);
const closed = (at: number, fencing: string, run = 'ehr-1') => t.entry(at, 'RunClosed', { run, fencing, outcome: 'succeeded' } as never);
const promoted = { token: 'ehr-1/promote' };
const begin = [t.declared(), t.writes(0, 'east', { by: 'start' })];

t.tell(oneWriter, [
  [
    'the writer moves within one instant, the new one first',
    undefined,
    [begin, t.opened(20), t.writes(30, 'west', promoted), t.stops(30, 'east'), t.acked(31, 'west')],
  ],
  [
    'both write after a promotion whose fence nobody stated',
    /east and west of ehr both/,
    [begin, t.opened(20), t.writes(30, 'west', promoted), t.acked(31, 'west')],
  ],
  [
    'both write, and the run had said that the fence was only asserted',
    undefined,
    [begin, t.opened(20), fence(29, 'provider-asserted'), t.writes(30, 'west', promoted), t.acked(31, 'west')],
  ],
  [
    'a run whose fence was asserted promoted who could not write then, after one whose fence was proven',
    undefined,
    [
      begin,
      t.opened(5),
      fence(6, 'storage-fenced'),
      t.writes(7, 'west', promoted),
      t.stops(7, 'east'),
      t.stops(8, 'west', 'fault'),
      t.opened(20, { run: 'ehr-2' as never }),
      fence(21, 'provider-asserted', 'ehr-2'),
      t.executed(22, { run: 'ehr-2' as never, token: 'ehr-2/promote', to: 'east', from: 'west' }),
      t.writes(30, 'east', { by: 'fault' }),
      t.writes(31, 'west', { by: 'fault' }),
      t.end(40),
    ],
  ],
  [
    'both write, and the run had said that it was proven',
    /fence is storage-fenced/,
    [begin, t.opened(20), fence(29, 'storage-fenced'), t.writes(30, 'west', promoted), t.end(31)],
  ],
  [
    'both write, and later the run claims a proof',
    /fence is storage-fenced/,
    [
      begin,
      t.opened(20),
      fence(29, 'provider-asserted'),
      t.writes(30, 'west', promoted),
      t.acked(31, 'east'),
      fence(32, 'storage-fenced'),
      t.acked(33, 'east'),
    ],
  ],
  ['a second writer that Resus did not make', undefined, [begin, t.writes(30, 'west', { by: 'operator' }), t.acked(31, 'west')]],
]);

t.tell(fenceToldTruly, [
  [
    'proven, and the storage was fenced',
    undefined,
    [begin, t.opened(20), t.executed(21, {}, true, 'storage'), fence(22, 'storage-fenced'), closed(30, 'storage-fenced')],
  ],
  [
    'proven, and it was only asserted',
    /no provider fenced the storage/,
    [begin, t.opened(20), t.executed(21, {}, true, 'asserted'), fence(22, 'storage-fenced')],
  ],
  [
    'proven by a fence that stood already',
    undefined,
    [
      begin,
      t.opened(10),
      t.executed(11, {}, true, 'storage'),
      t.opened(20, { run: 'ehr-2' as never }),
      t.executed(21, { run: 'ehr-2' }, false),
      fence(22, 'storage-fenced', 'ehr-2'),
    ],
  ],
  [
    'proven by a fence that was lifted since',
    /ehr-2 says/,
    [
      begin,
      t.opened(10),
      t.executed(11, {}, true, 'storage'),
      t.writes(12, 'east'),
      t.opened(20, { run: 'ehr-2' as never }),
      t.executed(21, { run: 'ehr-2' }, false),
      fence(22, 'storage-fenced', 'ehr-2'),
    ],
  ],
  [
    'asserted, and so it is said',
    undefined,
    [begin, t.opened(20), fence(21, 'provider-asserted'), t.executed(21, {}, true, 'failed'), closed(30, 'provider-asserted')],
  ],
  ['promoted, and said to be without a fence', /says that there was no fence/, [begin, t.opened(20), t.executed(21), closed(30, 'none')]],
]);

const apart = {
  steps: [
    ['fence', 'fences'],
    ['promote', 'promotes'],
  ] as const,
};
t.tell(fenceFirst, [
  [
    'fence, then promote',
    undefined,
    [
      begin,
      t.opened(20, apart),
      fence(20, 'provider-asserted'),
      t.executed(21, { step: 'fence', effect: 'fences' }),
      t.executed(25, { effect: 'promotes' }),
    ],
  ],
  [
    'promote without the fence',
    /fence was not carried out/,
    [begin, t.opened(20, apart), fence(20, 'provider-asserted'), t.executed(25, { effect: 'promotes' })],
  ],
  [
    'promote after a look that found the fence of an earlier run',
    undefined,
    [
      begin,
      t.opened(5, apart),
      t.executed(6, { step: 'fence', effect: 'fences' }, true, 'storage'),
      t.opened(20, { ...apart, run: 'ehr-2' as never }),
      fence(20, 'provider-asserted', 'ehr-2'),
      t.executed(25, { run: 'ehr-2' as never, effect: 'promotes' }),
    ],
  ],
  [
    'promote after a fence of an earlier run that was lifted since',
    /ehr-2 promoted west and fence was not carried out/,
    [
      begin,
      t.opened(5, apart),
      t.executed(6, { step: 'fence', effect: 'fences' }, true, 'storage'),
      t.writes(10, 'east', { by: 'operator' }),
      t.opened(20, { ...apart, run: 'ehr-2' as never }),
      fence(20, 'provider-asserted', 'ehr-2'),
      t.executed(25, { run: 'ehr-2' as never, effect: 'promotes' }),
    ],
  ],
  ['promote before a fence is stated', /before it said what its fence is/, [begin, t.opened(20), t.executed(25)]],
  [
    'a fence that was skipped',
    /skipped its fence/,
    [begin, t.opened(20, apart), t.entry(21, 'StepSkipped', { run: 'ehr-1', step: 'fence' } as never)],
  ],
  [
    'a step that is no fence may be skipped',
    undefined,
    [begin, t.opened(20, { steps: [['route', 'routes']] }), t.entry(21, 'StepSkipped', { run: 'ehr-1', step: 'route' } as never)],
  ],
  [
    'a move inside the replica needs no fence',
    undefined,
    [begin, t.opened(20, { to: 'east' }), t.executed(25, { effect: 'promotes', to: 'east' })],
  ],
]);

const fenced = [begin, t.opened(20, apart), t.executed(30, { step: 'fence', effect: 'fences' }), t.stops(30, 'east')];
const cancelled = t.entry(35, 'RunCancelling', { run: 'ehr-1' as never, by: 'ann', reason: 'not now' });
t.tell(fenceThenPromote, [
  ['promoted in time', undefined, [fenced, t.executed(49, { effect: 'promotes' })]],
  ['promoted too late', /nobody wrote for 21000 ms/, [fenced, t.executed(51, { effect: 'promotes' })]],
  ['never promoted', /nobody wrote for 70000 ms/, [fenced, t.end(100)]],
  ['the old writer came back in time', undefined, [fenced, t.writes(45, 'east'), t.end(100)]],
  [
    'time in which a fault stood does not count',
    undefined,
    [fenced, t.struck(35, 1, { kind: 'resus' }), t.healed(60, 1), t.executed(75, { effect: 'promotes' })],
  ],
  [
    'nor time in which a controller was down',
    undefined,
    [
      fenced,
      t.fact(40, 'controller', { controller: 'c1', what: 'crashed' }),
      t.fact(70, 'controller', { controller: 'c1', what: 'started' }),
      t.executed(85, { effect: 'promotes' }),
    ],
  ],
  ['who cancels it there has longer', undefined, [fenced, cancelled, t.executed(75, { effect: 'promotes' })]],
  ['but not for ever', /nobody wrote for 70000 ms in which nothing was wrong; 60000 ms are promised/, [fenced, cancelled, t.end(100)]],
  ['there is nowhere to go', undefined, [fenced, t.struck(35, 1, t.dead('west')), t.calm(36), t.end(85)]],
  ['nowhere to go, and nobody helps', /60000 ms are promised/, [fenced, t.struck(35, 1, t.dead('west')), t.calm(36), t.end(100)]],
  ['calm counts, whatever still stands', /nobody wrote for 30000 ms/, [fenced, t.struck(35, 1, t.dead()), t.calm(50), t.end(80)]],
]);

t.tell(residency, [
  ['within it', undefined, [begin, t.executed(25)]],
  [
    'outside it',
    /to west in CA/,
    [
      t.declared({ replicas: { ...t.promised.replicas, west: { site: 'west' as never, region: 'west' as never, residency: 'CA' } } }),
      t.executed(25),
    ],
  ],
  ['nothing declared', undefined, [t.declared({ residency: [] }), t.executed(25)]],
]);

t.tell(resusHarmless, [
  ['a planned move in time', undefined, [begin, t.stops(30, 'east'), t.writes(39, 'west'), t.end(60)]],
  ['a planned move that takes too long', /nobody wrote ehr for 12000 ms/, [begin, t.stops(30, 'east'), t.writes(42, 'west'), t.end(60)]],
  ['a healthy writer is stopped for good', /for 70000 ms/, [begin, t.stops(30, 'east'), t.end(100)]],
  ['one that was dead before', undefined, [begin, t.struck(20, 1, t.dead()), t.stops(20, 'east', 'fault'), t.end(100)]],
  [
    'one that was cut off before it was fenced',
    undefined,
    [begin, t.struck(20, 1, t.unreachable('east', 'v2', 'v3')), t.stops(40, 'east'), t.healed(41, 1), t.end(100)],
  ],
  [
    'Resus itself was the only one in trouble',
    /for 100000 ms/,
    [begin, t.struck(20, 1, { kind: 'resus' }), t.stops(30, 'east'), t.calm(50), t.end(150)],
  ],
  ['somebody else stopped it', undefined, [begin, t.stops(30, 'east', 'operator'), t.end(100)]],
  [
    'where it goes is lost, too',
    undefined,
    [begin, t.executed(30), t.stops(30, 'east'), t.struck(31, 1, t.dead('west')), t.calm(32), t.end(85)],
  ],
  [
    'where it went first is lost, too, and it is made the writer again',
    undefined,
    [
      begin,
      t.executed(30),
      t.stops(30, 'east'),
      t.struck(31, 1, t.dead('west')),
      t.calm(32),
      t.executed(80, { from: 'west', to: 'east' }),
      t.writes(85, 'east'),
      t.end(150),
    ],
  ],
  [
    'and nobody helps',
    /nobody wrote ehr/,
    [begin, t.executed(30), t.stops(30, 'east'), t.struck(31, 1, t.dead('west')), t.calm(32), t.end(150)],
  ],
]);

t.tell(roleToldTruly, [
  [
    'made the writer, then told',
    undefined,
    [
      begin,
      t.opened(20),
      t.executed(25),
      t.writes(25, 'west', promoted),
      t.entry(26, 'RoleChanged', { workload: 'ehr', primary: 'west', run: 'ehr-1' } as never),
    ],
  ],
  [
    'told and never made',
    /nobody made it so/,
    [begin, t.opened(20), t.entry(26, 'RoleChanged', { workload: 'ehr', primary: 'west', run: 'ehr-1' } as never)],
  ],
  [
    'made before that run, and its writer until after it had begun',
    undefined,
    [
      begin,
      t.writes(5, 'west'),
      t.opened(20),
      t.stops(24, 'west', 'fault'),
      t.entry(26, 'RunExecuted', { run: 'ehr-1', outcome: 'succeeded' } as never),
    ],
  ],
  [
    'made long before that run',
    /nobody made it so/,
    [
      begin,
      t.writes(5, 'west'),
      t.stops(6, 'west'),
      t.opened(20),
      t.entry(26, 'RoleChanged', { workload: 'ehr', primary: 'west', run: 'ehr-1' } as never),
    ],
  ],
  [
    'made long before that run, and lost since',
    undefined,
    [
      begin,
      t.writes(5, 'west'),
      t.stops(6, 'west', 'fault'),
      t.opened(20),
      t.entry(26, 'RoleChanged', { workload: 'ehr', primary: 'west', run: 'ehr-1' } as never),
    ],
  ],
  [
    'lost, and told by a run that was to move it inside of itself',
    /nobody made it so/,
    [
      begin,
      t.stops(10, 'east', 'fault'),
      t.opened(20, { to: 'east' }),
      t.entry(26, 'RoleChanged', { workload: 'ehr', primary: 'east', run: 'ehr-1' } as never),
    ],
  ],
  [
    'succeeded, and it did',
    undefined,
    [begin, t.opened(20), t.executed(25), t.entry(26, 'RunExecuted', { run: 'ehr-1', outcome: 'succeeded' } as never)],
  ],
  [
    'moved out of a zone, where the cluster itself had moved before and does not write',
    undefined,
    [
      begin,
      t.stops(10, 'east', 'fault'),
      t.fact(15, 'moved-inside', { workload: 'ehr' as never, replica: 'east' }),
      t.opened(20, { to: 'east' }),
      t.entry(26, 'RunExecuted', { run: 'ehr-1', outcome: 'succeeded' } as never),
    ],
  ],
  [
    'succeeded, and nothing was promoted',
    /never took effect/,
    [begin, t.opened(20), t.entry(26, 'RunExecuted', { run: 'ehr-1', outcome: 'succeeded' } as never)],
  ],
]);
