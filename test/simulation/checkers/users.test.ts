// Where users are led, and whether they are served.
import { routeToWriter } from '../../../src/simulation/checkers/route-to-writer.ts';
import { usersServed } from '../../../src/simulation/checkers/users-served.ts';
import * as t from './story.ts';

const promoted = { token: 'ehr-1/promote' };
const begin = [t.declared(), t.writes(0, 'east', { by: 'start' })];
const route = { step: 'route', effect: 'routes' } as const;
const movedBack = [
  begin,
  t.opened(20),
  t.executed(25),
  t.stops(25, 'east'),
  t.writes(26, 'west', promoted),
  t.stops(30, 'west', 'operator'),
  t.writes(31, 'east', { by: 'operator' }),
];
const told = t.entry(27, 'RoleChanged', { workload: 'ehr' as never, primary: 'west', run: 'ehr-1' as never });
const led = (at: number, entryAt = at) =>
  t.entry(at, 'StepStarted', { run: 'ehr-1', step: 'route', token: 'ehr-1/route' } as never, { entryAt });
t.tell(routeToWriter, [
  ['after the promotion', undefined, [begin, t.executed(25), t.executed(26, route)]],
  ['before it', /while east was the writer/, [begin, t.executed(24, route), t.executed(25)]],
  ['to where they are led already', undefined, [begin, t.executed(24, route, false)]],
  ['others moved the writer back, and nobody can know yet', undefined, [movedBack, t.executed(50, route)]],
  ['others moved it back long ago', /while east was the writer/, [movedBack, t.executed(60, route)]],
  [
    'others moved it back, and it died before anybody could know',
    undefined,
    [movedBack, t.stops(45, 'east', 'fault'), t.executed(90, route)],
  ],
  [
    'others moved it back, and it died long after',
    /while east was the writer/,
    [movedBack, t.stops(60, 'east', 'fault'), t.executed(90, route)],
  ],
  [
    'others moved it back long ago, and most eyes had lost sight of it before this leader began',
    undefined,
    [movedBack, t.struck(80, 1, t.unreachable('east', 'v2', 'v3')), t.granted(85, 'c2', 1), t.executed(90, route)],
  ],
  [
    'the same, and one eye only had',
    /while east was the writer/,
    [movedBack, t.struck(80, 1, t.unreachable('east', 'v2')), t.granted(85, 'c2', 1), t.executed(90, route)],
  ],
  [
    'the same, and this leader had begun before',
    /while east was the writer/,
    [movedBack, t.granted(75, 'c2', 1), t.struck(80, 1, t.unreachable('east', 'v2', 'v3')), t.executed(90, route)],
  ],
  [
    'they had, and see it again since a moment',
    undefined,
    [movedBack, t.struck(80, 1, t.unreachable('east', 'v2', 'v3')), t.granted(85, 'c2', 1), t.healed(110, 1), t.executed(120, route)],
  ],
  [
    'they had, and see it again since long',
    /while east was the writer/,
    [movedBack, t.struck(80, 1, t.unreachable('east', 'v2', 'v3')), t.granted(85, 'c2', 1), t.healed(90, 1), t.executed(120, route)],
  ],
  ['others moved it back long ago, and the clock of who leads is far off', undefined, [movedBack, led(60, 80), t.executed(60, route)]],
  ['the same, and it is off a little', /while east was the writer/, [movedBack, led(60, 62), t.executed(60, route)]],
  [
    'in the calm, where the writer is dead and eyes see a standby minutes after its promotion',
    /while east was the writer/,
    [movedBack, told, t.struck(190, 1, t.dead()), t.calm(190), t.granted(191, 'c2', 1), led(200), t.executed(200, route)],
  ],
  [
    'so soon after it that it may be slow to tell',
    undefined,
    [movedBack, told, t.struck(90, 1, t.dead()), t.calm(90), t.granted(91, 'c2', 1), led(100), t.executed(100, route)],
  ],
  [
    'by who led before the calm',
    undefined,
    [movedBack, told, t.struck(188, 1, t.dead()), t.granted(189, 'c2', 1), t.calm(190), led(200), t.executed(200, route)],
  ],
  [
    'the old writer of a split comes back while the new one hangs',
    undefined,
    [
      begin,
      t.executed(25),
      t.writes(25, 'west', promoted),
      t.stops(26, 'west', 'fault'),
      t.writes(27, 'east', { by: 'fault' }),
      t.executed(28, route),
    ],
  ],
]);

t.tell(usersServed, [
  ['served until the end', undefined, [begin, t.calm(100), t.acked(150, 'west'), t.acked(150, 'west', 'ward', 'pacs'), t.end(200)]],
  [
    'silent since the calm',
    /ward gets no answer from ehr for 100000 ms/,
    [begin, t.acked(90, 'east'), t.calm(100), t.acked(150, 'west', 'ward', 'pacs'), t.end(200)],
  ],
  ['no calm, no promise', undefined, [begin, t.end(200)]],
]);
