// `aws.call` against the lab's AWS on the wire: operations of three services in their three dialects, each with a read that tells whether
// its goal holds, and the lab's own count of what was executed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Instant } from '../../src/core/values.ts';
import { evaluate } from '../../src/declare/expression.ts';
import { call } from '../../src/providers/aws/actions/call.ts';
import { AwsTools } from '../../src/providers/aws/tools.ts';
import { startBench, type Bench } from '../lab/aws/memory-hospital.ts';
import { labKeys } from '../providers/fixtures.ts';
import { actionSuite, type ActionSubject } from './action.suite.ts';

const benches: Bench[] = [];
afterAll(() => Promise.all(benches.map((each) => each.close())));
const toolsAt = (url: (region: string) => string): AwsTools =>
  new AwsTools({
    endpoints: { 'us-east-2': url('us-east-2'), 'us-west-2': url('us-west-2') },
    route53Endpoint: url('us-east-1'),
    credentials: labKeys,
    evaluate,
  });
beforeAll(async () => {
  const tools = toolsAt(() => 'http://127.0.0.1:9');
  for (const service of ['rds', 'route-53', 'fis']) await tools.any(service, 'us-east-2');
}, 30_000);

const fis = (template: string): Record<string, unknown> => ({
  does: 'Rehearse the loss of a zone with the template of the hospital.',
  service: 'fis',
  region: 'us-east-2',
  operation: 'StartExperiment',
  input: { experimentTemplateId: template },
  clientToken: 'clientToken',
  observe: {
    operation: 'ListExperiments',
    input: {},
    holds: `answer.experiments.exists(each, each.experimentTemplateId == "${template}" && each.state.status == "running")`,
    gives: { id: 'answer.experiments[0].id' },
  },
  iam: [{ actions: ['fis:StartExperiment', 'fis:ListExperiments'], resources: ['*'] }],
  changes: [`fis template ${template}`],
});
const check = (id: string): Record<string, unknown> => ({
  does: 'Let the health check say the opposite of what it sees.',
  service: 'route-53',
  region: 'us-east-1',
  operation: 'UpdateHealthCheck',
  input: { HealthCheckId: id, Inverted: true },
  observe: {
    operation: 'GetHealthCheck',
    input: { HealthCheckId: id },
    holds: 'answer.HealthCheck.HealthCheckConfig.Inverted == true',
    gives: { version: 'string(answer.HealthCheck.HealthCheckVersion)' },
  },
  iam: [{ actions: ['route53:UpdateHealthCheck', 'route53:GetHealthCheck'], resources: ['*'] }],
  controlPlanes: [{ service: 'route53', site: 'us-east-1' }],
  changes: [`health check ${id}`],
});

function subject(operation: string, repeatExecutes: 0 | 1, inputOf: (bench: Bench | undefined) => Promise<Record<string, unknown>>) {
  const example = operation === 'StartExperiment' ? fis('EXT1') : check('a');
  return {
    action: call as unknown as ActionSubject<AwsTools>['action'],
    example,
    repeatExecutes,
    async ground() {
      const bench = await startBench();
      benches.push(bench);
      const executions = (): number =>
        Object.entries(bench.aws.executions()).reduce((sum, [key, count]) => sum + (key.startsWith(`${operation} `) ? count : 0), 0);
      return { with: await inputOf(bench), tools: toolsAt((region) => bench.url(region)), executions };
    },
    at: (port: number) => ({ with: example, tools: toolsAt(() => `http://127.0.0.1:${port}`) }),
  } satisfies ActionSubject<AwsTools>;
}
actionSuite(subject('StartExperiment', 0, async (bench) => fis(bench?.aws.fisTemplateZoneLoss ?? '')));
actionSuite(
  subject('UpdateHealthCheck', 1, async (bench) => {
    if (bench === undefined) return check('a');
    const tools = toolsAt((region) => bench.url(region));
    const made = (await (
      await tools.any('route-53', 'us-east-1')
    ).once(
      'CreateHealthCheck',
      { CallerReference: 'test', HealthCheckConfig: { Type: 'TCP', IPAddress: '192.0.2.1', Port: 80 } },
      { abortSignal: AbortSignal.timeout(9_000) },
    )) as { readonly HealthCheck: { readonly Id: string } };
    return check(made.HealthCheck.Id);
  }),
);

describe('aws.call on a database', () => {
  const restart = {
    does: 'Restart the instance for reports.',
    service: 'rds',
    region: 'us-east-2',
    operation: 'RebootDBInstance',
    input: { DBInstanceIdentifier: 'reports' },
    observe: {
      operation: 'DescribeDBInstances',
      input: { DBInstanceIdentifier: 'reports' },
      holds: 'answer.DBInstances[0].DBInstanceStatus == "available"',
      underway: 'answer.DBInstances[0].DBInstanceStatus == "rebooting"',
      gives: { arn: 'answer.DBInstances[0].DBInstanceArn', nothing: 'answer.DBInstances[0].Never' },
    },
    iam: [{ actions: ['rds:RebootDBInstance', 'rds:DescribeDBInstances'], resources: ['*'] }],
    changes: ['instance reports in us-east-2'],
  };
  const asked = (tools: AwsTools, input: unknown) => ({
    with: input as never,
    tools,
    token: 'run-1/restart',
    epoch: 1,
    now: Date.now() as Instant,
    signal: AbortSignal.timeout(9_000),
  });

  test('is taken once, under way while it restarts, and gives what it was asked for', { timeout: 20_000 }, async () => {
    const bench = await startBench();
    benches.push(bench);
    const tools = toolsAt((region) => bench.url(region));
    expect(await call.apply(asked(tools, restart))).toMatchObject({ kind: 'accepted' });
    const states = new Set<string>();
    let last = await call.observe(asked(tools, restart));
    for (const end = Date.now() + 15_000; Date.now() < end && last.kind !== 'holds'; await new Promise((go) => setTimeout(go, 20))) {
      states.add(last.kind);
      last = await call.observe(asked(tools, restart));
    }
    expect([...states].filter((state) => state !== 'underway')).toEqual([]);
    expect(last).toEqual({ kind: 'holds', data: { values: { arn: expect.stringMatching(/:db:reports$/) as string } } });
    expect(Object.entries(bench.aws.executions()).filter(([key]) => key.startsWith('RebootDBInstance'))).toEqual([[expect.any(String), 1]]);
    const nobody = { ...restart, observe: { ...restart.observe, input: { DBInstanceIdentifier: 'nobody' } } };
    expect(await call.observe(asked(tools, nobody))).toMatchObject({ kind: 'absent' });
    expect(await call.observe(asked(tools, { ...nobody, observe: { ...nobody.observe, whenMissing: 'holds' } }))).toMatchObject({
      kind: 'holds',
    });
    expect(await call.evaluate?.(asked(tools, restart))).toEqual([]);
    const blind = { ...restart, observe: { ...restart.observe, holds: 'answer.Nothing.here == 1' } };
    expect(await call.observe(asked(tools, blind))).toMatchObject({
      kind: 'unknown',
      message: expect.stringContaining('cannot be judged') as string,
    });
    expect(await call.evaluate?.(asked(tools, blind))).toMatchObject([{ code: 'CONDITION_FAILS' }]);
  });

  test('that moves the writer is refused, and nothing is sent', async () => {
    const bench = await startBench();
    benches.push(bench);
    const tools = toolsAt((region) => bench.url(region));
    for (const [operation, input, instead] of [
      ['FailoverGlobalCluster', {}, 'aws.rds.failover-global-cluster'],
      ['PromoteReadReplica', {}, 'aws.rds.promote-read-replica'],
      ['RebootDBInstance', { DBInstanceIdentifier: 'reports', ForceFailover: true }, 'aws.rds.reboot-with-failover'],
    ] as const) {
      const moving = { ...restart, operation, input };
      expect(await call.apply(asked(tools, moving))).toMatchObject({
        kind: 'failed',
        code: 'TYPED_ACTION',
        message: expect.stringContaining(instead) as string,
      });
      expect(await call.evaluate?.(asked(tools, moving))).toMatchObject([{ code: 'TYPED_ACTION', severity: 'blocks' }]);
    }
    expect(bench.aws.executions()).toEqual({});
  });
});
