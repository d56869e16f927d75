// The levers beyond one run, from the command line over HTTP against a controller that runs: what each prints, its exit code, and what the
// API and the metrics say meanwhile.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHouse, type House } from '../api/house.ts';
import { stateIn, typed, until, type Ran } from './commanding.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse({});
  house.crowd();
  await house.until('the crowd to be seen', () => house.controller.known?.verdicts.size !== 0);
  await until(house, 'healthy', async () => (await stateIn(house)) === 'healthy');
});
afterAll(() => house.close());

const resus = (args: readonly string[], by?: string): Promise<Ran> => typed(house, args, by);
const journalled = (type: string): number => house.controller.known?.counts.get(type) ?? 0;
const metric = async (name: string): Promise<string | undefined> =>
  (await house.get('/metrics')).text.split('\n').find((line) => line.startsWith(name));

test('stop is the first thing that status and why say, holds everything, and release ends it', async () => {
  expect(await resus(['stop', '--reason', 'core switch'], 'vera')).toMatchObject({
    exit: 1,
    err: expect.stringContaining('FORBIDDEN') as string,
  });
  const stopped = await resus(['stop', '--reason', 'core switch']);
  expect(stopped).toMatchObject({ exit: 0, err: '' });
  expect(stopped.out).toMatch(/^STOPPED: olga stopped acting at \S+: core switch\. Nothing new is started anywhere; `resus release`/);
  expect((await resus(['status'])).out.split('\n')[0]).toBe(stopped.out.trim());
  expect((await resus(['why', 'ehr'])).out.split('\n')[0]).toBe(stopped.out.trim());
  expect(JSON.parse((await resus(['status', '--json'])).out)).toMatchObject({ acting: { stopped: { by: 'olga', reason: 'core switch' } } });
  expect(await metric('resus_acting_stopped')).toBe('resus_acting_stopped 1');
  expect(await resus(['stop', '--reason', 'again'], 'omar')).toMatchObject({
    exit: 1,
    err: expect.stringContaining('ALREADY_STOPPED') as string,
  });
  expect(await resus(['drill', 'region-loss'])).toMatchObject({ exit: 1, err: expect.stringContaining('ACTING_STOPPED') as string });
  expect(await resus(['run', 'ehr', '--reason', 'x', '--mode', 'switchover'])).toMatchObject({
    exit: 1,
    err: expect.stringContaining('ACTING_STOPPED') as string,
  });
  expect(await resus(['release', '--reason', 'done'], 'omar')).toMatchObject({ exit: 0, out: 'Acting goes on.\n' });
  expect(await resus(['release'])).toMatchObject({ exit: 1, err: expect.stringContaining('NOT_STOPPED') as string });
  expect((await resus(['status'])).out).toMatch(/^WORKLOAD/);
  expect(await metric('resus_acting_stopped')).toBe('resus_acting_stopped 0');
});

test('maintenance withholds the failover while the incident is shown; ended early, Resus acts', async () => {
  expect(await resus(['maintain', 'ehr', '--reason', 'x'])).toMatchObject({ exit: 2, err: expect.stringContaining('NO_END') as string });
  expect(await resus(['maintain', 'ehr', '--until', '18:00', '--reason', 'x'])).toMatchObject({
    exit: 2,
    err: expect.stringContaining('BAD_INSTANT') as string,
  });
  expect(await resus(['maintain', 'ehr', '--until', '2020-01-01T00:00Z', '--reason', 'x'])).toMatchObject({
    exit: 1,
    err: expect.stringContaining('UNTIL_PAST') as string,
  });
  expect(await resus(['maintain', 'lis', '--for', '1h', '--reason', 'x'])).toMatchObject({
    exit: 1,
    err: expect.stringContaining('WORKLOAD_UNKNOWN') as string,
  });
  expect((await resus(['maintain', 'ehr', '--for', '1h', '--reason', 'firmware'])).out).toMatch(
    /^ehr is maintained until \S+: nothing is done/,
  );
  expect((await resus(['status'])).out).toMatch(/^MAINTAINED: ehr: olga maintains it until \S+: firmware\.\nWORKLOAD/);
  expect(await metric('resus_workload_maintained')).toBe('resus_workload_maintained{workload="ehr"} 1');
  expect((await resus(['drill', 'region-loss'])).err).toContain('WORKLOAD_MAINTAINED');
  house.dark.add('us-east-2');
  await house.until('the failover to be withheld', () => journalled('ActionWithheld') > 0);
  expect(journalled('RunOpened')).toBe(0);
  expect((await resus(['why', 'ehr'])).out).toMatch(/maintenance +wait +Is nobody maintaining it\? +olga maintains it until/);
  expect((await resus(['acknowledge', 'incident-1', '--reason', 'x'])).err).toContain('NOTHING_TO_ACKNOWLEDGE');
  expect((await resus(['acknowledge', 'incident-9', '--reason', 'x'])).err).toContain('INCIDENT_UNKNOWN');
  expect((await resus(['maintain', 'ehr', '--end'])).out).toMatch(
    /^Maintenance of ehr is over; Resus acts on it again\.(?: It opened ehr-1 \(resus why ehr-1\)\.)?\n$/,
  );
  expect((await resus(['maintain', 'ehr', '--end'])).err).toContain('NOT_MAINTAINED');
  await house.until('a run', () => journalled('RunOpened') > 0);
});

test.each([
  ['POST', '/api/v1/acting/stop', { reason: ' ' }],
  ['POST', '/api/v1/acting/stop', {}],
  ['POST', '/api/v1/acting/release', { reasn: 'x' }],
  ['POST', '/api/v1/workloads/ehr/maintenance', { reason: 'x', until: 'soon' }],
  ['POST', '/api/v1/workloads/ehr/maintenance', { reason: 'x', until: 1e300 }],
  ['POST', '/api/v1/incidents/incident-1/acknowledge', { reason: 'x', workload: 7 }],
])('%s %s with %j is refused whole', async (_, path, body) => {
  const entries = house.journal.lines.length;
  expect(await house.post(path, body, house.as('olga'))).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
  expect(house.journal.lines.slice(entries).filter((line) => /"(Acting|Maintenance|IncidentAck)/.test(line))).toEqual([]);
});
