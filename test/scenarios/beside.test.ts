// Workloads beside each other, as it is journalled: who moves first, who waits for whose resource, when the machine asks because it has
// decided enough alone, and what it says in shadow.
import { expect, test } from 'vitest';
import type { Estate } from '../../src/core/estate.ts';
import { tier } from '../core/estate.ts';
import { beside as hospital } from '../core/beside.ts';
import { person, Theatre } from '../core/theatre.ts';
import { WorkingStage } from './stage.ts';

function open(declared: Estate): Theatre {
  const stage = new WorkingStage();
  const theatre = new Theatre(declared, stage.play);
  stage.theatre = theatre;
  theatre.pass(5_000);
  theatre.canaries = 'bad';
  return theatre;
}
const told = new Set([
  'IncidentOpened',
  'ActionWithheld',
  'RunOpened',
  'RunStarted',
  'StepStarted',
  'RoleChanged',
  'RunExecuted',
  'WouldHaveActed',
]);
const decisions = (theatre: Theatre, from: number): string =>
  theatre
    .transcript(from)
    .split('\n')
    .filter((line) => told.has(line.trim().split(' ')[1] ?? ''))
    .join('\n');

test.each<[string, Estate]>([
  ['ordered', hospital({ ehr: { needs: ['idp', 'lis'] }, lis: { needs: ['idp'] }, idp: {} })],
  ['locked', hospital({ ehr: { shares: 'one' }, lis: { shares: 'one' } })],
  ['shadow', hospital({ ehr: {} }, { automation: { ...tier.automation, region: 'shadow' } })],
])('%s', async (name, declared) => {
  const theatre = open(declared);
  const from = theatre.now;
  theatre.dark.add('us-east-2');
  theatre.pass(4_000);
  theatre.restart();
  theatre.pass(30_000);
  await expect(decisions(theatre, from)).toMatchFileSnapshot(`./${name}.golden.txt`);
});

test('blast-radius', async () => {
  const names = ['ehr', 'idp', 'lis', 'pacs'];
  const theatre = open(hospital(Object.fromEntries(names.map((name) => [name, {}])), { blastRadius: { decisions: 2, perMs: 600_000 } }));
  const from = theatre.now;
  for (const name of names.slice(0, 3)) {
    for (const probe of ['web-a', 'db-a', 'web-b', 'db-b', 'db']) theatre.dark.add(`${name}/east/${probe}`);
    theatre.pass(20_000);
  }
  expect(theatre.of('RunOpened').map((each) => each.approvalsNeeded)).toEqual([0, 0, 1]);
  await expect(decisions(theatre, from)).toMatchFileSnapshot('./blast-radius.golden.txt');
});

test.each<[string, number, object]>([
  ['comes home when it is free', 20_000, { verdict: 'passed' }],
  ['says what it waited for in vain', 0, { verdict: 'failed', because: expect.stringMatching(/^it did not come home: RESOURCE_HELD: /) }],
])('a game day whose way home is held by another workload %s', (_, freeAfterMs, closed) => {
  const theatre = open(hospital({ ehr: { shares: 'one' }, lis: { shares: 'one' } }));
  const ask = (request: object): void => void theatre.give({ kind: 'requested', by: person('ann'), request } as never, person('ann'));
  theatre.canaries = 'auto';
  theatre.pass(5_000);
  ask({ kind: 'drill', gameday: 'switchover' });
  theatre.until('RunExecuted');
  ask({ kind: 'run', workload: 'lis', mode: 'switchover', reason: 'patches' });
  ask({ kind: 'pause', run: 'lis-1', reason: 'look first', forMs: 3_600_000 });
  expect(theatre.of('RunPaused')).toHaveLength(1);
  if (freeAfterMs > 0) {
    theatre.pass(freeAfterMs);
    ask({ kind: 'cancel', run: 'lis-1', reason: 'another day' });
  }
  theatre.until('DrillClosed');
  expect(theatre.of('DrillClosed'), theatre.transcript()).toMatchObject([closed]);
});

test('a game day is judged by the run of its own workload, whichever moved first', () => {
  const theatre = open(hospital({ ehr: { needs: ['idp'] }, idp: {} }));
  theatre.canaries = 'auto';
  theatre.pass(5_000);
  theatre.give({ kind: 'requested', by: person('ann'), request: { kind: 'drill', gameday: 'region-loss' } }, person('ann'));
  theatre.until('DrillClosed');
  expect(theatre.of('RunOpened').map(({ run }) => run)[0], theatre.transcript()).toBe('idp-1');
  expect(theatre.of('DrillClosed')).toMatchObject([{ verdict: 'passed', runs: ['ehr-1'] }]);
});

test('a game day is refused while anything else is in trouble, in the place that it practises as well', () => {
  const theatre = open(hospital({ ehr: {}, idp: {} }, { automation: { ...tier.automation, replica: 'shadow' } }));
  theatre.canaries = 'auto';
  for (const probe of ['web-a', 'db-a', 'web-b', 'db-b', 'db']) theatre.dark.add(`idp/east/${probe}`);
  theatre.until('IncidentOpened');
  theatre.give({ kind: 'requested', by: person('ann'), request: { kind: 'drill', gameday: 'region-loss' } }, person('ann'));
  theatre.until('DrillClosed');
  expect(theatre.of('FaultIntended')).toEqual([]);
  expect(theatre.of('DrillClosed')).toMatchObject([
    { verdict: 'refused', because: expect.stringMatching(/nothing was injected: a real fault: .*idp/) },
  ]);
});
