// When a run may open, and who must have said yes.
import { approvals } from '../../../src/simulation/checkers/approvals.ts';
import { asksPeople } from '../../../src/simulation/checkers/asks-people.ts';
import { cooldown } from '../../../src/simulation/checkers/cooldown.ts';
import { decidedInTime } from '../../../src/simulation/checkers/decided-in-time.ts';
import { eyes } from '../../../src/simulation/checkers/eyes.ts';
import { fitStandby } from '../../../src/simulation/checkers/fit-standby.ts';
import { innerHaGrace } from '../../../src/simulation/checkers/inner-ha-grace.ts';
import { oneRun } from '../../../src/simulation/checkers/one-run.ts';
import { peopleHold } from '../../../src/simulation/checkers/people-hold.ts';
import { realLoss } from '../../../src/simulation/checkers/real-loss.ts';
import { seenInTime } from '../../../src/simulation/checkers/seen-in-time.ts';
import { treatedOnce } from '../../../src/simulation/checkers/treated-once.ts';
import { usersVeto } from '../../../src/simulation/checkers/users-veto.ts';
import type { Fact } from '../../../src/simulation/truth.ts';
import * as t from './story.ts';

const begin = [t.declared(), t.granted(0, 'c1', 1)];
const failover = { incident: 'i1' as never };
const closed = (at: number, run = 'ehr-1', entryAt = at) => t.entry(at, 'RunClosed', { run, outcome: 'succeeded' } as never, { entryAt });

t.tell(realLoss, [
  ['dead for long enough', undefined, [begin, t.struck(10, 1, t.dead()), t.opened(20, failover), t.started(20)]],
  ['dead for too short', /lost/, [begin, t.struck(10, 1, t.dead()), t.opened(19.9, failover)]],
  ['nothing is wrong', /only 0 of 3/, [begin, t.opened(20, failover)]],
  ['only one vantage lost it', /only 1 of 3/, [begin, t.struck(10, 1, t.unreachable('east', 'v2')), t.opened(30, failover)]],
  ['two of three lost it', undefined, [begin, t.struck(10, 1, t.unreachable('east', 'v2', 'v3')), t.opened(30, failover)]],
  [
    'one lost it and one lies',
    undefined,
    [
      begin,
      t.struck(10, 1, t.unreachable('east', 'v2')),
      t.struck(11, 2, { kind: 'lied-about', workload: 'ehr' as never, replica: 'east', by: ['v3'] }),
      t.opened(30, failover),
    ],
  ],
  ['the wrong replica is dead', /only 0 of 3/, [begin, t.struck(10, 1, t.dead('west')), t.opened(30, failover)]],
  ['over, but so lately that nobody can know', undefined, [begin, t.struck(10, 1, t.dead()), t.healed(25, 1), t.opened(30, failover)]],
  ['over for long', /only 0 of 3/, [begin, t.struck(10, 1, t.dead()), t.healed(25, 1), t.opened(41, failover)]],
  [
    'over when the step begins, long after people said yes',
    /step promote/,
    [begin, t.struck(10, 1, t.dead()), t.opened(30, { ...failover, approvalsNeeded: 1 }), t.healed(40, 1), t.started(60)],
  ],
  [
    'a second attempt is no new decision',
    undefined,
    [begin, t.struck(10, 1, t.dead()), t.opened(30, failover), t.healed(40, 1), t.started(60, 'promote', 2)],
  ],
  [
    'two short losses with a break that falls between two samples',
    undefined,
    [begin, t.struck(10, 1, t.dead()), t.healed(14, 1), t.struck(16, 2, t.dead()), t.opened(21, failover)],
  ],
  [
    'two short losses with a break that everybody saw',
    /only 0 of 3/,
    [begin, t.struck(10, 1, t.dead()), t.healed(14, 1), t.struck(22, 2, t.dead()), t.opened(30, failover)],
  ],
  [
    'slow is not lost',
    /only 0 of 3/,
    [begin, t.struck(10, 1, { kind: 'slow', workload: 'ehr' as never, replica: 'east' }), t.opened(30, failover)],
  ],
  ['asked for by a person', undefined, [begin, t.opened(30, {}), t.started(31)]],
]);

const plain = [t.declared({ innerHaGraceMs: undefined } as never), t.granted(0, 'c1', 1)];
t.tell(fitStandby, [
  ['something inside may have moved it', undefined, [begin, t.struck(10, 1, t.dead('west')), t.opened(30, failover)]],
  ['a standby that answers', undefined, [plain, t.opened(30, failover)]],
  ['one that is dead for long', /nobody has seen/, [plain, t.struck(10, 1, t.dead('west')), t.opened(30, failover)]],
  ['one that died a moment ago', undefined, [plain, t.struck(20, 1, t.dead('west')), t.opened(30, failover)]],
  ['one that is back', undefined, [plain, t.struck(10, 1, t.dead('west')), t.healed(29, 1), t.opened(30, failover)]],
]);

const two = { v1: 'east' as never, v2: 'west' as never };
t.tell(eyes, [
  ['three in three places', undefined, [begin, t.opened(30, failover)]],
  ['two', /2 vantages in 2/, [t.declared({}, { vantages: two }), t.opened(30, failover)]],
  ['three in two', /3 vantages in 2/, [t.declared({}, { vantages: { ...two, v3: 'east-a' as never } }), t.opened(30, failover)]],
  ['two, and people asked', undefined, [t.declared({}, { vantages: two }), t.opened(30, { ...failover, approvalsNeeded: 1 })]],
]);

const reported = (at: number, goodAt: number, controller = 'c1') =>
  t.fact(at, 'reported', { controller, workload: 'ehr' as never, population: 'ward', goodAt: (goodAt * 1_000) as never });
t.tell(usersVeto, [
  ['answered a moment ago', /8000 ms after c1 knew/, [begin, reported(22, 22), t.opened(30, failover)]],
  ['answered long ago', undefined, [begin, reported(20, 20), t.opened(30, failover)]],
  ['told while it was being written down', undefined, [begin, reported(15, 15), reported(29.95, 29.95), t.opened(30, failover)]],
  [
    'told again while it was being written down',
    /8000 ms after/,
    [begin, reported(22, 22), reported(29.95, 29.95), t.opened(30, failover)],
  ],
  ['a moment ago, but nobody told this leader', undefined, [begin, reported(25, 25, 'c2'), t.opened(30, failover)]],
  ['told before it led', undefined, [begin, reported(21, 21), t.granted(22, 'c1', 2), t.opened(30, failover, { epoch: 2 })]],
  ['said from the future, by a clock that has been set right', undefined, [begin, reported(15, 22), t.opened(30, failover)]],
  ['its clock is wrong', undefined, [begin, reported(22, 22), t.opened(30, failover, { entryAt: 34 })]],
]);

const asks = { ...failover, approvalsNeeded: 1 };
const blackout = { blackout: { startsAt: 10_000, endsAt: 40_000 } };
t.tell(asksPeople, [
  ['the tier lets it act', undefined, [begin, t.incident(20), t.opened(30, failover)]],
  ['a blackout is open', /a blackout is open, in which people decide/, [t.declared(blackout), t.incident(20), t.opened(30, failover)]],
  ['a blackout is open, and it asks', undefined, [t.declared(blackout), t.incident(20), t.opened(30, asks)]],
  ['a blackout is over', undefined, [t.declared(blackout), t.incident(20), t.opened(41, failover)]],
  ['nobody has decided its targets', /nobody has decided yet/, [t.declared({ isUndecided: true }), t.incident(20), t.opened(30, failover)]],
  ['nobody has decided its targets, and it asks', undefined, [t.declared({ isUndecided: true }), t.incident(20), t.opened(30, asks)]],
  [
    'the tier wants an approval',
    /wants an approval/,
    [t.declared({ automation: { ...t.promised.automation, region: 'approve' } }), t.incident(20), t.opened(30, failover)],
  ],
  [
    'the tier wants an approval, and gets to ask',
    undefined,
    [t.declared({ automation: { ...t.promised.automation, region: 'approve' } }), t.incident(20), t.opened(30, asks)],
  ],
  [
    'two are wanted and one is asked',
    /with 1 people/,
    [t.declared({ approvalsNeeded: 2, automation: { ...t.promised.automation, region: 'approve' } }), t.incident(20), t.opened(30, asks)],
  ],
  [
    'the tier wants people alone',
    /by people alone/,
    [t.declared({ automation: { ...t.promised.automation, region: 'manual' } }), t.incident(20), t.opened(30, asks)],
  ],
  [
    'another scope wants people',
    undefined,
    [t.declared({ automation: { ...t.promised.automation, zone: 'manual' } }), t.incident(20), t.opened(30, failover)],
  ],
  [
    'the fence is not enough',
    /only asserted/,
    [t.declared({ fencingAccepted: ['storage-fenced'] }), t.incident(20), t.opened(30, failover)],
  ],
]);

const hands = (at: number, by: string, plan = 'hash') => [
  t.fact(at, 'clicked', { by: t.person(by), request: { kind: 'approve', run: 'ehr-1', plan } }),
  t.entry(at, 'ApprovalGiven', { run: 'ehr-1', plan, by } as never, { actor: t.person(by) }),
];
const begun = (at: number) => t.entry(at, 'RunStarted', { run: 'ehr-1' } as never);
const asked = t.opened(30, { approvalsNeeded: 2 }, { actor: t.person('ann') });
t.tell(approvals, [
  ['two others', undefined, [begin, asked, hands(31, 'bob'), hands(32, 'cat'), begun(32)]],
  ['one of two', /with 1 of 2/, [begin, asked, hands(31, 'bob'), begun(32)]],
  ['the same person twice', /with 1 of 2/, [begin, asked, hands(31, 'bob'), hands(32, 'bob'), begun(32)]],
  ['the requester', /ann approved ehr-1, and had asked/, [begin, asked, hands(31, 'ann')]],
  ['another plan', /another plan/, [begin, asked, hands(31, 'bob', 'other')]],
  ['a hand that nobody raised', /cat, who never approved/, [begin, asked, hands(31, 'bob'), hands(32, 'cat').slice(1), begun(32)]],
  ['expired', /started 61000 ms after/, [begin, asked, hands(31, 'bob'), hands(32, 'cat'), begun(91)]],
  ['after it closed', /after it had closed/, [begin, asked, closed(40), hands(41, 'bob')]],
  ['a run that needs nobody', undefined, [begin, t.opened(30), begun(30)]],
  ['a person asks, and nobody is asked', /with 0 of 1/, [begin, t.opened(30, {}, { actor: t.person('ann') }), begun(30)]],
]);

const second = { ...failover, run: 'ehr-2' as never };
const looked = (id: string, workload?: string) =>
  t.entry(40, 'IncidentAcknowledged', { incident: id, by: 'ann', ...(workload === undefined ? {} : { workload }) } as never);
t.tell(cooldown, [
  ['over', undefined, [begin, t.opened(20, failover), t.started(21), closed(30), t.opened(60, second)]],
  ['not over', /29000 ms after ehr-1/, [begin, t.opened(20, failover), t.started(21), closed(30), t.opened(59, second)]],
  [
    'after one that was replaced before it did anything',
    undefined,
    [
      begin,
      t.opened(20, failover),
      t.started(21),
      t.entry(30, 'RunClosed', { run: 'ehr-1', outcome: 'superseded' } as never),
      t.opened(30, second),
    ],
  ],
  [
    'of another workload',
    undefined,
    [begin, t.opened(20, failover), t.started(21), closed(30), t.opened(59, { ...second, workload: 'pacs' as never })],
  ],
  ['asked for by a person', undefined, [begin, t.opened(20, failover), t.started(21), closed(30), t.opened(59, { run: 'ehr-2' as never })]],
  ['after one that sent nothing', undefined, [begin, t.opened(20, failover), closed(30), t.opened(59, second)]],
  [
    'after somebody acknowledged it',
    undefined,
    [begin, t.opened(20, failover), t.started(21), closed(30), looked('i1'), t.opened(59, second)],
  ],
]);

t.tell(treatedOnce, [
  ['acknowledged, and nothing was treated', /i1 was acknowledged; it is over/, [begin, looked('i1')]],
  [
    'acknowledged soon after its run',
    undefined,
    [begin, t.opened(20, failover), t.started(21), closed(22), t.entry(23, 'IncidentClosed', { incident: 'i1' as never }), looked('i1')],
  ],
  ['acknowledged while it is open', undefined, [begin, t.incident(10), looked('i1')]],
  [
    'another incident',
    undefined,
    [begin, t.opened(20, failover), t.started(21), closed(30), t.opened(90, { ...second, incident: 'i2' as never })],
  ],
  ['the same', /which ehr-1 had treated/, [begin, t.opened(20, failover), t.started(21), closed(30), t.opened(90, second)]],
  [
    'the same, after a run that was given up for a better one',
    undefined,
    [
      begin,
      t.opened(20, failover),
      t.started(21),
      t.entry(30, 'RunClosed', { run: 'ehr-1', outcome: 'superseded' } as never),
      t.opened(31, second),
    ],
  ],
  [
    'the same, another workload',
    undefined,
    [begin, t.opened(20, failover), t.started(21), closed(30), t.opened(90, { ...second, workload: 'pacs' as never })],
  ],
  [
    'the same, acknowledged in between',
    undefined,
    [begin, t.opened(20, failover), t.started(21), closed(30), looked('i1'), t.opened(90, second)],
  ],
  [
    'the same, acknowledged for another workload',
    /which ehr-1 had treated/,
    [begin, t.opened(20, failover), t.started(21), closed(30), looked('i1', 'pacs'), t.opened(90, second)],
  ],
]);

const zone = t.incident(20, { diagnosis: 'ZoneLost', site: 'east-a' as never });
t.tell(innerHaGrace, [
  ['had its grace', undefined, [begin, zone, t.opened(40, failover)]],
  ['had not', /19000 ms after i1/, [begin, zone, t.opened(39, failover)]],
  ['a lost region takes it along', undefined, [begin, t.incident(20), t.opened(21, failover)]],
  ['none is declared', undefined, [t.declared({ innerHaGraceMs: undefined } as never), zone, t.opened(21, failover)]],
]);

t.tell(oneRun, [
  ['one after the other', undefined, [begin, t.opened(20), closed(30), t.opened(31, second)]],
  ['two at once', /ehr-2 opened while ehr-1 held ehr/, [begin, t.opened(20), t.opened(31, second)]],
  ['two workloads', undefined, [begin, t.opened(20), t.opened(31, { ...second, workload: 'pacs' as never })]],
  [
    'two workloads that share a resource',
    /held cluster/,
    [t.declared({ resources: ['cluster'] }), t.opened(20), t.opened(31, { ...second, workload: 'pacs' as never })],
  ],
]);

const stop = (at: number) => t.entry(at, 'ActingStopped', { by: 'ann' } as never);
const release = (at: number) => t.entry(at, 'ActingReleased', { by: 'ann' } as never);
const pause = (at: number, run = 'ehr-1') => t.entry(at, 'RunPaused', { run, by: 'ann' } as never);
const maintain = (at: number, until: number) => t.entry(at, 'MaintenanceBegan', { workload: 'ehr', until: until * 1_000 } as never);
const apart = {
  steps: [
    ['tell', 'nothing'],
    ['fence', 'fences'],
    ['promote', 'promotes'],
  ] as const,
};
t.tell(peopleHold, [
  ['opened after the release', undefined, [begin, stop(10), release(15), t.opened(20), begun(20), t.started(21)]],
  ['opened while acting is stopped', /ehr-1 opened while acting was stopped/, [begin, stop(10), t.opened(20)]],
  ['started while it is paused', /ehr-1 started while people held it/, [begin, t.opened(20), pause(25), begun(26)]],
  ['another one is paused', undefined, [begin, t.opened(20), pause(25, 'pacs-1'), begun(26), t.started(27)]],
  [
    'resumed, then started',
    undefined,
    [begin, t.opened(20), pause(25), t.entry(26, 'RunResumed', { run: 'ehr-1' } as never), begun(27), t.started(27)],
  ],
  [
    'sent while acting is stopped',
    /sent fence, attempt 1/,
    [begin, t.opened(20, apart), begun(20), t.started(21, 'tell'), stop(22), t.started(23, 'fence')],
  ],
  [
    'sent on its way out',
    /sent fence, attempt 1/,
    [begin, t.opened(20, apart), t.entry(22, 'RunCancelling', { run: 'ehr-1' } as never), t.started(23, 'fence')],
  ],
  ['after the fence it goes on', undefined, [begin, t.opened(20, apart), t.started(21, 'fence'), stop(22), t.started(23, 'promote')]],
  [
    'the fence again, to know how it ended',
    undefined,
    [begin, t.opened(20, apart), t.started(21, 'fence'), stop(22), t.started(23, 'fence', 2)],
  ],
  ['for an incident, while it is maintained', /while ehr was maintained/, [begin, maintain(10, 60), t.opened(20, failover)]],
  ['after its time', undefined, [begin, maintain(10, 19), t.opened(20, failover)]],
  [
    'ended before its time',
    undefined,
    [begin, maintain(10, 60), t.entry(15, 'MaintenanceEnded', { workload: 'ehr' } as never), t.opened(20, failover)],
  ],
  ['people ask for a run meanwhile', undefined, [begin, maintain(10, 60), t.opened(20, {}, { actor: t.person('ann') })]],
]);

const born = [begin, t.writes(0, 'east', { by: 'start' }), t.writes(0, 'west', { by: 'start', workload: 'pacs' })];
const lostForGood = [born, t.calm(100), t.struck(100, 1, t.dead())];
const practised = (at: number, what: 'stands' | 'expired'): Fact =>
  t.fact(at, 'drill-fault', { drill: 'd1', fault: 'f', site: 'west' as never, what, leaseEndsAt: 0 as never, harms: [] });
const inDrill = [born, practised(90, 'stands'), lostForGood.slice(1)];
t.tell(seenInTime, [
  ['seen', undefined, [lostForGood, t.incident(120), t.end(400)]],
  ['never seen', /east of ehr is lost to v2, v3/, [lostForGood, t.end(400)]],
  ['not yet', undefined, [lostForGood, t.end(150)]],
  ['of another region', /no incident says so/, [lostForGood, t.incident(120, { site: 'west' as never }), t.end(400)]],
  [
    'over before the calm',
    /no incident says so/,
    [born, t.incident(20), t.entry(30, 'IncidentClosed', { incident: 'i1' } as never), lostForGood.slice(1), t.end(400)],
  ],
  [
    'too few eyes outside',
    undefined,
    [born, t.fact(100, 'calm', { controllers: ['c1'], vantages: ['v1', 'v2'] }), t.struck(100, 1, t.dead()), t.end(400)],
  ],
  ['an eye in what a game day took away', undefined, [inDrill, practised(380, 'expired'), t.end(400)]],
  ['an eye in what a game day gave back long ago', /no incident says so/, [inDrill, practised(120, 'expired'), t.end(400)]],
  ['back again', undefined, [lostForGood, t.healed(399, 1), t.end(400)]],
  ['moved by people, long after', /no incident says so/, [lostForGood, t.writes(300, 'west', { by: 'operator' }), t.end(400)]],
  ['moved by people, soon', undefined, [lostForGood, t.writes(130, 'west', { by: 'operator' }), t.end(400)]],
]);

const withheld = (at: number, guard: string, workload = 'ehr', incident = 'i1') =>
  t.entry(at, 'ActionWithheld', { incident, workload, guard, because: 'so it is' } as never);
const onlyEhr = t.incident(20, { workload: 'ehr' as never });
t.tell(decidedInTime, [
  ['a run', undefined, [begin, onlyEhr, t.opened(20, failover), t.end(90)]],
  ['a reason', undefined, [begin, onlyEhr, withheld(20, 'cooldown'), t.end(90)]],
  ['neither', /i1 concerns ehr since 70000 ms/, [begin, onlyEhr, t.end(90)]],
  ['a reason for the other workload only', /i1 concerns ehr/, [begin, t.incident(20), withheld(20, 'primary', 'pacs'), t.end(90)]],
  ['over before anybody could', undefined, [begin, onlyEhr, t.entry(21, 'IncidentClosed', { incident: 'i1' } as never), t.end(90)]],
  ['its leader went', undefined, [begin, onlyEhr, t.granted(22, 'c2', 2), t.end(90)]],
  ['a run is open already', undefined, [begin, t.opened(10), onlyEhr, t.end(90)]],
  ['a fault stood all the time', undefined, [begin, t.struck(15, 1, { kind: 'resus' }), onlyEhr, t.end(90)]],
]);
