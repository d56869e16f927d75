// Every lever of a run, pulled from the command line and over the API against a controller that runs: what it answers, what it refuses,
// and what the journal says in the end.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StepId } from '../../src/core/values.ts';
import { openHouse, type House } from '../api/house.ts';
import { stateIn, step, switchedBy, typed, until as seen, type Ran } from './commanding.ts';

const estate = switchedBy('Drain, promote, route.', [
  step('drain', 'test.prepare', { onUngraceful: { kind: 'skip' } }),
  step('promote', 'test.switchover', {
    needs: ['drain' as StepId],
    onUngraceful: { kind: 'replace', uses: 'test.failover', with: { allowLoss: true } },
  }),
  step('route', 'test.route', { needs: ['promote' as StepId] }),
]);

let house: House;
beforeAll(async () => {
  house = await openHouse({ estate });
  house.crowd();
  await until('healthy', async () => (await state()) === 'healthy');
});
afterAll(() => house.close());

const resus = (args: readonly string[], by?: string): Promise<Ran> => typed(house, args, by);
const json = async (args: readonly string[]): Promise<string> => (await resus([...args, '--json'])).out;
const until = (what: string, holds: () => Promise<boolean>): Promise<void> => seen(house, what, holds);
const state = (): Promise<unknown> => stateIn(house);
const why = async (run: string): Promise<string> => (await resus(['why', run])).out;
const refused = async (args: readonly string[], code: string): Promise<void> => {
  const { exit, err } = await resus(args);
  expect([args.join(' '), exit, err]).toEqual([args.join(' '), 1, expect.stringContaining(`resus: ${code} `) as string]);
};
const reason = ['--reason', 'a test'] as const;

test('a run is held, let go, switched, saved and seen to its end', async () => {
  house.hold.add('test.prepare');
  const opened = await resus(['run', 'ehr', '--mode', 'switchover', ...reason]);
  expect(opened.out).toContain('Run ehr-1 opened');
  expect((await resus(['plan', 'ehr'])).err).toContain('RUN_OPEN');
  await refused(['skip', 'ehr-1', 'drain', ...reason], 'RUN_NOT_STARTED');
  await refused(['resume', 'ehr-1'], 'NOT_PAUSED');

  const paused = await resus(['pause', 'ehr-1', '--for', '10m', ...reason]);
  expect(paused).toMatchObject({ exit: 0, out: expect.stringMatching(/^Run ehr-1 is held: olga paused it: a test; /) as string });
  expect(await state()).toBe('paused');
  await refused(['pause', 'ehr-1', ...reason], 'ALREADY_PAUSED');
  expect((await resus(['approve', 'ehr-1', '--yes', '--max-loss', '5s'], 'omar')).out).toContain('without grace: skipped');
  expect((await resus(['approve', 'ehr-1', '--yes', '--emergency', 'x'], 'omar')).err).toContain('NO_EMERGENCY_RULE');
  expect(await why('ehr-1')).toContain('resus resume ehr-1');
  const { body } = await house.post('/api/v1/runs/ehr-1/resume', { reason: 'go on' }, house.as('omar'));
  expect(body).toMatchObject({ run: 'ehr-1', status: 'running', now: expect.stringContaining('drain') as string });

  await refused(['skip', 'ehr-1', 'drain', ...reason], 'STEP_IN_FLIGHT');
  await refused(['skip', 'ehr-1', 'promote', ...reason], 'SKIP_FENCE');
  await refused(['retry', 'ehr-1', 'drain', ...reason], 'STEP_NOT_FAILED');
  await refused(['skip', 'ehr-1', 'nothing', ...reason], 'STEP_UNKNOWN');
  await refused(['ungraceful', 'ehr-1', '--step', 'route', ...reason], 'NO_UNGRACEFUL_WAY');
  expect((await resus(['ungraceful', 'ehr-1', '--step', 'promote', ...reason])).exit).toBe(0);

  house.refuse.add('test.route');
  house.hold.clear();
  await until('a decision is wanted', async () => (await state()) === 'decision');
  const asked = await why('ehr-1');
  expect(asked).toMatch(
    /Run ehr-1 asks for a decision: step route failed \(REFUSED: AccessDenied: not allowed\); retry, skip or cancel decides/,
  );
  expect(asked).toContain('done: drain, promote; failed: route');
  expect(asked).toContain('called: onCall: ehr-on-call');
  expect(asked).toContain('resus retry ehr-1 route --reason TEXT');
  expect((await resus(['why', 'ehr'])).out).toContain('step route failed');
  expect((await house.get('/metrics')).text).toMatch(/resus_run_waiting\{[^}]*wait="decision"[^}]*\} 1/);
  house.refuse.clear();
  expect((await resus(['retry', 'ehr-1', 'route', ...reason])).exit).toBe(0);
  await until('it is closed', async () => (await json(['why', 'ehr-1'])).includes('"status":"closed"'));
  const events = (await resus(['events'])).out;
  for (const line of [
    'paused ehr-1: by olga',
    'resumed ehr-1: by omar: go on',
    'ungraceful ehr-1 promote: by olga',
    'step promote: test.failover',
    'called onCall: ehr-on-call',
    'retrying route: by olga',
  ])
    expect(events).toContain(line);
  await refused(['cancel', 'ehr-1', ...reason], 'NOT_CANCELLABLE');
  await refused(['pause', 'ehr-1', ...reason], 'RUN_OVER');
});

test('a run under way is cancelled, and says what is done and what is not', async () => {
  await until('a standby is seen', async () => (await state()) === 'healthy');
  house.hold.add('test.prepare');
  await resus(['run', 'ehr', '--mode', 'switchover', ...reason]);
  await resus(['approve', 'ehr-2', '--yes'], 'omar');
  await until('it is under way', async () => (await json(['why', 'ehr-2'])).includes('"status":"running"'));
  const { out, exit } = await resus(['cancel', 'ehr-2', ...reason]);
  expect([exit, out]).toEqual([0, 'Run ehr-2 ends cancelled (olga: a test) when what is under way is seen to end: drain.\n']);
  await refused(['cancel', 'ehr-2', ...reason], 'RUN_ENDING');
  await refused(['skip', 'ehr-2', 'route', ...reason], 'RUN_ENDING');
  house.hold.clear();
  await until('it is closed', async () => (await json(['why', 'ehr-2'])).includes('"status":"closed"'));
  expect(await why('ehr-2')).toContain('Run ehr-2 ended cancelled: olga: a test; done: drain; not done: promote, route.');
});

test.each(['pause', 'resume', 'retry', 'skip', 'ungraceful', 'cancel'])(
  'resus %s has its help, and the API wants an operator',
  async (lever) => {
    expect((await resus([lever, '--help'])).out).toContain('--reason <text>');
    const path = lever === 'retry' || lever === 'skip' ? `steps/route/${lever}` : lever;
    expect((await house.post(`/api/v1/runs/ehr-1/${path}`, { reason: 'x' }, house.as('vera'))).status).toBe(403);
    expect((await house.post(`/api/v1/runs/ehr-1/${path}`, { reason: '' }, house.as('olga'))).status).toBe(400);
    expect((await house.post(`/api/v1/runs/nope/${path}`, { reason: 'x' }, house.as('olga'))).status).toBe(404);
  },
);
