// Sudden death of the controller, at every kind of moment, while real processes fail over. Whoever comes after it on the same
// journal finishes what it began, and the lab's own count says that AWS carried out each mutation exactly once.
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Told } from '../../src/cli/client.ts';
import { descendantsOf, isAlive } from '../../src/lab/processes/process-tree.ts';
import { until } from '../vantage/until.ts';
import { Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  // Two failures within a minute are two game days here, not one that came back.
  const declared = (text: string): string => text.replace('cooldown: 60s', 'cooldown: 1s');
  stage = await Stage.open({ declared });
}, 120_000);
afterAll(() => stage?.close(), 60_000);

const mutations = /^(FailoverDBCluster|FailoverGlobalCluster|SwitchoverGlobalCluster|StartExperiment) /;
let before: Readonly<Record<string, number>> = {};
beforeEach(async () => {
  await stage.steady();
  before = await stage.executions(mutations);
});
async function counted(): Promise<Readonly<Record<string, number>>> {
  const now = await stage.executions(mutations);
  return Object.fromEntries(
    Object.entries(now).flatMap(([key, count]) => (count === (before[key] ?? 0) ? [] : [[key.split(' ')[0], count - (before[key] ?? 0)]])),
  );
}
const epochs = (from: number): number => stage.told.filter((told) => told.seq >= from && told.type === 'EpochBegan').length;
const isStarted =
  (step: string) =>
  (told: Told): boolean =>
    told.type === 'StepStarted' && told.data.step === step;

describe('kill -9 of the controller in a switchover and its failback', { timeout: 180_000 }, () => {
  test('inside a step, once before the call came out and once while its answer was on the way', async () => {
    const from = stage.nextSeq;
    const [east, west] = [stage.relay('us-east-2'), stage.relay('us-west-2')];
    east.once('SwitchoverGlobalCluster', 'hold');
    const { drill } = await stage.openDrill('switchover');
    await stage.entry('the first step', isStarted('promote'), { from });
    await until('the call that is held back', () => east.count('SwitchoverGlobalCluster') === 1);
    await stage.controller.kill();
    east.rule(() => 'pass');
    expect(await counted()).toEqual({});
    await stage.startController();
    // Home again: this time the lab hears the call and does it, and nobody hears the lab.
    west.once('SwitchoverGlobalCluster', 'swallow');
    await stage.entry('the end of the first run', (told) => told.type === 'RunClosed', { from, deadlineMs: 90_000 });
    await until(
      'the call whose answer is swallowed',
      () => west.heard.some((each) => each.operation === 'SwitchoverGlobalCluster' && each.isAnswered),
      60_000,
    );
    await stage.controller.kill();
    await stage.startController();
    const view = await stage.drilled(drill);
    expect(view.verdict, stage.story(from)).toBe('passed');
    expect(epochs(from)).toBe(2);
    expect(await counted()).toEqual({ SwitchoverGlobalCluster: 2 });
    expect(await stage.mistakes(view.run ?? '')).toEqual([]);
    expect(await stage.mistakes(view.failback ?? '')).toEqual([]);
  });

  test('between two steps, and while it measures', async () => {
    const from = stage.nextSeq;
    const route = stage.relay('switch');
    route.rule((operation) => (operation.startsWith('PUT') ? 'hold' : 'pass'));
    const { drill } = await stage.openDrill('switchover');
    await stage.entry('the second step', isStarted('route'), { from });
    // The database has moved and the users' name has not: whoever comes next must route, and not promote again.
    await stage.controller.kill();
    route.rule(() => 'pass');
    await stage.startController();
    await stage.entry('the question for the ledgers', (told) => told.type === 'LedgerRequested', { from });
    await stage.restartController();
    const view = await stage.drilled(drill);
    expect(view.verdict, stage.story(from)).toBe('passed');
    expect(epochs(from)).toBe(2);
    expect(await counted()).toEqual({ SwitchoverGlobalCluster: 2 });
    expect((await stage.run(view.run ?? '')).measurement?.canaries).toMatchObject({ lost: 0, duplicated: 0, unknown: 0 });
    expect(await stage.mistakes(view.run ?? '')).toEqual([]);
  });
});

describe('kill -9 of everybody in turn while a region is lost', { timeout: 180_000 }, () => {
  test('a vantage, the users’ client, and the controller twice', async () => {
    const from = stage.nextSeq;
    const { drill } = await stage.openDrill('region-loss');
    await stage.entry('the fault', (told) => told.type === 'FaultAnswered', { from });
    // The quorum needs the one that stands outside: it must find its way back by itself.
    await stage.agent('campus').kill();
    await stage.startVantage('campus');
    await stage.entry('the promotion', isStarted('promote'), { from });
    await until('the lab at work', async () => (await counted())['FailoverGlobalCluster'] === 1);
    const killedAt = Date.now();
    await Promise.all([stage.agent('canary').kill(), stage.controller.kill()]);
    stage.startCanary();
    await stage.startController();
    await stage.entry('the fault to be taken back', (told) => told.type === 'FaultReverting', { from });
    await stage.restartController();
    const view = await stage.drilled(drill);
    // The users were moved all the same, but for seconds nobody watched them: that is not called a success.
    expect(view.verdict, stage.story(from)).toBe('inconclusive');
    expect(stage.story(from)).toContain("nobody watched the users' path");
    expect(view.faults).toMatchObject([{ bitten: true, status: 'gone' }]);
    expect(await counted()).toEqual({ FailoverGlobalCluster: 1 });
    // What the killed client was promised is still known: the impact that it saw, and every canary before it.
    const { measurement } = await stage.run(view.run ?? '');
    expect(measurement?.onsetAt).toBeLessThan(killedAt);
    expect(measurement?.rtaMs).toBeGreaterThan(0);
    expect(measurement?.canaries).toMatchObject({ duplicated: 0, unknown: 0 });
    expect(await stage.mistakes(view.run ?? '')).toEqual([]);
  });
});

test('kill -9 of the lab: everything in it ends, and its folder goes', { timeout: 60_000 }, async () => {
  const family = descendantsOf([stage.labProgram.pid]);
  expect(family.length).toBeGreaterThan(16);
  const folders = (): readonly string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('resus-lab-'));
  const before = folders();
  await stage.labProgram.kill();
  await until('no process of it', () => !family.some(isAlive), 30_000);
  await until('one folder less', () => folders().length < before.length, 10_000);
});
