// A task for people, over the command line and the API, against a controller that runs and the action as it is shipped.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { confirmationOf } from '../../src/core/runbook/human.ts';
import type { RunId, StepId } from '../../src/core/values.ts';
import type { Action } from '../../src/ports.ts';
import { catalogueOf, providers } from '../../src/providers/index.ts';
import { human } from '../../src/providers/resus/actions/human.ts';
import { ResusTools } from '../../src/providers/resus/tools.ts';
import { actions } from '../core/theatre.ts';
import { openHouse, type House } from '../api/house.ts';
import { stateIn, step, switchedBy, typed, until as seen, type Ran } from './commanding.ts';

const estate = switchedBy('Ask the wards, promote.', [
  step('paper', 'human', { with: { person: 'charge nurses', text: 'Take the binder out' } }),
  step('promote', 'test.switchover', { needs: ['paper' as StepId] }),
]);

let house: House;
beforeAll(async () => {
  const facts = catalogueOf(providers as never).get('human');
  if (facts !== undefined) actions.set('human', facts);
  house = await openHouse({
    estate,
    more: (controller) => {
      const confirmation = (token: string) => {
        const [run = '', at = ''] = token.split('/');
        const known = controller().known?.runs.get(run as RunId);
        return known === undefined ? undefined : confirmationOf(known, at);
      };
      const tools = new ResusTools({ sample: async () => ({ ok: false, detail: '' }), approvals: () => false, confirmation });
      return new Map([['human', { it: human as unknown as Action<unknown>, tools, problem: () => undefined }]]);
    },
  });
  house.crowd();
  await until('healthy', async () => (await state()) === 'healthy');
});
afterAll(() => house.close());

const resus = (args: readonly string[], by?: string): Promise<Ran> => typed(house, args, by);
const until = (what: string, holds: () => Promise<boolean>): Promise<void> => seen(house, what, holds);
const state = (): Promise<unknown> => stateIn(house);
const path = '/api/v1/runs/ehr-1/steps/paper/confirm';

test('a task is shown to everybody, confirmed once under a name, and the run goes on', async () => {
  expect((await resus(['run', 'ehr', '--mode', 'switchover', '--reason', 'a test'])).out).toContain('Run ehr-1 opened');
  expect((await house.post(path, {}, house.as('olga'))).body).toMatchObject({ code: 'RUN_NOT_STARTED' });
  expect((await resus(['approve', 'ehr-1', '--yes'], 'omar')).exit).toBe(0);
  await until('the task is asked', async () => (await state()) === 'task');
  expect((await resus(['status'])).out).toContain('do it, then confirm: resus why ehr-1');
  expect((await resus(['why', 'ehr-1'])).out).toMatch(/Run ehr-1 asks charge nurses until \S+Z: Take the binder out\./);
  expect((await house.get('/metrics')).text).toMatch(/resus_run_waiting\{[^}]*wait="confirmation"[^}]*\} 1/);

  expect((await house.post(path, {}, house.as('vera'))).status).toBe(403);
  expect((await house.post(path, { comment: 7 }, house.as('olga'))).status).toBe(400);
  expect((await house.post(path.replace('ehr-1', 'nope'), {}, house.as('olga'))).status).toBe(404);
  expect((await resus(['confirm', 'ehr-1', 'promote'])).err).toContain('STEP_NOT_HUMAN');

  const confirmed = await resus(['confirm', 'ehr-1', 'paper', '--comment', 'all wards']);
  expect([confirmed.exit, confirmed.out]).toEqual([0, expect.stringMatching(/^Step paper is confirmed\. Run ehr-1 /)]);
  // The API says the same of the second one, however far the run is.
  const again = await house.post(path, { comment: 'me too' }, house.as('omar'));
  expect([again.status, again.body['code']]).toEqual([409, expect.stringMatching(/^(?:ALREADY_CONFIRMED|RUN_OVER)$/)]);
  await until('it is closed', async () => (await resus(['why', 'ehr-1', '--json'])).out.includes('"status":"closed"'));
  const events = (await resus(['events'])).out;
  expect(events).toContain('confirmed paper: by olga: all wards');
});
