// What a promotion loses of what was acknowledged, and who accepted it.
import { lossWithinRpo } from '../../../src/simulation/checkers/loss-within-rpo.ts';
import * as t from './story.ts';

const promoted = { token: 'ehr-1/promote' };
const begin = [t.declared(), t.writes(0, 'east', { by: 'start' })];

const missing = (oldest: number, newest: number) => ({
  missing: { writes: 3, oldestAt: (oldest * 1_000) as never, newestAt: (newest * 1_000) as never },
});
const asking = { approvalsNeeded: 1 };
const yes = (over: object = {}) => t.entry(21, 'ApprovalGiven', { run: 'ehr-1', plan: 'hash', by: 'ann', ...over } as never);
const late = [t.stops(25, 'east'), t.writes(30, 'west', { ...promoted, ...missing(5, 18) })];
t.tell(lossWithinRpo, [
  [
    'more than that, but who took it wrote for too short a time to be seen',
    undefined,
    [
      begin,
      t.stops(10, 'east', 'fault'),
      t.writes(17, 'east', { by: 'fault' }),
      t.acked(18, 'east'),
      t.stops(19, 'east', 'fault'),
      t.opened(20),
      t.writes(30, 'west', { ...promoted, ...missing(9, 18) }),
    ],
  ],
  [
    'within the RPO and one grain',
    undefined,
    [begin, t.acked(18, 'east'), t.opened(20), t.writes(30, 'west', { ...promoted, ...missing(12, 18) })],
  ],
  [
    'more than that',
    /lost 6001 ms/,
    [begin, t.acked(18.001, 'east'), t.opened(20), t.writes(30, 'west', { ...promoted, ...missing(12, 18.001) })],
  ],
  [
    'more than that, but who took it had come back only just before it opened, though it went on writing after that',
    undefined,
    [begin, t.stops(6, 'east', 'fault'), t.writes(13, 'east', { by: 'fault' }), t.acked(18, 'east'), t.opened(20), ...late],
  ],
  [
    'more than that, and who took it had come back long before it opened',
    /lost 13000 ms/,
    [begin, t.stops(6, 'east', 'fault'), t.writes(8, 'east', { by: 'fault' }), t.acked(18, 'east'), t.opened(20), ...late],
  ],
  [
    'more, and approved by name',
    undefined,
    [begin, t.acked(18, 'east'), t.opened(20, asking), yes({ maxLossMs: 9_000 }), t.writes(30, 'west', { ...promoted, ...missing(9, 18) })],
  ],
  [
    'more, and approved without a word about it',
    /too few approved so much/,
    [begin, t.acked(18, 'east'), t.opened(20, asking), yes(), t.writes(30, 'west', { ...promoted, ...missing(9, 18) })],
  ],
  [
    'more than was approved',
    /too few approved so much/,
    [begin, t.acked(18, 'east'), t.opened(20, asking), yes({ maxLossMs: 7_000 }), t.writes(30, 'west', { ...promoted, ...missing(9, 18) })],
  ],
  [
    'more, approved when nobody could tell',
    undefined,
    [
      begin,
      t.acked(18, 'east'),
      t.opened(20, asking),
      yes({ acceptsUnknownLoss: true }),
      t.writes(30, 'west', { ...promoted, ...missing(9, 18) }),
    ],
  ],
  [
    'more, approved by one of two',
    /too few/,
    [
      t.declared({ approvalsNeeded: 2 }),
      t.acked(18, 'east'),
      t.opened(20, asking),
      yes({ maxLossMs: 9_000 }),
      t.writes(30, 'west', { ...promoted, ...missing(9, 18) }),
    ],
  ],
  [
    'more, approved by one in an emergency',
    undefined,
    [
      t.declared({ approvalsNeeded: 2 }),
      t.acked(18, 'east'),
      t.opened(20, asking),
      yes({ maxLossMs: 9_000, emergency: {} }),
      t.writes(30, 'west', { ...promoted, ...missing(9, 18) }),
    ],
  ],
  [
    'what was written after it opened nobody could know',
    undefined,
    [begin, t.acked(18, 'east'), t.opened(20), t.acked(29, 'east'), t.writes(30, 'west', { ...promoted, ...missing(17, 29) })],
  ],
  ['a role that changed outside', undefined, [begin, t.acked(18, 'east'), t.writes(30, 'west', { by: 'operator', ...missing(1, 18) })]],
]);
