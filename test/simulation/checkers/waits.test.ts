// Runs that wait for people, and steps that are given up.
import { failedTruly } from '../../../src/simulation/checkers/failed-truly.ts';
import { waitsEnd } from '../../../src/simulation/checkers/waits-end.ts';
import * as t from './story.ts';

/** Somebody leads, and renews. */
const leads = (from: number, to: number) => [
  t.granted(from, 'c1', 1),
  ...Array.from({ length: (to - from) / 2 }, (_, i) =>
    t.fact(from + 2 * (i + 1), 'lease', { controller: 'c1', epoch: 1, what: 'renewed' }),
  ),
];
/** In the order of their instants. */
const told = (...facts: t.Facts[]) => [...t.flat(facts)].sort((a, b) => a.at - b.at);
const begin = t.declared();
const shorter = t.fact(1, 'declared', { world: t.world({ approvalExpireMs: 40_000 }) });
const run = { run: 'ehr-1' };
const opened = (approvalsNeeded = 0) => t.opened(10, { approvalsNeeded });
const starts = t.entry(11, 'RunStarted', run as never);
const stoppedAt = (at: number) => t.entry(at, 'ActingStopped', { by: 'ann', reason: '' });
const stopped = stoppedAt(12);
const calls = (at: number) => t.entry(at, 'RunEscalated', run as never);
const approves = (at: number) => t.entry(at, 'ApprovalGiven', { ...run, plan: 'hash', by: 'bob' } as never);
const pauses = (at: number, until: number) => t.entry(at, 'RunPaused', { ...run, by: 'ann', reason: '', until: until * 1_000 } as never);
const resumes = (at: number) => t.entry(at, 'RunResumed', { ...run, by: 'ann', reason: '' } as never);
const executed = (at: number) => t.entry(at, 'RunExecuted', { ...run, outcome: 'failed' } as never);
const retried = (at: number) => t.entry(at, 'StepRetried', { ...run, step: 'promote', by: 'ann', reason: '' } as never);
const closed = (at: number) => t.entry(at, 'RunClosed', { ...run, outcome: 'cancelled' } as never);
const fails = (at: number, code = 'REFUSED') => t.entry(at, 'StepFailed', { ...run, step: 'promote', code, because: '' } as never);

t.tell(waitsEnd, [
  ['nobody approves, and it ends', undefined, told([begin], leads(0, 200), opened(1), [calls(30), closed(70), t.end(200)])],
  [
    'nobody approves, and nobody is called',
    /ehr-1 waits for people \(approval\).* nobody was called/,
    told([begin], leads(0, 60), opened(1)),
  ],
  [
    'nobody approves, and it does not end',
    /approval\) for 61000 ms longer/,
    told([begin], leads(0, 200), opened(1), [calls(30)], [t.acked(131, 'east')]),
  ],
  ['somebody approves', undefined, told([begin], leads(0, 200), opened(1), [starts, t.end(200)])],
  [
    'somebody approves while the lever is pulled, and is called for the lever from then on',
    undefined,
    told([begin], leads(0, 60), opened(1), [stopped, approves(20), calls(42), closed(55)]),
  ],
  [
    'the same, and nobody is called',
    /\(stop\).* nobody was called/,
    told([begin], leads(0, 60), opened(1), [stopped, approves(20), closed(55)]),
  ],
  [
    'called, paused and resumed: the same people need no second call',
    undefined,
    told([begin], leads(0, 200), opened(1), [calls(30), pauses(40, 60), resumes(50), closed(70), t.end(200)]),
  ],
  [
    'paused before anybody had to be called, and called when it is resumed',
    undefined,
    told([begin], leads(0, 200), opened(1), [pauses(20, 60), resumes(50), calls(50), closed(70), t.end(200)]),
  ],
  [
    'done, while the lever is pulled',
    undefined,
    told([begin], leads(0, 200), opened(), [
      starts,
      t.entry(11.5, 'RunExecuted', { ...run, outcome: 'succeeded' } as never),
      stopped,
      t.acked(60, 'west'),
    ]),
  ],
  ['the lever, and nobody lets it go', undefined, told([begin], leads(0, 200), opened(), [starts, stopped, calls(33), executed(73)])],
  [
    'the lever, and it goes on for ever',
    /\(stop\) for 6\d000 ms longer/,
    told([begin], leads(0, 200), opened(), [starts, stopped, calls(33)]),
  ],
  [
    'the lever, and it ends at once',
    /no step of it did, and nobody's time was over/,
    told([begin], leads(0, 200), opened(), [starts, stopped, executed(20)]),
  ],
  [
    'the lever, a step that is retried under it, and nobody lets it go',
    undefined,
    told([begin], leads(0, 200), opened(), [starts, fails(11.5), calls(11.6), stopped, retried(20), executed(73)]),
  ],
  [
    'the same, and it ends at once',
    /no step of it did, and nobody's time was over/,
    told([begin], leads(0, 200), opened(), [starts, fails(11.5), calls(11.6), stopped, retried(20), executed(30)]),
  ],
  [
    'the files gave people less time before, and it may end by that',
    undefined,
    told([begin, shorter], leads(0, 200), opened(), [starts, stopped, calls(33), executed(53)]),
  ],
  [
    'they gave less time, and it ends before that',
    /no step of it did, and nobody's time was over/,
    told([begin, shorter], leads(0, 200), opened(), [starts, stopped, calls(33), executed(43)]),
  ],
  ['it fails for nothing', /no step of it did/, told([begin], leads(0, 200), opened(), [starts, executed(20)])],
  ['a step fails, and it', undefined, told([begin], leads(0, 200), opened(), [starts, fails(20), calls(20.1), executed(80)])],
  [
    'a step fails in a pause that the leader does not know from before',
    undefined,
    told([begin], leads(0, 200), opened(), [starts, pauses(12, 60), t.granted(15, 'c2', 2), fails(20), calls(40), executed(60)]),
  ],
  [
    'the same, and nobody is called when it is resumed',
    /\(decision\).* nobody was called/,
    told([begin], leads(0, 80), opened(), [starts, pauses(12, 60), t.granted(15, 'c2', 2), fails(20), resumes(40)]),
  ],
  ['a step fails, and nobody is called', /\(decision\).* nobody was called/, told([begin], leads(0, 40), opened(), [starts, fails(20)])],
  [
    'its leader dies meanwhile',
    undefined,
    told([begin], leads(0, 20), opened(1), [t.fact(21, 'controller', { controller: 'c1', what: 'crashed' }), t.acked(300, 'east')]),
  ],
]);

const noZones = t.declared({}, { regions: { east: 'east' as never, west: 'west' as never, campus: 'campus' as never } });
const planned = (steps = [['promote', 'fences-and-promotes']]) => [
  t.entry(10, 'RunOpened', { ...run, workload: 'ehr', mode: 'failover', reasons: [], approvalsNeeded: 0, incident: 'i1' } as never),
  t.entry(10, 'PlanCompiled', {
    ...run,
    plan: { from: 'east', to: 'west', steps: steps.map(([id, effect]) => ({ id, effect, retries: 1, timeoutMs: 30_000 })) },
  } as never),
];
const sent = (at: number, attempt = 1) => t.started(at, 'promote', attempt);
const asks = (at: number) => t.entry(at, 'ApprovalAsked', { ...run, step: 'promote', people: 1, because: '' } as never);
const looked = (at: number) => t.entry(at, 'StepObserved', { ...run, step: 'promote', attempt: 1, look: 1 } as never);
const cancels = (at: number) => t.entry(at, 'RunCancelling', { ...run, by: 'ann', reason: '' } as never);
const letGo = [t.entry(13, 'RunPaused', run as never), t.entry(30, 'RunResumed', run as never)];
t.tell(failedTruly, [
  ['refused as often as it may be sent', undefined, [begin, planned(), sent(11), sent(15, 2), fails(20)]],
  ['refused once', /REFUSED; it was tried 1 times of 2/, [begin, planned(), sent(11), fails(20)]],
  ['refused once, and people end it', undefined, [begin, planned(), sent(11), t.entry(12, 'RunCancelling', run as never), fails(20)]],
  ['an expression', /every expression of the hospital has a value/, [begin, planned(), fails(20, 'EXPRESSION_FAILED')]],
  ['in its time', /TIMED_OUT; its last attempt was sent 5000 ms ago/, [begin, planned(), sent(15), fails(20, 'TIMED_OUT')]],
  ['after its time', undefined, [begin, planned(), sent(15), fails(46, 'TIMED_OUT')]],
  [
    'its time is over, though a person said that it is done',
    /TIMED_OUT; a person said 30000 ms ago that it is done/,
    [begin, planned(), sent(15), t.entry(20, 'StepConfirmed', { ...run, step: 'promote', by: 'ann' } as never), fails(50, 'TIMED_OUT')],
  ],
  ['nobody knows, after its time', undefined, [begin, planned(), sent(15), fails(60, 'UNKNOWN_OUTCOME')]],
  [
    'it took effect long ago',
    /DID_NOT_TAKE_EFFECT; west has been writing for 30000 ms/,
    [begin, planned(), sent(11), sent(12, 2), t.writes(20, 'west'), fails(50, 'DID_NOT_TAKE_EFFECT')],
  ],
  [
    'people are asked for another attempt, do not answer, and others move the writer meanwhile',
    undefined,
    [begin, planned(), sent(11), sent(12, 2), asks(15), t.writes(20, 'west'), fails(75, 'DID_NOT_TAKE_EFFECT')],
  ],
  [
    'they are asked long after it took effect',
    /west has been writing for 55000 ms/,
    [begin, planned(), sent(11), sent(12, 2), t.writes(20, 'west'), asks(35), fails(75, 'DID_NOT_TAKE_EFFECT')],
  ],
  [
    'people have it wait, others move the writer, and nobody lets it go on',
    undefined,
    [begin, planned(), sent(11), pauses(12, 72), looked(18), t.writes(20, 'west'), fails(72, 'DID_NOT_TAKE_EFFECT')],
  ],
  [
    'the same, and they pull the lever before that ends',
    undefined,
    [begin, planned(), sent(11), pauses(12, 72), t.writes(20, 'west'), stoppedAt(45), resumes(50), fails(72, 'DID_NOT_TAKE_EFFECT')],
  ],
  [
    'people have it wait, and it is looked at long after it took effect',
    /west has been writing for 52000 ms/,
    [begin, planned(), sent(11), pauses(12, 72), t.writes(20, 'west'), looked(35), fails(72, 'DID_NOT_TAKE_EFFECT')],
  ],
  [
    'they let it go on long after it took effect, and end it',
    /west has been writing for 52000 ms/,
    [begin, planned(), sent(11), pauses(12, 72), t.writes(20, 'west'), resumes(40), cancels(72), fails(72, 'DID_NOT_TAKE_EFFECT')],
  ],
  [
    'they answer, and the next attempt takes effect',
    /west has been writing for 40000 ms/,
    [begin, planned(), sent(11), asks(15), sent(20, 2), t.writes(35, 'west'), fails(75, 'DID_NOT_TAKE_EFFECT')],
  ],
  ['paused, and let go', /tried 1 times of 2/, [begin, planned(), sent(11), letGo, fails(50, 'DID_NOT_TAKE_EFFECT')]],
  [
    'paused, and let go to be cancelled',
    undefined,
    [begin, planned(), sent(11), t.entry(12, 'RunCancelling', run as never), letGo, fails(50, 'DID_NOT_TAKE_EFFECT')],
  ],
  ['it took effect just now', undefined, [begin, planned(), sent(11), sent(12, 2), t.writes(45, 'west'), fails(50, 'DID_NOT_TAKE_EFFECT')]],
  ['the loss is over', undefined, [begin, t.struck(1, 1, t.dead()), planned(), t.healed(15, 1), fails(100, 'SITUATION_CHANGED')]],
  [
    'the loss is there',
    /nobody has seen east for more than 75000 ms/,
    [noZones, t.struck(1, 1, t.dead()), planned(), fails(100, 'SITUATION_CHANGED')],
  ],
  [
    'the loss is there, and a controller has a wrong clock',
    undefined,
    [
      noZones,
      t.struck(1, 1, t.dead()),
      planned(),
      t.fact(50, 'struck', { fault: 'controller-clock-wrong', id: 2, harms: [{ kind: 'resus' }] }),
      fails(100, 'SITUATION_CHANGED'),
    ],
  ],
  [
    'the loss is there, and the place of the standby was lost with its eye',
    undefined,
    [noZones, t.struck(1, 1, t.dead()), planned(), t.struck(60, 2, t.dead('west')), t.healed(90, 2), fails(100, 'SITUATION_CHANGED')],
  ],
  [
    'users are not led to the only writer',
    /west has been the only writer/,
    [begin, planned([['promote', 'routes']]), t.writes(20, 'west'), fails(200, 'SITUATION_CHANGED')],
  ],
]);
