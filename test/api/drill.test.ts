// A game day through the API alone: agents report, an operator starts it, a reader follows the events, the run is measured.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openHouse, type House } from './house.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
  house.crowd();
  await house.until('a healthy workload', () => house.controller.known !== undefined && house.journal.lines.length > 10);
});
afterAll(() => house.close());

describe('a region loss, drilled through the API', () => {
  test('opens, is followed, passes, and is measured from the ledger', { timeout: 30_000 }, async () => {
    await waitHealthy(house);
    const started = await house.post('/api/v1/drills', { gameday: 'region-loss' }, house.as('olga'));
    expect(started).toMatchObject({ status: 201, body: { gameday: 'region-loss', workload: 'ehr' } });
    const told = await followUntil(house, Number(started.body['seq']), 'DrillClosed');
    expect(told.map((each) => each.type)).toEqual(
      expect.arrayContaining([
        'DrillOpened',
        'FaultBit',
        'IncidentOpened',
        'RunOpened',
        'RoleChanged',
        'LedgerReceived',
        'RunMeasured',
        'RunClosed',
        'DrillClosed',
      ]),
    );
    expect(told.map((each) => each.seq)).toEqual(told.map((_, i) => Number(started.body['seq']) + i));
    const closed = told.at(-1);
    expect(closed?.data, JSON.stringify(told.slice(-8))).toMatchObject({ verdict: 'passed' });
    expect(closed?.sentence).toContain('passed');

    const drill = await house.get(`/api/v1/drills/${String(started.body['drill'])}`);
    expect(drill.body).toMatchObject({ verdict: 'passed', phase: 'closed', by: 'olga', faults: [{ bitten: true, status: 'gone' }] });
    const run = await house.get(`/api/v1/runs/${String(drill.body['run'])}`);
    expect(run.body).toMatchObject({ status: 'closed', outcome: 'succeeded', workload: 'ehr', plan: { from: 'east', to: 'west' } });
    const measurement = run.body['measurement'] as {
      rtaMs: number;
      phasesMs: Record<string, number>;
      canaries: { acknowledged: number; lost: number };
    };
    expect(Object.values(measurement.phasesMs).reduce((a, b) => a + b, 0)).toBe(measurement.rtaMs);
    expect(measurement.canaries.acknowledged).toBeGreaterThan(0);
    const received = told.find((each) => each.type === 'LedgerReceived')?.data as { samples: string };
    expect(house.journal.blobs.has(received.samples as never)).toBe(true);

    const status = await house.get('/api/v1/workloads/ehr');
    expect(status.body).toMatchObject({ primary: 'west', lastRun: { rtoMet: true, rpoMet: true, mode: 'failover' } });
    const bundle = await house.get(`/api/v1/runs/${String(drill.body['run'])}/bundle`, house.as('vera'));
    expect(bundle.body).toEqual({ files: { 'journal/entries.jsonl': Buffer.from('{}\n').toString('base64') } });
    const metrics = await house.get('/metrics');
    expect(metrics.text).toContain('resus_drills_total{gameday="region-loss",verdict="passed"} 1');
    expect(metrics.text).toContain('resus_workload_primary_info{workload="ehr",replica="west",site="us-west-2",tier="life-critical"} 1');
    expect(metrics.text).toMatch(/resus_run_rta_seconds\{workload="ehr",mode="failover"\} [0-9.]+/);
    expect(metrics.text).toMatch(/resus_steps_total\{uses="test.failover",outcome="succeeded"\} 1/);
  });
});

type Told = { readonly seq: number; readonly type: string; readonly data: unknown; readonly sentence: string | null };
async function followUntil(at: House, from: number, type: string): Promise<Told[]> {
  const response = await fetch(`${at.url}/api/v1/events?from=${from}`, {
    headers: { accept: 'text/event-stream' },
    signal: AbortSignal.timeout(20_000),
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const told: Told[] = [];
  let rest = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const data = block.split('\n').find((line) => line.startsWith('data: '));
      if (data !== undefined) told.push(JSON.parse(data.slice(6)) as Told);
    }
    if (told.some((each) => each.type === type)) break;
  }
  return told;
}
async function waitHealthy(at: House): Promise<void> {
  for (const end = Date.now() + 10_000; ;) {
    const { body } = await at.get('/api/v1/workloads/ehr');
    if (body['state'] === 'healthy') return;
    if (Date.now() > end) throw new Error(`never healthy: ${JSON.stringify(body)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
