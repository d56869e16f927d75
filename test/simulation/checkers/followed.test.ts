// Whether what is done is seen, whoever is called is called for what is missing, and the next one begins when the one before is moved.
import { calledTruly } from '../../../src/simulation/checkers/called-truly.ts';
import { dependentsFollow } from '../../../src/simulation/checkers/dependents-follow.ts';
import { drillsEnd } from '../../../src/simulation/checkers/drills-end.ts';
import { doneSeen } from '../../../src/simulation/checkers/done-seen.ts';
import { notWaitedFor } from '../../../src/simulation/checkers/not-waited-for.ts';
import * as t from './story.ts';

const begin = [t.declared(), t.granted(0, 'c1', 1)];
const failover = { incident: 'i1' as never };
const ofStep = (step: string, run = 'ehr-1') => ({ run, step }) as never;
const observed = (at: number, kind: string, step = 'promote') =>
  t.entry(at, 'StepObserved', { run: 'ehr-1', step, observed: { kind } } as never);
const looks = (at: number) => t.entry(at, 'StepObserving', ofStep('promote'));
const promoted = (at: number) => t.writes(at, 'west', { token: 'ehr-1/promote' });

const running = [begin, t.calm(2), t.opened(10, failover), t.started(11)];
const task = [begin, t.opened(10), t.started(11, 'tell'), t.entry(20, 'StepConfirmed', ofStep('tell'))];
t.tell(doneSeen, [
  ['promoted and seen', undefined, [running, promoted(14), observed(16, 'holds'), t.acked(30, 'west')]],
  [
    'promoted, and told by an answer',
    undefined,
    [
      running,
      promoted(14),
      t.entry(15, 'StepAnswered', { run: 'ehr-1', step: 'promote', outcome: { kind: 'succeeded' } } as never),
      t.acked(30, 'west'),
    ],
  ],
  ['nobody could be asked', undefined, [running, promoted(14), observed(16, 'unknown'), observed(28, 'holds'), t.acked(40, 'west')]],
  [
    'nobody could be asked, and nobody asks again',
    /nobody has seen it/,
    [running, promoted(14), observed(16, 'unknown'), t.acked(40, 'west')],
  ],
  [
    'whoever is asked gives no answer, and is asked again',
    undefined,
    [running, promoted(14), looks(15), looks(19), observed(30, 'holds'), t.acked(40, 'west')],
  ],
  [
    'whoever is asked gives no answer, and nobody asks again',
    /nobody has seen it/,
    [running, promoted(14), looks(15), t.acked(40, 'west')],
  ],
  [
    'promoted and not seen',
    /ehr-1\/promote is done since 6000 ms, and nobody has seen it/,
    [running, promoted(14), observed(16, 'underway'), t.acked(20, 'west')],
  ],
  [
    'a look that was sent before the calm',
    undefined,
    [begin, t.calm(5), t.opened(6, failover), t.started(7), promoted(14), t.acked(40, 'west')],
  ],
  ['a slow one is looked at less often', undefined, [running, promoted(51), t.acked(60, 'west')]],
  [
    'before the calm its provider may be out of reach',
    undefined,
    [begin, t.opened(10, failover), t.started(11), promoted(14), t.acked(40, 'west')],
  ],
  ['who comes after looks for himself', undefined, [running, promoted(14), t.granted(15, 'c2', 2), t.acked(40, 'west')]],
  ['a word that is heard', undefined, [task, observed(21, 'holds', 'tell'), t.acked(40, 'west')]],
  ['a word that nobody hears', /ehr-1\/tell is done since 5000 ms/, [task, t.acked(25, 'west')]],
  ['a step that was given up', undefined, [running, t.entry(13, 'StepFailed', ofStep('promote')), promoted(14), t.acked(40, 'west')]],
  ['a run that is over', undefined, [task, t.entry(22, 'RunClosed', { run: 'ehr-1' as never }), t.acked(40, 'west')]],
]);

const called = (at: number, wait: string) => t.entry(at, 'RunEscalated', { run: 'ehr-1', wait, to: 'onCall: ann' } as never);
const gives = (at: number, by: string) => t.entry(at, 'ApprovalGiven', { run: 'ehr-1', by, plan: 'hash' } as never);
const asks = [begin, t.opened(10, { approvalsNeeded: 1 })];
t.tell(calledTruly, [
  ['an approval is missing', undefined, [asks, called(30, 'approval')]],
  [
    'no approval is missing',
    /onCall: ann is called because ehr-1 waits \(approval\), and it does not wait for that/,
    [asks, gives(20, 'ann'), called(30, 'approval')],
  ],
  ['the lever', undefined, [asks, gives(20, 'ann'), t.entry(15, 'ActingStopped', {}), called(40, 'stop')]],
  [
    'a lever that nobody holds',
    /\(stop\)/,
    [asks, t.entry(15, 'ActingStopped', {}), t.entry(20, 'ActingReleased', {}), called(40, 'stop')],
  ],
  ['a pause', undefined, [asks, t.entry(15, 'RunPaused', { run: 'ehr-1' as never }), called(40, 'pause')]],
  [
    'a pause that is over',
    /\(pause\)/,
    [asks, t.entry(15, 'RunPaused', { run: 'ehr-1' as never }), t.entry(16, 'RunResumed', { run: 'ehr-1' as never }), called(40, 'pause')],
  ],
  ['a step that failed', undefined, [running, t.entry(20, 'StepFailed', ofStep('promote')), called(30, 'decision')]],
  [
    'a step that is tried again',
    /\(decision\)/,
    [running, t.entry(20, 'StepFailed', ofStep('promote')), t.entry(25, 'StepRetried', ofStep('promote')), called(30, 'decision')],
  ],
  ['more loss than was approved', undefined, [running, t.entry(20, 'ApprovalAsked', { run: 'ehr-1' as never }), called(30, 'loss')]],
  ['nobody was asked about any loss', /\(loss\)/, [running, called(30, 'loss')]],
  [
    'a task',
    undefined,
    [
      begin,
      t.opened(10),
      t.entry(11, 'StepStarted', { run: 'ehr-1', step: 'tell', attempt: 1, uses: 'human' } as never),
      called(30, 'confirmation'),
    ],
  ],
  [
    'a task that is done',
    /\(confirmation\)/,
    [
      begin,
      t.opened(10),
      t.entry(11, 'StepStarted', { run: 'ehr-1', step: 'tell', attempt: 1, uses: 'human' } as never),
      t.entry(20, 'StepConfirmed', ofStep('tell')),
      called(30, 'confirmation'),
    ],
  ],
]);

const chained = [
  t.declared({}, { workloads: { ehr: t.promised, pacs: { ...t.promised, dependsOn: ['ehr'] } } }),
  t.granted(0, 'c1', 1),
  t.incident(9),
  t.opened(10, failover),
  t.entry(10, 'ActionWithheld', { workload: 'pacs', incident: 'i1', guard: 'dependencies' } as never),
];
const moved = (at: number) => t.entry(at, 'RoleChanged', { workload: 'ehr', primary: 'west', run: 'ehr-1' } as never);
t.tell(dependentsFollow, [
  [
    'it follows',
    undefined,
    [chained, moved(20), t.opened(20.1, { run: 'pacs-1' as never, workload: 'pacs' as never, ...failover }), t.acked(22, 'west')],
  ],
  ['it does not follow', /pacs waits for ehr, which is moved since 2000 ms/, [chained, moved(20), t.acked(22, 'west')]],
  [
    'it waits for something else',
    undefined,
    [chained, moved(20), t.entry(20, 'ActionWithheld', { workload: 'pacs', incident: 'i1', guard: 'locks' } as never), t.acked(22, 'west')],
  ],
  [
    'its incident is over',
    undefined,
    [chained, moved(20), t.entry(20.2, 'IncidentClosed', { incident: 'i1' as never }), t.acked(22, 'west')],
  ],
  [
    'others have moved it themselves',
    undefined,
    [chained, t.entry(19, 'RoleChanged', { workload: 'pacs' as never, primary: 'west' }), moved(20), t.acked(22, 'west')],
  ],
  ['who comes after has to look', undefined, [chained, moved(20), t.granted(20.2, 'c2', 2), t.acked(22, 'west')]],
  [
    'what others moved has to be seen',
    undefined,
    [chained, t.entry(20, 'RoleChanged', { workload: 'ehr', primary: 'west' } as never), t.acked(22, 'west')],
  ],
]);

const practised = [begin, t.entry(10, 'DrillOpened', { drill: 'd1', gameday: 'loss', workload: 'ehr' } as never), t.calm(200)];
t.tell(drillsEnd, [
  ['it ends', undefined, [practised, t.entry(300, 'DrillClosed', { drill: 'd1' } as never), t.end(620)]],
  ['it never ends', /d1 is in gates for 420000 ms of calm/, [practised, t.end(620)]],
  [
    'a phase never ends',
    /d1 is in revert for 320000 ms of calm/,
    [practised, t.entry(300, 'DrillPhaseEntered', { drill: 'd1', phase: 'revert' } as never), t.end(620)],
  ],
  ['it goes on', undefined, [practised, t.entry(500, 'DrillPhaseEntered', { drill: 'd1', phase: 'revert' } as never), t.end(620)]],
]);

const executedRun = [
  begin,
  t.opened(10, failover),
  t.entry(15, 'RoleChanged', { workload: 'ehr', primary: 'west', run: 'ehr-1' } as never),
  t.entry(16, 'RunExecuted', { run: 'ehr-1', outcome: 'succeeded' } as never),
];
const westLost = t.incident(30, { incident: 'i2' as never, site: 'west' as never });
t.tell(notWaitedFor, [
  ['measured at once', undefined, [executedRun, westLost, t.entry(31, 'LedgerRequested', { run: 'ehr-1' as never }), t.acked(60, 'east')]],
  ['waited for', /ehr-1 waits for users since 30000 ms where i2 has taken their writer away/, [executedRun, westLost, t.acked(60, 'east')]],
  ['the old place is lost again', undefined, [executedRun, t.incident(30, { incident: 'i2' as never }), t.acked(60, 'west')]],
  [
    'others have moved it on',
    undefined,
    [executedRun, t.entry(20, 'RoleChanged', { workload: 'ehr', primary: 'east' } as never), westLost, t.acked(60, 'east')],
  ],
]);
