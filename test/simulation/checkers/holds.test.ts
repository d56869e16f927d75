// What runs must wait for: each other, what they depend on, people who hold everything, and a trial that is not over.
import { blastRadius } from '../../../src/simulation/checkers/blast-radius.ts';
import { dependencies } from '../../../src/simulation/checkers/dependencies.ts';
import { drillsHeld } from '../../../src/simulation/checkers/drills-held.ts';
import { locks } from '../../../src/simulation/checkers/locks.ts';
import { shadow } from '../../../src/simulation/checkers/shadow.ts';
import * as t from './story.ts';

const begin = [t.declared(), t.granted(0, 'c1', 1)];
const failover = { incident: 'i1' as never };
const pacs = { run: 'pacs-1' as never, workload: 'pacs' as never };
const closed = (at: number, run = 'ehr-1') => t.entry(at, 'RunClosed', { run, outcome: 'succeeded' } as never);
const done = (at: number, run = 'ehr-1') => t.entry(at, 'RunExecuted', { run, outcome: 'succeeded' } as never);
const begun = (at: number, run = 'ehr-1') => t.entry(at, 'RunStarted', { run } as never);
const maintain = (at: number, until: number, workload = 'ehr') =>
  t.entry(at, 'MaintenanceBegan', { workload, until: until * 1_000 } as never);

const sharing = [t.declared({ shares: ['group-1'] }), t.granted(0, 'c1', 1), t.opened(20), t.opened(20, pacs)];
const pacsSends = (at: number) => t.started(at, 'promote', 1, 'pacs-1');
t.tell(locks, [
  ['two at once', /pacs-1 sent promote while ehr-1 changed group-1/, [sharing, t.started(21), pacsSends(22)]],
  ['of different groups', undefined, [begin, t.opened(20), t.opened(20, pacs), t.started(21), pacsSends(22)]],
  ['the first has executed its steps', undefined, [sharing, t.started(21), done(25), pacsSends(26)]],
  ['the first is closed', undefined, [sharing, t.started(21), closed(25), pacsSends(26)]],
  ['the first has sent nothing', undefined, [sharing, pacsSends(22)]],
  ['one run, step after step', undefined, [sharing, t.started(21), t.started(24, 'route')]],
]);

// The record itself depends on nothing: only what hangs on it waits.
const hanging = (over: object = {}) => [
  t.declared({}, { workloads: { ehr: { ...t.promised, ...over }, pacs: { ...t.promised, ...over, dependsOn: ['ehr'] } } }),
  t.granted(0, 'c1', 1),
];
const lost = [hanging(), t.incident(20)];
const first = t.opened(20, failover);
const second = (at: number) => t.opened(at, { ...failover, ...pacs });
const brief = { dependencyWaitMs: { replica: 30_000, zone: 30_000, region: 3_000 } };
const zone = t.incident(20, { diagnosis: 'ZoneLost' });
t.tell(dependencies, [
  ['after its promotion', undefined, [lost, first, begun(20), t.executed(25), second(26)]],
  ['before its promotion', /before ehr, on which pacs depends: ehr-1 has not promoted west/, [lost, first, begun(20), second(24)]],
  ['while people are asked', /ehr-1 has not promoted/, [lost, t.opened(20, { ...failover, approvalsNeeded: 1 }), second(24)]],
  ['after the time to wait is over', undefined, [lost, first, begun(20), second(50)]],
  ['after the time to wait in this loss', undefined, [hanging(brief), t.incident(20), first, begun(20), second(24)]],
  ['after the time to wait in another', /ehr-1 has not promoted west/, [hanging(brief), zone, first, begun(20), second(24)]],
  ['before anything is done about it', /lost as well, and no run of it has begun/, [lost, second(24)]],
  ['its run failed and is closed', undefined, [lost, first, begun(20), done(22), closed(23), second(24)]],
  ['it is somewhere else', undefined, [lost, t.entry(21, 'RoleChanged', { workload: 'ehr', primary: 'west' } as never), second(24)]],
  ['it is maintained', undefined, [lost, maintain(21, 90), second(24)]],
  [
    'it is left to people',
    undefined,
    [hanging({ automation: { ...t.promised.automation, region: 'manual' } }), t.incident(20), second(24)],
  ],
  ['it depends on nothing', undefined, [begin, t.incident(20), second(24)]],
  ['people ask for it', undefined, [lost, first, begun(20), t.opened(24, pacs, { actor: t.person('ann') })]],
]);

const limited = [t.declared({ blastRadius: { decisions: 1, perMs: 60_000 } }), t.granted(0, 'c1', 1)];
const small = (at: number, id: string, diagnosis: 'ReplicaDown' | 'RegionLost' = 'ReplicaDown') =>
  t.incident(at, { incident: id as never, diagnosis });
const treats = (at: number, id: string, over: object = {}) =>
  t.opened(at, { run: `run-${id}-${at}` as never, incident: id as never, ...over });
t.tell(blastRadius, [
  ['one', undefined, [limited, small(20, 'i1'), treats(30, 'i1')]],
  [
    'a second within the time',
    /after 1 others within 60000 ms; 1 may/,
    [limited, small(20, 'i1'), treats(30, 'i1'), small(40, 'i2'), treats(50, 'i2')],
  ],
  ['a second after the time', undefined, [limited, small(20, 'i1'), treats(30, 'i1'), small(40, 'i2'), treats(90, 'i2')]],
  [
    'a second, and people are asked',
    undefined,
    [limited, small(20, 'i1'), treats(30, 'i1'), small(40, 'i2'), treats(50, 'i2', { approvalsNeeded: 1 })],
  ],
  ['the same one again', undefined, [limited, small(20, 'i1'), treats(30, 'i1'), treats(50, 'i1', pacs)]],
  ['a region', undefined, [limited, small(20, 'i1'), treats(30, 'i1'), small(40, 'i2', 'RegionLost'), treats(50, 'i2')]],
  [
    'a small one after a region',
    /after 1 others/,
    [limited, small(20, 'i1', 'RegionLost'), treats(30, 'i1'), small(40, 'i2'), treats(50, 'i2')],
  ],
  [
    "a drill is nobody's decision",
    undefined,
    [limited, small(20, 'i1'), treats(30, 'i1', { drill: 'd1' }), small(40, 'i2'), treats(50, 'i2')],
  ],
  ['without a limit', undefined, [begin, small(20, 'i1'), treats(30, 'i1'), small(40, 'i2'), treats(50, 'i2')]],
]);

const trial = [t.declared({ automation: { ...t.promised.automation, region: 'shadow' } }), t.granted(0, 'c1', 1), t.incident(20)];
const would = (at: number, to = 'west', incident = 'i1') => t.entry(at, 'WouldHaveActed', { incident, workload: 'ehr', to } as never);
t.tell(shadow, [
  ['only said', undefined, [trial, would(20)]],
  ['carried out', /was carried out for i1; the tier says shadow/, [trial, t.opened(20, failover), t.executed(25)]],
  ['carried out for people', undefined, [trial, t.opened(20, {}, { actor: t.person('ann') }), t.executed(25)]],
  ['opened, and nothing came of it', undefined, [trial, t.opened(20, failover)]],
  ['another scope is in shadow', undefined, [begin, t.incident(20), t.opened(20, failover), t.executed(25)]],
  ['said where the machine acts', /outside shadow/, [begin, t.incident(20), would(20)]],
  ['said twice', /said again/, [trial, would(20), would(30)]],
  ['said for two incidents', undefined, [trial, would(20), t.incident(30, { incident: 'i2' as never }), would(31, 'west', 'i2')]],
  [
    'said of what is not allowed',
    /west in US would be made the writer; allowed: CA/,
    [t.declared({ residency: ['CA'], automation: { ...t.promised.automation, region: 'shadow' } }), t.incident(20), would(20)],
  ],
]);

const drill = [begin, t.entry(10, 'DrillOpened', { drill: 'd1', gameday: 'loss', workload: 'ehr' } as never)];
const intended = (at: number) => t.entry(at, 'FaultIntended', { drill: 'd1', fault: 'region' } as never);
const stop = (at: number) => t.entry(at, 'ActingStopped', { by: 'ann' } as never);
const release = (at: number) => t.entry(at, 'ActingReleased', { by: 'ann' } as never);
t.tell(drillsHeld, [
  ['nobody holds anything', undefined, [drill, intended(12)]],
  ['acting is stopped', /begins region while acting is stopped/, [drill, stop(11), intended(12)]],
  ['and let go', undefined, [drill, stop(11), release(12), intended(13)]],
  ['maintained', /begins region while ehr is maintained/, [drill, maintain(11, 60), intended(12)]],
  ['another one is maintained', undefined, [drill, maintain(11, 60, 'pacs'), intended(12)]],
  ['after the maintenance', undefined, [drill, maintain(11, 20), intended(21)]],
]);
