// The game days that are shipped for the record, one after the other on one hospital: a zone taken away by FIS, a switchover and the
// way home, a dead database and the way home, a lost region. Each is judged by Resus and looked at again here: by DNS, by the lab's own count, by the evidence.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../vantage/until.ts';
import { Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  // Two failures within a minute are two game days here, not one that came back.
  stage = await Stage.open({ declared: (text) => text.replace('cooldown: 60s', 'cooldown: 1s') });
}, 120_000);
afterAll(() => stage?.close(), 60_000);

test('zone-loss: FIS takes us-east-2a away, the writer comes up in the other zone of its region', { timeout: 150_000 }, async () => {
  const from = stage.nextSeq;
  const { drill } = await stage.openDrill('zone-loss');
  const view = await stage.drilled(drill);
  expect(view.verdict, stage.story(from)).toBe('passed');
  expect(view.faults).toMatchObject([{ bitten: true, status: 'gone' }]);
  const run = await stage.run(view.run ?? '');
  expect(run.plan).toMatchObject({ runbook: 'ehr-zone-failover', from: 'east', to: 'east', leave: 'us-east-2a' });
  expect(run.measurement?.canaries).toMatchObject({ lost: 0, duplicated: 0, unknown: 0 });
  const counts = await stage.executions(/^(FailoverDBCluster|StartExperiment|FailoverGlobalCluster|SwitchoverGlobalCluster) /);
  expect(Object.entries(counts).map(([key, count]) => `${key.split(' ')[0]} ${count}`)).toEqual([
    'StartExperiment 1',
    'FailoverDBCluster 1',
  ]);
  expect(await stage.mistakes(run.run)).toEqual([]);
});

test('zone-loss once more: the writer is in the other zone now, so nothing is broken, and it says why', { timeout: 60_000 }, async () => {
  await stage.steady();
  const before = await stage.executions(/^StartExperiment /);
  const { drill } = await stage.openDrill('zone-loss');
  const view = await stage.drilled(drill);
  expect([view.verdict, view.because]).toEqual([
    'refused',
    'zone-loss cannot be practised now, nothing was injected: gate closed: writer.site == "us-east-2a" (writer.site is "us-east-2b")',
  ]);
  expect(await stage.executions(/^StartExperiment /)).toEqual(before);
});

test('switchover: the record moves to the west and home, and the users’ name with it', { timeout: 150_000 }, async () => {
  await stage.steady();
  const from = stage.nextSeq;
  const { drill } = await stage.openDrill('switchover');
  await stage.entry('the writer in the west', (told) => told.type === 'RunExecuted', { from });
  const west = await stage.names();
  const view = await stage.drilled(drill);
  expect(view.verdict, stage.story(from)).toBe('passed');
  expect(stage.addressesOf('us-west-2')).toEqual(expect.arrayContaining([...west]));
  await until('the name to lead home', async () => (await stage.names()).every((each) => stage.addressesOf('us-east-2').includes(each)));
  for (const id of [view.run, view.failback]) {
    const { measurement, outcome } = await stage.run(id ?? '');
    expect(outcome).toBe('succeeded');
    expect(measurement?.canaries).toMatchObject({ lost: 0, duplicated: 0, unknown: 0 });
    expect(await stage.mistakes(id ?? '')).toEqual([]);
  }
});

test(
  'replica-loss: the writer dies in a region that lives, the record is served from the west and comes home',
  { timeout: 180_000 },
  async () => {
    await stage.steady();
    const from = stage.nextSeq;
    const before = await stage.executions(/^(FailoverGlobalCluster|SwitchoverGlobalCluster) /);
    const { drill } = await stage.openDrill('replica-loss');
    const view = await stage.drilled(drill);
    expect(view.verdict, stage.story(from)).toBe('passed');
    expect(view.faults).toMatchObject([{ bitten: true, status: 'gone' }]);
    const run = await stage.run(view.run ?? '');
    expect(run.plan).toMatchObject({ runbook: 'ehr-region-failover', from: 'east', to: 'west' });
    expect(run.measurement?.canaries).toMatchObject({ duplicated: 0, unknown: 0 });
    // Its region answers, so RDS could stop the old writer and says so. Whether that is read before the users are led depends on how late
    // the event is and how busy the machine: nobody waits for a proof longer than 0.8 s. What an event proves is held by `test/providers/aws-rules.test.ts`.
    expect(['storage-fenced', 'provider-asserted']).toContain(run.fencing);
    expect((await stage.run(view.failback ?? '')).outcome).toBe('succeeded');
    const after = await stage.executions(/^(FailoverGlobalCluster|SwitchoverGlobalCluster) /);
    expect(
      Object.entries(after)
        .map(([key, count]) => `${key.split(' ')[0]} ${count - (before[key] ?? 0)}`)
        .sort(),
    ).toEqual(['FailoverGlobalCluster 1', 'SwitchoverGlobalCluster 1']);
    await until('the name to lead home', async () => (await stage.names()).every((each) => stage.addressesOf('us-east-2').includes(each)));
  },
);

test('region-loss: us-east-2 falls silent, the record is served from the west', { timeout: 150_000 }, async () => {
  await stage.steady();
  const from = stage.nextSeq;
  const { drill } = await stage.openDrill('region-loss');
  const view = await stage.drilled(drill);
  expect(view.verdict, stage.story(from)).toBe('passed');
  expect(stage.addressesOf('us-west-2')).toEqual(expect.arrayContaining([...(await stage.names())]));
  const { measurement, run } = await stage.run(view.run ?? '');
  const { rtaMs, phasesMs } = measurement ?? {};
  expect(Object.values(phasesMs ?? {}).reduce((sum, ms) => sum + ms, 0)).toBe(rtaMs);
  expect(rtaMs).toBeLessThan(60_000);
  expect(await stage.mistakes(run)).toEqual([]);
});
