// What the journal says against what happened: verdicts, users' paths, incidents, changes, measurements; and whether runs go on.
import { changesTold } from '../../../src/simulation/checkers/changes-told.ts';
import { incidentToldTruly } from '../../../src/simulation/checkers/incident-told-truly.ts';
import { measuredTruly } from '../../../src/simulation/checkers/measured-truly.ts';
import { runInTime } from '../../../src/simulation/checkers/run-in-time.ts';
import { usersPathTold } from '../../../src/simulation/checkers/users-path-told.ts';
import { verdictToldTruly } from '../../../src/simulation/checkers/verdict-told-truly.ts';
import * as t from './story.ts';

const begin = [t.declared(), t.granted(0, 'c1', 1)];
const failover = { incident: 'i1' as never };

const verdict = (at: number, is: 'up' | 'down', vantage = 'v2', target = 'ehr/east/db') =>
  t.entry(at, 'VerdictChanged', { target, vantage, verdict: is } as never);
t.tell(verdictToldTruly, [
  ['dead, and said to be', undefined, [begin, t.struck(10, 1, t.dead()), verdict(25, 'down')]],
  ['nothing is wrong', /down for v2, from which nothing has hidden it/, [begin, verdict(25, 'down')]],
  ['hidden from another one', /nothing has hidden it/, [begin, t.struck(10, 1, t.unreachable('east', 'v3')), verdict(25, 'down')]],
  ['over, but so lately that a report may be late', undefined, [begin, t.struck(10, 1, t.dead()), t.healed(30, 1), verdict(100, 'down')]],
  [
    'up, and dead for long',
    /up for v2, which has lost it/,
    [begin, t.struck(10, 1, t.dead('west')), verdict(120, 'up', 'v2', 'ehr/west/db')],
  ],
  ['up, and dead for a moment', undefined, [begin, t.struck(10, 1, t.dead('west')), verdict(60, 'up', 'v2', 'ehr/west/db')]],
  [
    'a liar says that it is up',
    undefined,
    [
      begin,
      t.struck(5, 2, { kind: 'lied-about', workload: 'ehr' as never, replica: 'west', by: ['v2'] }),
      t.struck(10, 1, t.dead('west')),
      verdict(120, 'up', 'v2', 'ehr/west/db'),
    ],
  ],
  ['what moves between zones is up again', undefined, [begin, t.struck(10, 1, t.dead()), verdict(120, 'up')]],
]);

const answered = (from: number, to: number) =>
  Array.from({ length: Math.floor((to - from) / 4) + 1 }, (_, i) => t.acked(from + 4 * i, 'east'));
const fails = (at: number) => t.entry(at, 'UsersPathFailed', { workload: 'ehr', population: 'ward', lastGoodAt: 0 } as never);
const restored = (at: number) => t.entry(at, 'UsersPathRestored', { workload: 'ehr', population: 'ward' } as never);
const alone = [t.declared({}, { workloads: { ehr: t.promised } }), t.granted(0, 'c1', 1)];
const wakes = (at: number) => t.fact(at, 'controller', { controller: 'c1', what: 'resumed' });
const leads = (at: number) => t.fact(at, 'lease', { controller: 'c1', epoch: 1, what: 'renewed' });
const wrongClock = (at: number) => t.fact(at, 'struck', { fault: 'canary-clock-wrong', id: 9, harms: [] });
t.tell(usersPathTold, [
  ['three in a row were not answered', undefined, [alone, answered(0, 20), fails(32.1)]],
  ['two were not', /longest wait for an answer was 8100 ms/, [alone, answered(0, 20), fails(28.1)]],
  ['all were', /said to fail/, [alone, answered(0, 20), fails(20.1)]],
  ['three were not, and it is told late', undefined, [alone, answered(0, 20), t.acked(36, 'east'), fails(40)]],
  [
    'three were not, and it is told late, after a longer time that is long over',
    undefined,
    [alone, answered(0, 20), t.acked(64, 'east'), t.acked(80, 'east'), answered(84, 92), fails(96)],
  ],
  [
    'the same, and that was long over, too',
    /longest wait for an answer was 4000 ms/,
    [alone, answered(0, 20), t.acked(64, 'east'), t.acked(80, 'east'), answered(84, 116), fails(120)],
  ],
  ['three good ones', undefined, [alone, answered(0, 20), fails(33), answered(40, 48), restored(48.1)]],
  ['one good one', /only 1 were answered/, [alone, answered(0, 20), fails(50), t.acked(60, 'east'), restored(60.1)]],
  ['rows of long ago', /only 1 were answered/, [alone, answered(0, 60), fails(75), t.acked(130, 'east'), restored(130.1)]],
  [
    'rows of long ago, by a client whose clock was wrong',
    undefined,
    [alone, wrongClock(1), answered(0, 60), fails(75), t.acked(130, 'east'), restored(130.1)],
  ],
  ['its teller stood still before it could be written', undefined, [alone, answered(0, 20), fails(33), wakes(60), restored(60.1)]],
  ['its teller stood still long ago', /only 6 were answered/, [alone, answered(0, 20), fails(33), wakes(60), restored(62)]],
  [
    'the calm, and nobody says so',
    /no answer from ehr for 130000 ms of calm, and nobody says so/,
    [alone, answered(0, 20), t.calm(20), leads(148), t.end(150)],
  ],
  ['the calm, and nobody leads', undefined, [alone, answered(0, 20), t.calm(20), leads(30), t.end(150)]],
  ['the calm, and it is said', undefined, [alone, answered(0, 20), t.calm(20), fails(40), t.end(150)]],
  ['still said to fail', /its path is still said to fail/, [alone, answered(0, 20), t.calm(20), fails(40), answered(60, 200), t.end(200)]],
  ['said to be well', undefined, [alone, answered(0, 20), t.calm(20), fails(40), answered(60, 200), restored(72), t.end(200)]],
]);

const dies = (at: number) => t.incident(at, { diagnosis: 'ReplicaDown', workload: 'ehr' as never, replica: 'west', site: 'west' as never });
const over = (at: number) => t.entry(at, 'IncidentClosed', { incident: 'i1' } as never);
const clock = { fault: 'vantage-clock-wrong', id: 9 };
const lied = (at: number) => t.struck(at, 2, { kind: 'lied-about', workload: 'ehr' as never, replica: 'west', by: ['v2'] });
t.tell(incidentToldTruly, [
  ['a replica that is dead', undefined, [begin, t.struck(10, 1, t.dead('west')), dies(22), t.healed(40, 1), over(50), t.end(60)]],
  ['one that is not', /i1 says that west of ehr is lost, as only 0 of 3/, [begin, dies(22)]],
  ['one that is dead for a moment', /only 0 of 3/, [begin, t.struck(20, 1, t.dead('west')), dies(22)]],
  [
    'one that a liar calls dead, and another eye whose clock was wrong until just now',
    undefined,
    [begin, lied(5), t.fact(6, 'struck', { ...clock, harms: [{ kind: 'resus' }] }), t.fact(21, 'healed', clock), dies(22)],
  ],
  [
    'one that a liar calls dead, and another eye whose clock was wrong long before',
    /only 1 of 3/,
    [begin, lied(5), t.fact(6, 'struck', { ...clock, harms: [{ kind: 'resus' }] }), t.fact(21, 'healed', clock), dies(60)],
  ],
  ['a region of which only a part is dead', /east of pacs is lost/, [begin, t.struck(5, 1, t.dead('east')), t.incident(20)]],
  [
    'closed while it is dead',
    /closed while nobody had seen west/,
    [begin, t.struck(10, 1, t.dead('west')), dies(22), over(120), t.acked(121, 'east')],
  ],
  [
    'closed while it is dead, by a liar',
    undefined,
    [
      begin,
      t.struck(5, 2, { kind: 'lied-about', workload: 'ehr' as never, replica: 'west', by: ['v2'] }),
      t.struck(10, 1, t.dead('west')),
      dies(22),
      over(120),
      t.acked(121, 'east'),
    ],
  ],
  [
    'closed, and explained by a wider one',
    undefined,
    [
      begin,
      t.struck(10, 1, t.dead('west'), { kind: 'dead', workload: 'pacs' as never, replica: 'west' }),
      dies(22),
      over(120),
      t.incident(120, { incident: 'i2' as never, site: 'west' as never }),
      t.acked(121, 'east'),
    ],
  ],
  [
    'open for ever',
    /i1 is open, and nothing is in the way/,
    [begin, t.struck(10, 1, t.dead('west')), dies(22), t.healed(40, 1), t.calm(50), t.end(200)],
  ],
  ['open while it stands', undefined, [begin, t.struck(10, 1, t.dead('west')), dies(22), t.calm(50), t.end(200)]],
]);

const role = (at: number, primary: string) => t.entry(at, 'RoleChanged', { workload: 'ehr', primary } as never);
const withheld = (at: number, guard: string) => t.entry(at, 'ActionWithheld', { incident: 'i1', workload: 'ehr', guard } as never);
t.tell(changesTold, [
  ['a verdict twice', /ehr\/east\/db for v2 is said to be down, and was/, [begin, verdict(20, 'down'), verdict(25, 'down')]],
  ['a verdict, and another', undefined, [begin, verdict(20, 'down'), verdict(25, 'up'), verdict(40, 'down')]],
  ['of two vantages', undefined, [begin, verdict(20, 'down'), verdict(25, 'down', 'v3')]],
  ['a role that is the same', /the writer of ehr is said to be east/, [begin, role(20, 'east')]],
  ['a role there and back', undefined, [begin, role(20, 'west'), role(40, 'east')]],
  ['a path that was well', /the path of ward to ehr is said to be well/, [begin, restored(20)]],
  ['one incident twice', /RegionLost of east is said to be open/, [begin, t.incident(20), t.incident(25, { incident: 'i2' as never })]],
  ['one after the other', undefined, [begin, t.incident(20), over(24), t.incident(25, { incident: 'i2' as never })]],
  ['a reason again and again', /why nothing is done for ehr in i1/, [begin, withheld(20, 'cooldown'), withheld(21, 'cooldown')]],
  ['a reason, another, and the first', undefined, [begin, withheld(20, 'cooldown'), withheld(21, 'free'), withheld(22, 'cooldown')]],
]);

const starts = (at: number) => t.entry(at, 'RunStarted', { run: 'ehr-1' } as never);
const executes = (at: number) => t.entry(at, 'RunExecuted', { run: 'ehr-1', outcome: 'succeeded' } as never);
const closes = (at: number) => t.entry(at, 'RunClosed', { run: 'ehr-1', outcome: 'succeeded' } as never);
const injected = (at: number, what: 'stands' | 'expired') =>
  t.fact(at, 'drill-fault', { drill: 'd1', fault: 'f', site: 'west' as never, what, leaseEndsAt: 0 as never, harms: [] });
t.tell(runInTime, [
  ['at once', undefined, [begin, t.calm(10), t.opened(20, failover), starts(20), executes(40), closes(60)]],
  ['it does not start', /ehr-1 took 10000 ms from open/, [begin, t.calm(10), t.opened(20, failover), starts(30)]],
  ['its steps take too long', /ehr-1 took 70000 ms from started/, [begin, t.calm(10), t.opened(20, failover), starts(20), executes(90)]],
  [
    'a step failed, and people decide',
    undefined,
    [
      begin,
      t.calm(10),
      t.opened(20, failover),
      starts(20),
      t.entry(30, 'StepFailed', { run: 'ehr-1', step: 'promote' } as never),
      executes(90),
    ],
  ],
  [
    'the provider took it back, and it was sent again',
    undefined,
    [
      begin,
      t.calm(10),
      t.opened(20, failover),
      starts(20),
      t.fact(25, 'undone', { workload: 'ehr' as never, token: 'ehr-1/promote' }),
      executes(90),
    ],
  ],
  [
    'what a game day has taken away comes back meanwhile',
    undefined,
    [begin, t.calm(10), injected(15, 'stands'), t.opened(20, failover), starts(20), injected(70, 'expired'), executes(90)],
  ],
  [
    'what a game day takes away is gone before it begins',
    /ehr-1 took 70000 ms from started/,
    [begin, t.calm(10), injected(15, 'stands'), t.opened(20, failover), starts(20), executes(90)],
  ],
  ['not in the calm', undefined, [begin, t.opened(20, failover), starts(30), executes(190)]],
  [
    'it never ends, and users are well',
    /took 80000 ms from executed/,
    [alone, t.calm(10), t.opened(20, failover), starts(20), executes(40), answered(40, 120), closes(120)],
  ],
  [
    'it ends late, and users were not well',
    undefined,
    [alone, t.calm(10), t.opened(20, failover), starts(20), executes(40), answered(90, 120), closes(120)],
  ],
]);

const measured = (at: number, over: object = {}, provisional = false) => {
  const measurement = {
    onsetAt: 20_000,
    restoredAt: 60_000,
    rtaMs: 40_000,
    canaries: { acknowledged: 9, lost: 0, duplicated: 0, unknown: 0 },
    ...over,
  };
  return t.entry(at, 'RunMeasured', { run: 'ehr-1', measurement, provisional } as never);
};
const lived = [alone, answered(0, 20), t.opened(30, failover), starts(30), t.started(31), t.executed(35), executes(50), answered(60, 80)];
const asks = (at: number) => t.entry(at, 'LedgerRequested', { run: 'ehr-1', workload: 'ehr', population: 'ward' } as never);
t.tell(measuredTruly, [
  ['as users felt it', undefined, [lived, measured(90), closes(90)]],
  [
    'from an instant at which nobody was answered',
    /users waited 30000 ms; no canary/,
    [lived, measured(90, { onsetAt: 30_000, rtaMs: 30_000 }), closes(90)],
  ],
  ['a sum that is none', /users waited 7 ms/, [lived, measured(90, { rtaMs: 7 }), closes(90)]],
  [
    'not all was watched',
    undefined,
    [lived, measured(90, { onsetAt: 30_000, rtaMs: 30_000, coverage: { measuredMs: 1, unknownMs: 1 } }), closes(90)],
  ],
  [
    'a client with a wrong clock',
    undefined,
    [
      alone,
      t.fact(1, 'struck', { fault: 'canary-clock-wrong', id: 1, harms: [] }),
      lived.slice(1),
      measured(90, { onsetAt: 30_000 }),
      closes(90),
    ],
  ],
  ['a ledger is missing', /not provisional; something is unknown/, [lived, asks(60), measured(90), closes(90)]],
  ['it says that one is missing', undefined, [lived, asks(60), measured(90, {}, true), closes(90)]],
  ['executed, and never measured', /closed without being measured/, [lived, closes(90)]],
  [
    'lost, and the writer never moved',
    /3 canaries were lost; the writer of ehr never moved/,
    [alone, answered(0, 20), t.opened(30, failover), executes(50), answered(60, 80), measured(90, { canaries: { lost: 3 } }), closes(90)],
  ],
  [
    'nobody was answered since',
    /ward got no answer since it was opened/,
    [alone, answered(0, 20), t.opened(30, failover), executes(50), measured(90, { restoredAt: undefined }), closes(90)],
  ],
]);
