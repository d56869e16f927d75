// What `aws.call` makes of packages that are not there, of operations that nobody has, of secrets, and of replies that get lost.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { evaluate, printed } from '../../src/declare/index.ts';
import { declare } from '../../src/declare/declare.ts';
import { call } from '../../src/providers/aws/actions/call.ts';
import { SDK_VERSION, answerOf, sdkOf } from '../../src/providers/aws/any-client.ts';
import { AwsTools } from '../../src/providers/aws/tools.ts';
import { providers, vocabularyOf } from '../../src/providers/index.ts';
import { answer, awsWire, call as asking, labKeys, refuse, type Wire } from './fixtures.ts';

const start = {
  does: 'Start the cluster of the training environment.',
  service: 'rds',
  region: 'us-east-2',
  operation: 'StartDBCluster',
  input: { DBClusterIdentifier: 'training' },
  observe: {
    operation: 'DescribeDBClusters',
    input: { DBClusterIdentifier: 'training' },
    holds: 'answer.DBClusters[0].Status == "available"',
  },
  iam: [{ actions: ['rds:StartDBCluster', 'rds:DescribeDBClusters'], resources: ['*'] }],
  changes: ['cluster training'],
};
const tools = (wire: Wire): AwsTools =>
  new AwsTools({ endpoints: { 'us-east-2': `http://127.0.0.1:${wire.port}` }, credentials: labKeys, evaluate });
const of = (wire: Wire, input: object = start) => ({ ...asking(), with: input as never, tools: tools(wire) });

describe('the call', () => {
  test.each([
    ['whose reply is lost', { kind: 'drop' } as const, 'unknown'],
    ['that fails inside AWS', refuse(500, 'InternalFailure'), 'unknown'],
    ['that is refused', refuse(400, 'InvalidDBClusterStateFault'), 'failed'],
    ['that is throttled', refuse(400, 'Throttling'), 'failed'],
  ])('%s is sent once', async (_, reply, kind) => {
    const wire = await awsWire({ StartDBCluster: () => reply });
    expect(await call.apply(of(wire))).toMatchObject({ kind });
    expect(wire.calls('StartDBCluster')).toBe(1);
    await wire.close();
  });
  test('that something else answered is not taken for done', async () => {
    const wire = await awsWire({ StartDBCluster: () => answer('') });
    expect(await call.apply(of(wire))).toMatchObject({ kind: 'unknown', message: expect.stringContaining('not AWS') as string });
    await wire.close();
  });
  test.each([
    ['an operation that nobody has', { ...start, operation: 'StartDbClusters' }, 'UNKNOWN_OPERATION'],
    ['a password', { ...start, input: { ...start.input, MasterUserPassword: 'x' } }, 'SECRET_IN_INPUT'],
    ['a password deep inside', { ...start, input: { Options: [{ Auth: { SecretString: 'x' } }] } }, 'SECRET_IN_INPUT'],
    ['an instant that is none', { ...start, input: { RestoreToTime: { $time: 'yesterday' } } }, 'BAD_INPUT'],
    ['a service without its package', { ...start, service: 'ecs' }, 'AWS_PACKAGE_MISSING'],
  ])('with %s is not sent, and says so before the night', async (_, input, code) => {
    const wire = await awsWire({});
    const outcome = await call.apply(of(wire, input));
    expect(outcome).toMatchObject({ kind: 'failed', code, retriable: false });
    expect(await call.evaluate?.(of(wire, input))).toMatchObject([{ code, severity: 'blocks' }]);
    expect(wire.connections()).toBe(0);
    await wire.close();
  });
  test('sends an instant as AWS wants it, and the same client token with every attempt', async () => {
    const wire = await awsWire({ RestoreDBClusterToPointInTime: () => refuse(400, 'Throttling') });
    const restore = {
      ...start,
      operation: 'RestoreDBClusterToPointInTime',
      input: { DBClusterIdentifier: 'clean', SourceDBClusterIdentifier: 'ehr', RestoreToTime: { $time: '2026-11-22T03:00:00Z' } },
      clientToken: 'DBSubnetGroupName',
    };
    await call.apply(of(wire, restore));
    await call.apply(of(wire, restore));
    const sent = wire.sent('RestoreDBClusterToPointInTime').map((body) => new URLSearchParams(body));
    expect(sent.map((each) => each.get('RestoreToTime'))).toEqual(['2026-11-22T03:00:00Z', '2026-11-22T03:00:00Z']);
    expect(sent[0]?.get('DBSubnetGroupName')).toMatch(/^[0-9a-f]{32}$/);
    expect(sent[1]?.get('DBSubnetGroupName')).toBe(sent[0]?.get('DBSubnetGroupName'));
    await wire.close();
  });
});

describe('a package', () => {
  const version = (JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> }).dependencies;
  test('that is missing is named with the version that this program is tested with', async () => {
    expect(version['@aws-sdk/client-rds']).toBe(SDK_VERSION);
    await expect(sdkOf('ecs')).rejects.toMatchObject({
      code: 'AWS_PACKAGE_MISSING',
      message: 'the package @aws-sdk/client-ecs is not installed',
      remedy: `npm i @aws-sdk/client-ecs@${SDK_VERSION}`,
    });
  });
  test('that is there and broken is not called missing', async () => {
    const broken = Object.assign(new Error("Cannot find package '@smithy/core' imported from x"), { code: 'ERR_MODULE_NOT_FOUND' });
    await expect(sdkOf('rds', () => Promise.reject(broken))).rejects.toBe(broken);
  });
});

test('an answer becomes plain JSON', () => {
  const at = new Date('2026-11-22T03:00:00Z');
  const said = {
    $metadata: { requestId: 'r' },
    At: at,
    Bad: new Date(Number.NaN),
    Bytes: new Uint8Array(3),
    Big: 7n,
    None: undefined,
    List: [{ A: 1.5 }],
  };
  expect(answerOf(said)).toEqual({ At: '2026-11-22T03:00:00.000Z', Bad: null, Bytes: null, Big: '7', List: [{ A: 1.5 }] });
});

describe('what the step says of itself', () => {
  test('is what operators, locks, the analysis and IAM read', () => {
    expect(call.describe(start as never)).toBe(start.does);
    expect(call.needs(start as never)).toEqual([{ service: 'rds', site: 'us-east-2' }]);
    const global = { ...start, controlPlanes: [{ service: 'iam', site: 'us-east-1' }] };
    expect(call.needs(global as never)).toEqual(global.controlPlanes);
    expect(call.changes?.(start as never)).toEqual(['cluster training']);
    expect(call.iam?.(start as never)).toMatchObject(start.iam);
  });
  const validated = (input: object): string[] => {
    const spec = { summary: 'Try.', modes: ['switchover'], steps: [{ id: 'call', uses: 'aws.call', with: input }] };
    const text = JSON.stringify({ apiVersion: 'resus/v1', kind: 'Runbook', metadata: { name: 'r' }, spec });
    const made = declare([{ path: 'r.json', text }], { vocabulary: vocabularyOf(providers) });
    return (made.ok ? made.warnings : made.problems).map((each) => printed(each).replace(/^r\.json:\d+:\d+: /, ''));
  };
  test.each<[string, object, readonly string[]]>([
    ['right', start, []],
    [
      'with a condition that does not parse',
      { ...start, observe: { ...start.observe, holds: 'answer.x ==' } },
      ['EXPRESSION_SYNTAX unexpected token: EOF (correct the expression)'],
    ],
    [
      'with a condition that could run for ever',
      { ...start, observe: { ...start.observe, gives: { x: 'answer.x.matches("(a+)+")' } } },
      ['EXPRESSION_REFUSED `matches` is not allowed: a regular expression can run for ever (use `startsWith`, `endsWith` or `contains`)'],
    ],
    ['without what it changes', { ...start, changes: [] }, [expect.stringMatching(/^BAD_LENGTH /) as string]],
    ['without what it needs of IAM', { ...start, iam: undefined }, [expect.stringMatching(/^MISSING_KEY .*`iam`/) as string]],
    ['with a service that is a path', { ...start, service: '../x' }, [expect.stringMatching(/^BAD_FORM /) as string]],
    [
      'with a password',
      { ...start, input: { MasterUserPassword: 'x' } },
      [
        'BAD_VALUE `MasterUserPassword` may not stand in `spec.steps[0].with.input` (what is declared stands in the journal: leave it out, and let its provider keep the secret)',
      ],
    ],
  ])('is validated: %s', (_, input, lines) => {
    const said = validated(input);
    expect(said.slice(0, Math.max(1, lines.length))).toEqual(lines);
  });
});
