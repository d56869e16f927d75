// Who turns the switch of the standby region says which leader he is: what comes late from one that was replaced is refused.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Instant } from '../../src/core/values.ts';
import { standbyTakesOver } from '../../src/providers/aws/actions/standby-takes-over.ts';
import { StandbySwitch } from '../lab/standby-switch.ts';
import { awsToolsFor, freePort, httpServer } from './fixtures.ts';

let standby: StandbySwitch;
beforeAll(async () => (standby = await StandbySwitch.open()));
afterAll(() => standby.close());

const input = (state: 'standby' | 'primary', url = standby.url) => ({
  switch: url,
  state,
  name: 'ehr.hospital.test',
  nameServers: ['127.0.0.1:53'],
  expect: ['192.0.2.21'],
});
type Leader = { readonly epoch: number; readonly log?: string };
const call = ({ epoch, log = 'resus.example/central' }: Leader) => ({
  tools: awsToolsFor('http://127.0.0.1:9'),
  token: 'ehr-1/route',
  epoch,
  log,
  now: Date.now() as Instant,
  signal: AbortSignal.timeout(5_000),
});
const turn = async (state: 'standby' | 'primary', leader: Leader): Promise<string> => {
  const outcome = await standbyTakesOver.apply({ ...call(leader), with: input(state) });
  return outcome.kind === 'failed' ? outcome.code : outcome.kind;
};
const byHand = (word: string): Promise<Response> => fetch(standby.url, { method: 'PUT', body: word });

describe('after the leader of epoch 7 has turned it off', () => {
  beforeEach(async () => {
    await byHand('off');
    expect(await turn('primary', { epoch: 7 })).toBe('accepted');
  });
  test.each<[string, Leader, string, boolean]>([
    ['the leader that it replaced', { epoch: 6 }, 'STALE_EPOCH', false],
    ['the same leader', { epoch: 7 }, 'accepted', true],
  ])('%s turns it on', async (_, leader, answer, isOn) => {
    const { puts } = standby;
    expect(await turn('standby', leader)).toBe(answer);
    expect([standby.isOn, standby.puts - puts]).toEqual([isOn, isOn ? 1 : 0]);
  });
  test('people are heard, and keep nobody out', async () => {
    await byHand('on');
    expect(standby.isOn).toBe(true);
    expect(await turn('primary', { epoch: 6 })).toBe('STALE_EPOCH');
    expect(await turn('primary', { epoch: 7 })).toBe('accepted');
    expect(standby.isOn).toBe(false);
  });
});
test('an epoch says nothing of another journal', async () => {
  expect(await turn('standby', { epoch: 900, log: 'resus.example/restored' })).toBe('accepted');
  expect(await turn('primary', { epoch: 1, log: 'resus.example/new site, 2' })).toBe('accepted');
});

describe('before a run it is asked', () => {
  const findings = async (url: string): Promise<unknown> =>
    (await standbyTakesOver.evaluate?.({ ...call({ epoch: 1 }), with: input('standby', url) }))?.map(({ code, severity }) => [
      code,
      severity,
    ]);
  test('whether it keeps an epoch', async () => {
    expect(await findings(standby.url)).toEqual([]);
    const forgetful = await httpServer((_, response) => void response.writeHead(404).end());
    expect(await findings(`${forgetful.url}/switch`)).toEqual([['SWITCH_KEEPS_NO_EPOCH', 'warns']]);
    await forgetful.close();
  });
  test('whether it answers', async () => {
    expect(await findings(`http://127.0.0.1:${await freePort()}/switch`)).toEqual([['SWITCH_UNREADABLE', 'blocks']]);
  });
});
