// FIS through the unmodified SDK: what it checks, and what its experiments do to the hospital.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fis, refusal, settings } from './clients.ts';
import { eventually, startBench, type Bench } from './memory-hospital.ts';

let bench: Bench;
let client: InstanceType<typeof fis.FisClient>;
beforeAll(async () => {
  bench = await startBench();
  client = new fis.FisClient(settings(bench.url('us-east-2'), 'us-east-2'));
});
afterAll(() => bench.close());

let tokens = 0;
const token = () => `token-${String(++tokens)}`;
const wait = (duration: string, startAfter?: string[]) => ({
  actionId: 'aws:fis:wait',
  parameters: { duration },
  ...(startAfter === undefined ? {} : { startAfter }),
});
const subnets = (zone: string) => ({
  resourceType: 'aws:ec2:subnet',
  resourceTags: { hospital: 'lab' },
  parameters: { availabilityZoneIdentifier: zone },
  selectionMode: 'ALL',
});
const cut = (duration: string) => ({
  actionId: 'aws:network:disrupt-connectivity',
  parameters: { duration, scope: 'all' },
  targets: { Subnets: 'subnets' },
});

type Input = ConstructorParameters<typeof fis.CreateExperimentTemplateCommand>[0];
const template = (part: Partial<Input>): Input => ({
  clientToken: token(),
  description: 'a test',
  roleArn: bench.aws.fisRole,
  stopConditions: [{ source: 'none' }],
  targets: {},
  actions: { wait: wait('PT1S') },
  ...part,
});
const create = async (part: Partial<Input>) =>
  (await client.send(new fis.CreateExperimentTemplateCommand(template(part)))).experimentTemplate?.id ?? '';
const start = async (experimentTemplateId: string, more: object = {}) =>
  (await client.send(new fis.StartExperimentCommand({ clientToken: token(), experimentTemplateId, ...more }))).experiment?.id ?? '';
const get = async (id: string) => (await client.send(new fis.GetExperimentCommand({ id }))).experiment;
const ended = (id: string, status: string) =>
  eventually(`${id} ${status}`, async () => {
    const experiment = await get(id);
    return experiment?.state?.status === status ? experiment : undefined;
  });

describe('experiments', { timeout: 30_000 }, () => {
  it('ships the loss of a zone, which lasts until it is stopped, and starts once per client token', async () => {
    const clientToken = token();
    const again = { clientToken, experimentTemplateId: bench.aws.fisTemplateZoneLoss };
    const first = (await client.send(new fis.StartExperimentCommand(again))).experiment;
    const second = (await client.send(new fis.StartExperimentCommand(again))).experiment;
    expect(second?.id).toBe(first?.id);
    const id = first?.id ?? '';
    await eventually('the loss', () => bench.hospital.isLost('us-east-2a'));
    expect((await get(id))?.state?.status).toBe('running');
    expect(bench.hospital.isLost('us-east-2b')).toBe(false);
    const { resolvedTargets } = await client.send(new fis.ListExperimentResolvedTargetsCommand({ experimentId: id }));
    expect(resolvedTargets).toMatchObject([
      { targetName: 'subnets', targetInformation: { arn: 'arn:aws:ec2:us-east-2:123456789012:subnet/subnet-us-east-2a' } },
    ]);
    expect((await client.send(new fis.StopExperimentCommand({ id }))).experiment?.state?.status).toBe('stopping');
    const stopped = await ended(id, 'stopped');
    expect(stopped.actions?.['cut-subnets']?.state?.status).toBe('stopped');
    expect(bench.hospital.asked).toEqual(['lose us-east-2a silent', 'restore us-east-2a']);
    expect(await refusal(client.send(new fis.StopExperimentCommand({ id })))).toBe('400 ValidationException');
    expect(bench.aws.executions()).toEqual({ [`StartExperiment ${bench.aws.fisTemplateZoneLoss}`]: 1, [`StopExperiment ${id}`]: 1 });
    expect(await refusal(client.send(new fis.StartExperimentCommand({ ...again, tags: { other: 'request' } })))).toBe(
      '409 ConflictException',
    );
  });

  it('runs actions after those that they start after, and gives everything back at the end', async () => {
    const id = await start(
      await create({
        targets: {
          subnets: subnets('us-east-2b'),
          all: { resourceType: 'aws:ec2:instance', resourceTags: { zone: 'us-east-2a' }, selectionMode: 'ALL' },
        },
        actions: {
          cut: { ...cut('PT5S'), startAfter: ['wait'] },
          stop: {
            actionId: 'aws:ec2:stop-instances',
            parameters: { startInstancesAfterDuration: 'PT2S' },
            targets: { Instances: 'all' },
            startAfter: ['cut'],
          },
          wait: wait('PT2S'),
        },
      }),
    );
    const done = await ended(id, 'completed');
    const time = (name: string, which: 'startTime' | 'endTime') => done.actions?.[name]?.[which]?.getTime() ?? Number.NaN;
    expect(time('cut', 'startTime')).toBeGreaterThanOrEqual(time('wait', 'endTime'));
    expect(time('stop', 'startTime')).toBeGreaterThanOrEqual(time('cut', 'endTime'));
    expect(bench.hospital.asked.slice(-4)).toEqual([
      'lose us-east-2b silent',
      'restore us-east-2b',
      'lose us-east-2a killed',
      'restore us-east-2a',
    ]);
    expect(bench.hospital.lost()).toEqual([]);
  });

  it('fails over and reboots databases', async () => {
    const id = await start(
      await create({
        targets: {
          clusters: { resourceType: 'aws:rds:cluster', resourceArns: [bench.aws.clusterArns.east], selectionMode: 'ALL' },
          reports: { resourceType: 'aws:rds:db', resourceArns: ['arn:aws:rds:us-east-2:123456789012:db:reports'], selectionMode: 'ALL' },
        },
        actions: {
          failover: { actionId: 'aws:rds:failover-db-cluster', targets: { Clusters: 'clusters' } },
          reboot: { actionId: 'aws:rds:reboot-db-instances', parameters: { forceFailover: 'true' }, targets: { DBInstances: 'reports' } },
        },
      }),
    );
    await ended(id, 'completed');
    await eventually('both moved', () =>
      ['ehr-east', 'reports'].every((name) => bench.hospital.asked.includes(`${name} restartIn us-east-2b`)),
    );
  });

  it('fails when an action fails, stops the others, and gives back what they took', async () => {
    const id = await start(
      await create({
        targets: {
          subnets: subnets('us-east-2a'),
          aurora: { resourceType: 'aws:rds:db', resourceArns: ['arn:aws:rds:us-east-2:123456789012:db:ehr-east-a'], selectionMode: 'ALL' },
        },
        actions: {
          cut: cut('PT10M'),
          wait: wait('PT2S'),
          reboot: {
            actionId: 'aws:rds:reboot-db-instances',
            parameters: { forceFailover: 'true' },
            targets: { DBInstances: 'aurora' },
            startAfter: ['wait'],
          },
          never: wait('PT1S', ['reboot']),
        },
      }),
    );
    const failed = await ended(id, 'failed');
    expect(failed.actions?.['reboot']?.state?.status).toBe('failed');
    expect(failed.actions?.['cut']?.state?.status).toBe('stopped');
    expect(failed.actions?.['never']?.state?.status).toBe('cancelled');
    expect(bench.hospital.lost()).toEqual([]);
  });

  it('fails on an empty target unless told to skip, and touches nothing when all actions are skipped', async () => {
    const nowhere = { targets: { subnets: subnets('us-west-2a') }, actions: { cut: cut('PT1S') } };
    const before = bench.hospital.asked.length;
    const failed = await ended(await start(await create(nowhere)), 'failed');
    expect(failed.state?.reason).toContain('empty set');
    await ended(await start(await create({ ...nowhere, experimentOptions: { emptyTargetResolutionMode: 'skip' } })), 'completed');
    // This client's model is older than `actionsMode`, so the service sees the default; the wire takes it, as the live test shows.
    expect(bench.hospital.asked.slice(before)).toEqual([]);
  });
});

describe('templates', { timeout: 30_000 }, () => {
  it('creates once per client token, updates, tags, lists by pages and deletes', async () => {
    const input = template({ tags: { drill: 'one' } });
    const ids = await Promise.all(
      [1, 2].map(async () => (await client.send(new fis.CreateExperimentTemplateCommand(input))).experimentTemplate?.id),
    );
    expect(ids[0]).toBe(ids[1]);
    const id = ids[0] ?? '';
    const updated = await client.send(new fis.UpdateExperimentTemplateCommand({ id, description: 'renamed' }));
    expect(updated.experimentTemplate).toMatchObject({ description: 'renamed', actions: { wait: { actionId: 'aws:fis:wait' } } });
    const resourceArn = `arn:aws:fis:us-east-2:123456789012:experiment-template/${id}`;
    await client.send(new fis.TagResourceCommand({ resourceArn, tags: { more: 'two' } }));
    await client.send(new fis.UntagResourceCommand({ resourceArn, tagKeys: ['drill'] }));
    expect((await client.send(new fis.ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({ more: 'two' });
    const seen: (string | undefined)[] = [];
    for await (const page of fis.paginateListExperimentTemplates({ client, pageSize: 1 }, {}))
      seen.push(...(page.experimentTemplates ?? []).map((one) => one.id));
    expect(seen).toContain(id);
    expect(new Set(seen).size).toBe(seen.length);
    await client.send(new fis.DeleteExperimentTemplateCommand({ id }));
    expect(await refusal(client.send(new fis.GetExperimentTemplateCommand({ id })))).toBe('404 ResourceNotFoundException');
  });

  it('lists its actions and describes one', async () => {
    const { actions, nextToken = '' } = await client.send(new fis.ListActionsCommand({ maxResults: 4 }));
    expect(actions).toHaveLength(4);
    expect((await client.send(new fis.ListActionsCommand({ maxResults: 4, nextToken }))).actions).toHaveLength(1);
    const { action } = await client.send(new fis.GetActionCommand({ id: 'aws:network:disrupt-connectivity' }));
    expect(action?.parameters?.['duration']).toMatchObject({ required: true });
  });

  const many = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`wait${String(index)}`, wait('PT1S')]));
  const refused: [name: string, part: Partial<Input>, expected: string][] = [
    ['an unknown action', { actions: { x: { actionId: 'aws:nope' } } }, '400 ValidationException'],
    ['no duration', { actions: { x: { actionId: 'aws:fis:wait' } } }, '400 ValidationException'],
    ['a duration that is none', { actions: { x: wait('2 minutes') } }, '400 ValidationException'],
    ['a duration of 13 hours', { actions: { x: wait('PT13H') } }, '400 ValidationException'],
    ['a circle', { actions: { x: wait('PT1S', ['y']), y: wait('PT1S', ['x']) } }, '400 ValidationException'],
    ['a missing predecessor', { actions: { x: wait('PT1S', ['gone']) } }, '400 ValidationException'],
    ['a missing target', { actions: { x: cut('PT1S') } }, '400 ValidationException'],
    [
      'a target of another type',
      { targets: { subnets: { ...subnets('us-east-2a'), resourceType: 'aws:ec2:instance' } }, actions: { x: cut('PT1S') } },
      '400 ValidationException',
    ],
    [
      'an alarm that could never fire',
      { stopConditions: [{ source: 'aws:cloudwatch:alarm', value: 'arn:aws:cloudwatch:us-east-2:1:alarm:x' }] },
      '400 ValidationException',
    ],
    ['no role', { roleArn: 'arn:aws:iam::nobody' }, '400 ValidationException'],
    ['too many actions', { actions: many }, '402 ServiceQuotaExceededException'],
  ];
  it.each(refused)('refuses: %s', async (_name, part, expected) => {
    expect(await refusal(client.send(new fis.CreateExperimentTemplateCommand(template(part))))).toBe(expected);
  });

  it('refuses a start of what does not exist, and a sixth experiment', async () => {
    expect(await refusal(start('EXTNOPE'))).toBe('404 ResourceNotFoundException');
    const id = await create({ actions: { wait: wait('PT10H') } });
    const running = await Promise.all([1, 2, 3, 4, 5].map(() => start(id)));
    expect(await refusal(start(id))).toBe('402 ServiceQuotaExceededException');
    const { experiments } = await client.send(new fis.ListExperimentsCommand({}));
    expect(experiments?.filter((one) => running.includes(one.id ?? ''))).toHaveLength(5);
    for (const one of running) await client.send(new fis.StopExperimentCommand({ id: one }));
    for (const one of running) await ended(one, 'stopped');
  });
});
