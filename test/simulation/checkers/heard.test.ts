// What people ask for and what runs and game days make of it: whether somebody is heard, who takes whose place, what is played.
import { childToldTruly } from '../../../src/simulation/checkers/child-told-truly.ts';
import { drillToldTruly } from '../../../src/simulation/checkers/drill-told-truly.ts';
import { peopleHeard } from '../../../src/simulation/checkers/people-heard.ts';
import * as t from './story.ts';

const begin = [t.declared(), t.granted(0, 'c1', 1)];
const alone = [t.declared({}, { workloads: { ehr: t.promised } }), t.granted(0, 'c1', 1)];
const failover = { incident: 'i1' as never };
const ann = t.person('ann');
const closes = (at: number, outcome = 'succeeded', run = 'ehr-1') => t.entry(at, 'RunClosed', { run, outcome } as never);

const phase = (at: number, name: string) => t.entry(at, 'DrillPhaseEntered', { drill: 'd1', phase: name } as never);
const drill = [alone, t.entry(10, 'DrillOpened', { drill: 'd1', gameday: 'loss', workload: 'ehr' } as never)];
const intends = (at: number) => t.entry(at, 'FaultIntended', { drill: 'd1', fault: 'f' } as never);
const stands = (at: number) =>
  t.fact(at, 'drill-fault', { drill: 'd1', fault: 'f', site: 'east' as never, what: 'stands', leaseEndsAt: 90_000 as never, harms: [] });
const bites = (at: number) => t.entry(at, 'FaultBit', { drill: 'd1', fault: 'f' } as never);
const ends = (at: number, is: string, runs: string[] = []) => t.entry(at, 'DrillClosed', { drill: 'd1', verdict: is, runs } as never);
const played = [...drill, phase(20, 'inject'), intends(20), stands(21), bites(30), t.opened(31), closes(60)];
const comesHome = t.declared(
  {},
  { workloads: { ehr: t.promised }, gamedays: { loss: { workload: 'ehr' as never, gates: 2, sites: [], failback: true } } },
);
const moved = (at: number, primary: string) => t.entry(at, 'RoleChanged', { workload: 'ehr', primary, run: 'ehr-1' } as never);
const anotherFault = t.struck(12, 1, t.dead('west'));
t.tell(drillToldTruly, [
  ['played to its end', undefined, [played, ends(70, 'passed', ['ehr-1'])]],
  [
    'its fault never stood',
    /passed, and its fault never stood/,
    [drill, phase(20, 'inject'), intends(20), t.opened(31), closes(60), ends(70, 'passed', ['ehr-1'])],
  ],
  ['nobody felt it', /its fault did not bite/, [drill, intends(20), stands(21), t.opened(31), closes(60), ends(70, 'passed', ['ehr-1'])]],
  [
    'its run failed',
    /no run of it succeeded/,
    [drill, intends(20), stands(21), bites(30), t.opened(31), closes(60, 'failed'), ends(70, 'passed', ['ehr-1'])],
  ],
  ['it bites before it stands', /said to bite, and never stood/, [drill, intends(20), bites(30)]],
  ['phases go back', /entered steady after inject/, [drill, phase(20, 'inject'), phase(25, 'steady')]],
  [
    'an expectation did not hold',
    /1 expectations did not hold/,
    [played, t.entry(69, 'ExpectationChecked', { drill: 'd1', expectation: 'x', holds: false } as never), ends(70, 'passed', ['ehr-1'])],
  ],
  ['refused after the injection', /its fault was injected/, [played, anotherFault, ends(70, 'refused')]],
  ['refused for nothing', /d1 is refused, and nothing had disturbed it/, [drill, ends(12, 'refused')]],
  ['failed for nothing', /d1 is failed, and nothing had disturbed it/, [played, ends(70, 'failed', ['ehr-1'])]],
  [
    'it did not come home',
    undefined,
    [
      t.declared(
        {},
        { workloads: { ehr: t.promised }, gamedays: { loss: { workload: 'ehr' as never, gates: 2, sites: [], failback: true } } },
      ),
      played.slice(1),
      ends(70, 'failed', ['ehr-1']),
    ],
  ],
  ['refused for another fault', undefined, [drill, anotherFault, ends(13, 'refused')]],
  [
    'passed, and nobody came home',
    /passed, and ehr did not come home to east/,
    [comesHome, played.slice(1), moved(50, 'west'), ends(70, 'passed', ['ehr-1'])],
  ],
  ['passed, and home again', undefined, [comesHome, played.slice(1), moved(50, 'west'), moved(65, 'east'), ends(70, 'passed', ['ehr-1'])]],
]);

const clicks = (at: number, kind: string, rest: object = {}) => t.fact(at, 'clicked', { by: ann, request: { kind, ...rest } });
const later = (at: number) => t.acked(at, 'east');
const said = (at: number, type: 'ActingStopped' | 'ActingReleased') => t.entry(at, type, { by: 'ann', reason: '' } as never);
const opened = [begin, t.opened(20, { approvalsNeeded: 1 }, { actor: t.person('bob') })];
const approves = clicks(25, 'approve', { run: 'ehr-1', plan: 'hash', maxLossMs: 900_000 });
const step = { run: 'ehr-1', step: 'promote' } as never;
const failed = [begin, t.opened(10), t.entry(11, 'RunStarted', { run: 'ehr-1' } as never), t.entry(20, 'StepFailed', step)];
const retries = (at: number) => clicks(at, 'retry', step);
const maintains = (at: number, until: number) => clicks(at, 'maintain', { workload: 'ehr', until: until * 1_000 });
const heard: readonly t.Story[] = [
  ['stopped', undefined, [begin, clicks(20, 'stop'), said(21, 'ActingStopped'), later(40)]],
  ['nobody stops', /ann asked for stop/, [begin, clicks(20, 'stop'), later(40)]],
  ['stopped already', undefined, [begin, said(10, 'ActingStopped'), clicks(20, 'stop'), later(40)]],
  [
    'its leader died over it',
    undefined,
    [begin, clicks(20, 'stop'), t.fact(21, 'controller', { controller: 'c1', what: 'crashed' }), later(40)],
  ],
  [
    'another leads meanwhile',
    undefined,
    [begin, clicks(20, 'stop'), t.granted(22, 'c2', 2), t.entry(22, 'EpochBegan', {} as never, { controller: 'c2', epoch: 2 }), later(40)],
  ],
  [
    'it cannot be written',
    undefined,
    [begin, clicks(20, 'stop'), t.fact(21, 'append-refused', { controller: 'c1', epoch: 1, code: 'JOURNAL_FULL' }), later(40)],
  ],
  [
    'an approval that counts',
    undefined,
    [opened, approves, t.entry(25, 'ApprovalGiven', { run: 'ehr-1', plan: 'hash', by: 'ann' } as never), later(40)],
  ],
  ['an approval that is not taken', /ann asked for approve ehr-1/, [opened, approves, later(40)]],
  [
    'an approval of another plan',
    undefined,
    [opened, clicks(25, 'approve', { run: 'ehr-1', plan: 'other', maxLossMs: 900_000 }), later(40)],
  ],
  ['a move', undefined, [begin, clicks(20, 'run', { workload: 'ehr' }), t.opened(20.1), later(40)]],
  ['a move that does not begin', /ann asked for run ehr/, [begin, clicks(20, 'run', { workload: 'ehr' }), later(40)]],
  ['a move while another run is open', undefined, [begin, t.opened(10), clicks(20, 'run', { workload: 'ehr' }), later(40)]],
  ['a pause', /ann asked for pause ehr-1/, [begin, t.opened(10), clicks(20, 'pause', { run: 'ehr-1' }), later(40)]],
  [
    'a pause of what is on its way out',
    undefined,
    [begin, t.opened(10), t.entry(12, 'RunCancelling', { run: 'ehr-1' } as never), clicks(20, 'pause', { run: 'ehr-1' }), later(40)],
  ],
  ['a step that failed is tried again', undefined, [failed, retries(24), t.entry(24, 'StepRetried', step), later(40)]],
  ['a step that failed is left alone', /ann asked for retry ehr-1/, [failed, retries(24), later(40)]],
  ['a step that is tried again already', undefined, [failed, t.entry(23, 'StepRetried', step), retries(24), later(40)]],
  ['maintenance', /ann asked for maintain ehr/, [begin, maintains(20, 90), later(40)]],
  ['maintenance that by a clock which is ahead was over', undefined, [begin, maintains(20, 24), later(40)]],
];
/** The leader renews its lease every two seconds, except in a gap, in which it does not reach the store. */
const renewing = (facts: t.Facts, gap = [Infinity, 0]): t.Facts =>
  [
    ...Array.from({ length: 20 }, (_, n) => 2 * n + 1)
      .filter((at) => at < (gap[0] ?? 0) || at > (gap[1] ?? 0))
      .map((at) => t.fact(at, 'lease', { controller: 'c1', epoch: 1, what: 'renewed' })),
    ...t.flat(facts),
  ].sort((a, b) => a.at - b.at);
const asksByHand = [
  begin,
  t.opened(10),
  t.entry(11, 'RunStarted', { run: 'ehr-1' } as never),
  t.entry(20, 'StepStarted', { run: 'ehr-1', step: 'tell', attempt: 1, uses: 'human' } as never),
];
const asksAnswer = [
  asksByHand,
  t.entry(20, 'PlanCompiled', {
    run: 'ehr-1',
    plan: { from: 'east', to: 'west', steps: [{ id: 'tell', uses: 'human', with: { answer: 'text' } }] },
  } as never),
];
const confirms = clicks(25, 'confirm', { run: 'ehr-1', step: 'tell' });
t.tell(peopleHeard, [
  [
    'somebody says that it is done, and it is taken down',
    undefined,
    renewing([asksByHand, confirms, t.entry(26, 'StepConfirmed', { run: 'ehr-1', step: 'tell', by: 'ann' } as never), later(31)]),
  ],
  ['somebody says that it is done', /ann asked for confirm ehr-1/, renewing([asksByHand, confirms, later(30.5)])],
  ['a task that asks for an answer, and none is given', undefined, renewing([asksAnswer, confirms, later(30.5)])],
  [
    'the answer is given',
    /ann asked for confirm ehr-1/,
    renewing([asksAnswer, clicks(25, 'confirm', { run: 'ehr-1', step: 'tell', answer: 'change-1' }), later(30.5)]),
  ],
  ...heard.map(([name, says, facts]) => [name, says, renewing(facts)] as const),
  ['its leader does not reach the store', undefined, renewing([begin, clicks(20, 'stop'), later(40)], [19, 23])],
]);

const second = (at: number, over: object = {}) => t.opened(at, { ...failover, run: 'ehr-2' as never, ...over });
t.tell(childToldTruly, [
  [
    'it names whom it replaces',
    undefined,
    [begin, t.incident(10), t.opened(20, failover), closes(30, 'superseded'), second(30, { parent: 'ehr-1' })],
  ],
  [
    'it names nobody',
    /ehr-2 names no run as the one that it replaces; that is ehr-1/,
    [begin, t.incident(10), t.opened(20, failover), closes(30, 'superseded'), second(30)],
  ],
  [
    'it names one that was done',
    /ehr-2 names ehr-1/,
    [begin, t.incident(10), t.opened(20, failover), closes(30, 'failed'), second(30, { parent: 'ehr-1' })],
  ],
  [
    'for what came later it is no child',
    undefined,
    [
      begin,
      t.incident(10),
      t.opened(20, failover),
      closes(30, 'superseded'),
      t.incident(40, { incident: 'i2' as never }),
      second(60, { incident: 'i2' }),
    ],
  ],
]);
