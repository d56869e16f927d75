// Leaders, calls, the log, game days, and that everything ends.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { chain } from '../../../src/simulation/checkers/chain.ts';
import { checkers } from '../../../src/simulation/checkers/index.ts';
import { drillFaults } from '../../../src/simulation/checkers/drill-faults.ts';
import { drillStart } from '../../../src/simulation/checkers/drill-start.ts';
import { executedOnce } from '../../../src/simulation/checkers/executed-once.ts';
import { lateCalls } from '../../../src/simulation/checkers/late-calls.ts';
import { oneLeader } from '../../../src/simulation/checkers/one-leader.ts';
import { runsEnd } from '../../../src/simulation/checkers/runs-end.ts';
import { startedBefore } from '../../../src/simulation/checkers/started-before.ts';
import { Seal } from '../../../src/journal/seal.ts';
import * as t from './story.ts';

const begin = [t.declared(), t.granted(0, 'c1', 1)];
const closed = (at: number) => t.entry(at, 'RunClosed', { run: 'ehr-1', outcome: 'succeeded' } as never, { controller: 'c2', epoch: 2 });
const drill = t.entry(10, 'DrillOpened', { drill: 'd1', gameday: 'loss', workload: 'ehr' } as never);
const intended = (at: number) => t.entry(at, 'FaultIntended', { drill: 'd1', fault: 'region' } as never);
const gate = (at: number, name: string, holds = true) => t.entry(at, 'GateChecked', { drill: 'd1', gate: name, holds } as never);
const drillClosed = (at: number) => t.entry(at, 'DrillClosed', { drill: 'd1', verdict: 'passed' } as never);

const refused = (at: number, over: object = {}) =>
  t.fact(at, 'refused', { call: t.call({ decidedAt: (at * 1_000) as never, sentAt: (at * 1_000) as never, ...over }), code: 'STALE' });
t.tell(startedBefore, [
  ['durable, then sent', undefined, [begin, t.opened(20), t.started(21), t.executed(22)]],
  ['sent, then durable', /before its start was durable/, [begin, t.opened(20), t.started(21), t.executed(22, { sentAt: 20_500 as never })]],
  ['never durable', /before its start was durable/, [begin, t.opened(20), t.executed(22)]],
  ['another attempt', /attempt 2/, [begin, t.opened(20), t.started(21), t.executed(22, { attempt: 2 })]],
  ['another epoch', /before its start/, [begin, t.opened(20), t.started(21), t.executed(22, { epoch: 2 })]],
  ['refused counts as well', /before its start/, [begin, t.opened(20), refused(22)]],
  [
    'not what the plan says',
    /the plan says test.promote from east to west/,
    [begin, t.opened(20), t.started(21), t.executed(22, { to: 'east' })],
  ],
  ['a fault that was intended', undefined, [begin, drill, intended(12), t.executed(13, { run: 'd1', step: 'region', effect: 'nothing' })]],
  [
    'a fault that was not',
    /before the fault was intended/,
    [begin, drill, t.executed(13, { run: 'd1', step: 'region', effect: 'nothing' })],
  ],
]);

t.tell(oneLeader, [
  [
    'one after the other',
    undefined,
    [begin, t.started(5), t.granted(10, 'c2', 2), t.started(11, 'promote', 1, 'ehr-1', { controller: 'c2', epoch: 2 })],
  ],
  ['one epoch twice', /epoch 1 was granted to c2 after epoch 1/, [begin, t.granted(10, 'c2', 1)]],
  ['a stale leader writes', /when epoch 2 had begun/, [begin, t.granted(10, 'c2', 2), t.started(11)]],
  ["in somebody else's epoch", /which is c1's/, [begin, t.started(11, 'promote', 1, 'ehr-1', { controller: 'c2' })]],
  ['decided before, sent after', undefined, [begin, t.granted(10, 'c2', 2), t.executed(12, { decidedAt: 9_999 as never })]],
  ['decided after', /decided to send/, [begin, t.granted(10, 'c2', 2), t.executed(12, { decidedAt: 10_001 as never })]],
  [
    'a renewal of an old epoch',
    /renewed epoch 1 in epoch 2/,
    [begin, t.granted(10, 'c2', 2), t.fact(11, 'lease', { controller: 'c1', epoch: 1, what: 'renewed' })],
  ],
]);

t.tell(lateCalls, [
  ['its successor still waits for it', undefined, [begin, t.opened(5), t.started(6), t.granted(10, 'c2', 2), t.executed(12)]],
  [
    'its successor had sent again',
    /had begun attempt 2/,
    [
      begin,
      t.opened(5),
      t.started(6),
      t.granted(10, 'c2', 2),
      t.started(11, 'promote', 2, 'ehr-1', { controller: 'c2', epoch: 2 }),
      t.executed(12),
    ],
  ],
  [
    'its successor had closed',
    /had closed the run/,
    [begin, t.opened(5), t.started(6), t.granted(10, 'c2', 2), closed(11), t.executed(12)],
  ],
  [
    'its successor had given up',
    /had given the step up/,
    [
      begin,
      t.opened(5),
      t.started(6),
      t.granted(10, 'c2', 2),
      t.entry(11, 'StepFailed', { run: 'ehr-1', step: 'promote' } as never),
      t.executed(12),
    ],
  ],
  ['and it changed nothing', undefined, [begin, t.opened(5), t.started(6), t.granted(10, 'c2', 2), closed(11), t.executed(12, {}, false)]],
]);

const clockJumps = { fault: 'controller-clock-jumps', id: 9, harms: [] };
t.tell(executedOnce, [
  ['once', undefined, [begin, t.executed(5)]],
  ['twice', /attempt 1 had taken effect/, [begin, t.executed(5), t.executed(9, { attempt: 2 })]],
  [
    'twice, by one whose clock was set forward meanwhile, and to no effect',
    undefined,
    [begin, t.executed(6), t.fact(7, 'struck', clockJumps), t.executed(9, { attempt: 2, decidedAt: 8_000 as never }, false)],
  ],
  [
    'twice, and its clock had been wrong before',
    /attempt 1 had taken effect/,
    [begin, t.fact(1, 'struck', clockJumps), t.executed(6), t.executed(9, { attempt: 2 }, false)],
  ],
  ['again after nothing came of it', undefined, [begin, t.executed(5, {}, false), t.executed(9, { attempt: 2 })]],
  [
    'again after somebody undid it',
    undefined,
    [begin, t.executed(5), t.writes(7, 'east', { by: 'operator' }), t.executed(9, { attempt: 2 })],
  ],
  ['two steps', undefined, [begin, t.executed(5), t.executed(9, { step: 'route', effect: 'routes' })]],
]);

function lines(count: number): string[] {
  const seal = new Seal({ log: 'test/log', floor: 'simulation', controlDomain: 'central', boot: 'b' });
  return Array.from(
    { length: count },
    (_, i) =>
      seal.seal({ type: 'RunStarted', data: { run: `ehr-${i}` as never } }, { epoch: 1, at: i as never, ns: 0n, actor: t.engine }).line,
  );
}
const written = (at: number, seq: number, line: string) => t.entry(at, 'RunStarted', { run: 'r' } as never, { seq, line });
const [first = '', second = '', third = ''] = lines(3);
const told = (at: number, through: number) => t.fact(at, 'append-acknowledged', { controller: 'c1', through });
t.tell(chain, [
  ['whole', undefined, [written(1, 0, first), written(2, 1, second), told(2, 1), written(3, 2, third)]],
  ['a gap', /entry 2 follows 0/, [written(1, 0, first), written(2, 2, third)]],
  ['a fork', /entry 1 follows 1/, [written(1, 0, first), written(2, 1, second), written(3, 1, second)]],
  [
    'what was acknowledged is written again',
    /after it was acknowledged/,
    [written(1, 0, first), written(2, 1, second), told(2, 1), written(3, 1, second)],
  ],
  ['a line that does not follow', /does not verify at entry 1/, [written(1, 0, first), written(2, 1, third)]],
  ['acknowledged and not there', /entry 1 is durable; there are 1/, [written(1, 0, first), told(2, 1)]],
]);

const stands = (at: number, what: 'stands' | 'reverted' | 'expired', leaseEndsAt = 60) =>
  t.fact(at, 'drill-fault', {
    drill: 'd1',
    fault: 'region',
    site: 'east' as never,
    what,
    leaseEndsAt: (leaseEndsAt * 1_000) as never,
    harms: [],
  });
t.tell(drillFaults, [
  ['reverted', undefined, [begin, drill, intended(12), stands(13, 'stands'), stands(30, 'reverted'), drillClosed(31), t.end(99)]],
  ['expired', undefined, [begin, drill, intended(12), stands(13, 'stands'), stands(60, 'expired'), drillClosed(61), t.end(99)]],
  ['outlives its lease', /1000 ms longer/, [begin, drill, intended(12), stands(13, 'stands'), stands(61, 'reverted')]],
  ['closed while it stands', /d1 closed while/, [begin, drill, intended(12), stands(13, 'stands'), drillClosed(31), stands(60, 'expired')]],
  ['never ends', /still stands/, [begin, drill, intended(12), stands(13, 'stands'), t.end(99)]],
  ['nobody intended it', /nobody had intended/, [begin, drill, stands(13, 'stands'), stands(30, 'reverted')]],
]);

t.tell(drillStart, [
  ['all gates hold', undefined, [begin, drill, gate(11, 'a'), gate(11, 'b'), intended(12)]],
  ['in a blackout', /began in a blackout/, [t.declared({ blackout: { startsAt: 0, endsAt: 60_000 } }), drill]],
  ['before a blackout', undefined, [t.declared({ blackout: { startsAt: 30_000, endsAt: 60_000 } }), drill]],
  ['one was not asked', /1 of 2 gates/, [begin, drill, gate(11, 'a'), intended(12)]],
  ['one was closed', /after a gate was closed/, [begin, drill, gate(11, 'a'), gate(11, 'b'), gate(11, 'c', false), intended(12)]],
  ['an incident is open', /while i1 was open/, [begin, t.incident(5), drill, gate(11, 'a'), gate(11, 'b'), intended(12)]],
  [
    'an incident that is over',
    undefined,
    [begin, t.incident(5), t.entry(6, 'IncidentClosed', { incident: 'i1' } as never), drill, gate(11, 'a'), gate(11, 'b'), intended(12)],
  ],
  [
    'an incident of another workload',
    undefined,
    [begin, t.incident(5, { workload: 'pacs' as never }), drill, gate(11, 'a'), gate(11, 'b'), intended(12)],
  ],
  [
    'an incident elsewhere',
    undefined,
    [begin, t.incident(5, { site: 'campus' as never }), drill, gate(11, 'a'), gate(11, 'b'), intended(12)],
  ],
  ['a switchover without gates', /0 of 2 gates/, [begin, drill, t.opened(12, { drill: 'd1' as never, mode: 'switchover' })]],
  [
    'its own incident opens a run',
    undefined,
    [
      begin,
      drill,
      gate(11, 'a'),
      gate(11, 'b'),
      intended(12),
      t.incident(20, { drill: 'd1' as never }),
      t.opened(21, { drill: 'd1' as never, incident: 'i1' as never }),
    ],
  ],
]);

t.tell(runsEnd, [
  ['closed', undefined, [begin, t.opened(20), closed(30), t.calm(40), t.end(900)]],
  ['open for ever', /ehr-1 is open for 880000 ms/, [begin, t.opened(20), t.calm(40), t.end(900)]],
  ['opened a moment ago', undefined, [begin, t.calm(40), t.opened(870), t.end(900)]],
  ['waits for people, with a deadline', undefined, [begin, t.calm(40), t.opened(800, { approvalsNeeded: 1 }), t.end(900)]],
  ['waits for people for ever', /waits for nobody/, [begin, t.calm(40), t.opened(700, { approvalsNeeded: 1 }), t.end(900)]],
  ['a game day that never ends', /d1 is open/, [begin, drill, t.calm(40), t.end(900)]],
]);

test('every checker is in the index, once, and is shown here', () => {
  const files = readdirSync('src/simulation/checkers').filter((name) => name !== 'index.ts');
  expect(checkers.map(({ name }) => `${name}.ts`).sort()).toEqual(files.sort());
  const shown = readdirSync('test/simulation/checkers')
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(`test/simulation/checkers/${name}`, 'utf8'))
    .join('');
  for (const { name, holds } of checkers) {
    expect(shown, name).toContain(`checkers/${name}.ts'`);
    expect(holds).toMatch(/\.(?: \(\d+\))?$/);
  }
});
