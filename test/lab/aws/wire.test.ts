// The wire itself: who may ask, what is too much, what is nonsense, and how unkind it is.

import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { fis, rds, refusal, route53, settings } from './clients.ts';
import { eventually, gate, startBench, type Bench } from './memory-hospital.ts';

const auth = (region: string, service: string, part: { key?: string; signature?: string; signed?: string } = {}) =>
  `AWS4-HMAC-SHA256 Credential=${part.key ?? 'AKIDRESUSTEST0000000'}/20260101/${region}/${service}/aws4_request, ` +
  `SignedHeaders=${part.signed ?? 'host;x-amz-date'}, Signature=${part.signature ?? 'a'.repeat(64)}`;

interface Asked {
  readonly region: string;
  readonly path?: string;
  readonly method?: string;
  readonly body?: string;
  readonly authorization?: string;
}

describe('the front', { timeout: 30_000 }, () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench.close());

  async function ask({ region, path = '/', method = 'POST', body, authorization }: Asked) {
    const headers = { 'x-amz-date': '20260101T000000Z', ...(authorization === undefined ? {} : { authorization }) };
    const response = await fetch(`${bench.url(region)}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
    const text = await response.text();
    const code = /<Code>([^<]+)</.exec(text)?.[1] ?? response.headers.get('x-amzn-errortype') ?? 'answered';
    return { code: `${String(response.status)} ${code}`, text, requestId: response.headers.get('x-amzn-requestid') };
  }

  const describe_ = 'Action=DescribeDBClusters&Version=2014-10-31';
  const zones = '/2013-04-01/hostedzone';
  const cases: [name: string, asked: Asked, expected: string][] = [
    ['no signature, JSON', { region: 'us-east-2', path: '/experiments', method: 'GET' }, '403 MissingAuthenticationTokenException'],
    ['no signature, REST-XML', { region: 'us-east-1', path: zones, method: 'GET' }, '403 MissingAuthenticationToken'],
    ['no signature', { region: 'us-east-2', body: describe_ }, '403 MissingAuthenticationToken'],
    ['another scheme', { region: 'us-east-2', body: describe_, authorization: 'Bearer x' }, '400 IncompleteSignature'],
    [
      'no signature part',
      { region: 'us-east-2', body: describe_, authorization: 'AWS4-HMAC-SHA256 Credential=a' },
      '400 IncompleteSignature',
    ],
    [
      'a short signature',
      { region: 'us-east-2', body: describe_, authorization: auth('us-east-2', 'rds', { signature: 'abc' }) },
      '400 IncompleteSignature',
    ],
    [
      'an unsigned host',
      { region: 'us-east-2', body: describe_, authorization: auth('us-east-2', 'rds', { signed: 'x-amz-date' }) },
      '400 IncompleteSignature',
    ],
    [
      'a key that cannot be one, query',
      { region: 'us-east-2', body: describe_, authorization: auth('us-east-2', 'rds', { key: '**' }) },
      '403 InvalidClientTokenId',
    ],
    [
      'a key that cannot be one, REST',
      { region: 'us-east-2', path: '/actions', method: 'GET', authorization: auth('us-east-2', 'fis', { key: '**' }) },
      '403 UnrecognizedClientException',
    ],
    ['the wrong region', { region: 'us-east-2', body: describe_, authorization: auth('us-west-2', 'rds') }, '403 SignatureDoesNotMatch'],
    [
      'the wrong region, JSON',
      { region: 'us-east-2', path: '/actions', method: 'GET', authorization: auth('us-west-2', 'fis') },
      '403 InvalidSignatureException',
    ],
    [
      'Route 53 where it is not',
      { region: 'us-east-2', path: zones, method: 'GET', authorization: auth('us-east-2', 'route53') },
      '403 SignatureDoesNotMatch',
    ],
    [
      'a service that the lab lacks',
      { region: 'us-east-2', body: describe_, authorization: auth('us-east-2', 's3') },
      '403 SignatureDoesNotMatch',
    ],
    [
      'a service named like a property',
      { region: 'us-east-2', body: describe_, authorization: auth('us-east-2', 'constructor') },
      '403 SignatureDoesNotMatch',
    ],
    ['a good one', { region: 'us-east-2', body: describe_, authorization: auth('us-east-2', 'rds') }, '200 answered'],
    [
      'a good one by GET',
      { region: 'us-east-2', path: `/?${describe_}`, method: 'GET', authorization: auth('us-east-2', 'rds') },
      '200 answered',
    ],
    ['an empty body', { region: 'us-east-2', body: '', authorization: auth('us-east-2', 'rds') }, '400 InvalidAction'],
    [
      'another version',
      { region: 'us-east-2', body: 'Action=DescribeDBClusters&Version=2012-01-01', authorization: auth('us-east-2', 'rds') },
      '400 InvalidAction',
    ],
    [
      'an action named like a property',
      { region: 'us-east-2', body: 'Action=toString&Version=2014-10-31', authorization: auth('us-east-2', 'rds') },
      '400 InvalidAction',
    ],
    [
      'a missing parameter',
      { region: 'us-east-2', body: 'Action=FailoverDBCluster&Version=2014-10-31', authorization: auth('us-east-2', 'rds') },
      '400 MissingParameter',
    ],
    [
      'a body beyond a mebibyte',
      { region: 'us-east-2', body: 'x'.repeat(1_048_577), authorization: auth('us-east-2', 'rds') },
      '413 RequestEntityTooLarge',
    ],
    [
      'broken XML',
      { region: 'us-east-1', path: `${zones}/Z/rrset/`, body: '<a><b></a>', authorization: auth('us-east-1', 'route53') },
      '404 NoSuchHostedZone',
    ],
    [
      'broken JSON',
      { region: 'us-east-2', path: '/experiments', body: '{"a":', authorization: auth('us-east-2', 'fis') },
      '400 SerializationException',
    ],
    [
      'JSON nested beyond reason',
      { region: 'us-east-2', path: '/experiments', body: '['.repeat(100_000), authorization: auth('us-east-2', 'fis') },
      '400 SerializationException',
    ],
    [
      'a JSON list',
      { region: 'us-east-2', path: '/experiments', body: '[]', authorization: auth('us-east-2', 'fis') },
      '400 ValidationException',
    ],
    [
      'a path that cannot be decoded',
      { region: 'us-east-2', path: '/actions/%E0%A4%A', method: 'GET', authorization: auth('us-east-2', 'fis') },
      '400 ValidationException',
    ],
    [
      'another method',
      { region: 'us-east-1', path: zones, method: 'PATCH', authorization: auth('us-east-1', 'route53') },
      '404 UnknownOperationException',
    ],
  ];
  it.each(cases)('%s', async (_name, asked, expected) => {
    const answer = await ask(asked);
    expect(answer.code).toBe(expected);
    expect(answer.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  const xml: [name: string, body: string][] = [
    ['unbalanced', '<ChangeResourceRecordSetsRequest><ChangeBatch></ChangeResourceRecordSetsRequest>'],
    ['with a document type', '<!DOCTYPE x [<!ENTITY a "aaaa">]><ChangeResourceRecordSetsRequest>&a;</ChangeResourceRecordSetsRequest>'],
    ['with another root', '<Other/>'],
    ['with nothing in it', '<ChangeResourceRecordSetsRequest/>'],
    ['empty', ''],
    ['with a hundred thousand elements', `<ChangeResourceRecordSetsRequest>${'<a/>'.repeat(100_000)}</ChangeResourceRecordSetsRequest>`],
    ['nested a hundred thousand deep', '<a>'.repeat(100_000)],
  ];
  it.each(xml)('refuses XML %s', async (_name, body) => {
    const path = `${zones}/${bench.aws.hostedZoneId}/rrset/`;
    expect((await ask({ region: 'us-east-1', path, body, authorization: auth('us-east-1', 'route53') })).code).toBe('400 InvalidInput');
  });

  it('takes a presigned query', async () => {
    const signed = new URLSearchParams({
      'X-Amz-Credential': 'AKIDRESUSTEST0000000/20260101/us-east-2/sts/aws4_request',
      'X-Amz-Date': '20260101T000000Z',
      'X-Amz-SignedHeaders': 'host',
      'X-Amz-Signature': 'b'.repeat(64),
    });
    const answer = await ask({
      region: 'us-east-2',
      method: 'GET',
      path: `/?Action=GetCallerIdentity&Version=2011-06-15&${signed.toString()}`,
    });
    expect(answer.text).toContain('<Account>123456789012</Account>');
  });

  it('lets a role be assumed', async () => {
    const role = encodeURIComponent('arn:aws:iam::123456789012:role/resus');
    const body = `Action=AssumeRole&Version=2011-06-15&RoleArn=${role}&RoleSessionName=drill`;
    const answer = await ask({ region: 'us-west-2', body, authorization: auth('us-west-2', 'sts') });
    expect(answer.text).toMatch(/<AccessKeyId>ASIA\w+<\/AccessKeyId>.*assumed-role\/resus\/drill/);
  });

  it('answers bytes that are not HTTP and goes on serving', async () => {
    const { hostname, port } = new URL(bench.url('us-east-2'));
    const said = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(port), hostname, () => socket.write('\u0000\u0001 nonsense\r\n\r\n'));
      socket.on('data', (chunk) => (text += chunk.toString('latin1')));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    expect(said).toContain('400 Bad Request');
    expect((await ask({ region: 'us-east-2', body: describe_, authorization: auth('us-east-2', 'rds') })).code).toBe('200 answered');
  });

  it('throttles on demand, as each protocol has it', async () => {
    const east = settings(bench.url('us-east-2'), 'us-east-2');
    const calls: [operation: string, expected: string, call: () => Promise<unknown>][] = [
      ['DescribeDBClusters', '400 Throttling', () => new rds.RDSClient(east).send(new rds.DescribeDBClustersCommand({}))],
      ['ListActions', '429 ThrottlingException', () => new fis.FisClient(east).send(new fis.ListActionsCommand({}))],
      [
        'ListHostedZones',
        '400 Throttling',
        () => new route53.Route53Client(settings(bench.url('us-east-1'), 'us-east-1')).send(new route53.ListHostedZonesCommand({})),
      ],
    ];
    for (const [operation, expected, call] of calls) {
      bench.aws.throttle(operation, 2);
      expect([await refusal(call()), await refusal(call()), await refusal(call())]).toEqual([expected, expected, 'answered']);
    }
  });
});

describe('unkind', { timeout: 30_000 }, () => {
  let bench: Bench | undefined;
  afterEach(() => bench?.close());

  it('drops about one reply in twenty to a mutation, after executing it once', async () => {
    bench = await startBench({ unkind: true, seed: 4 });
    const { aws } = bench;
    const client = new route53.Route53Client(settings(bench.url('us-east-1'), 'us-east-1'));
    let dropped = 0;
    const rounds = 60;
    for (let round = 0; round < rounds; round++) {
      const ResourceRecordSet = {
        Name: `r${String(round)}.hospital.test`,
        Type: 'A' as const,
        TTL: 1,
        ResourceRecords: [{ Value: '192.0.2.1' }],
      };
      const ChangeBatch = { Changes: [{ Action: 'CREATE' as const, ResourceRecordSet }] };
      const outcome = await refusal(
        client.send(new route53.ChangeResourceRecordSetsCommand({ HostedZoneId: aws.hostedZoneId, ChangeBatch })),
      );
      if (outcome !== 'answered') dropped++;
    }
    expect(aws.executions()).toEqual({ [`ChangeResourceRecordSets ${aws.hostedZoneId}`]: rounds });
    expect(dropped).toBeGreaterThanOrEqual(1);
    expect(dropped).toBeLessThanOrEqual(10);
  });

  it('shows older states to readers, while mutations are checked against the truth', async () => {
    bench = await startBench({ unkind: true, seed: 1 }, { readLagMs: [2_000, 2_100] });
    const restart = gate();
    bench.hospital.database('reports').gate = restart.shut;
    const client = new rds.RDSClient(settings(bench.url('us-east-2'), 'us-east-2'));
    const status = async () =>
      (await client.send(new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier: 'reports' }))).DBInstances?.[0]?.DBInstanceStatus;
    await client.send(new rds.RebootDBInstanceCommand({ DBInstanceIdentifier: 'reports' })).catch(() => undefined);
    expect(await status()).toBe('available');
    expect(await refusal(client.send(new rds.RebootDBInstanceCommand({ DBInstanceIdentifier: 'reports' })))).toBe(
      '400 InvalidDBInstanceState',
    );
    await eventually('the old status', async () => (await status()) === 'rebooting');
    restart.open();
    await eventually('the end', async () => (await status()) === 'available');
    expect(bench.hospital.asked).toEqual(['reports restartIn us-east-2a']);
  });

  it('is kind when told to be', async () => {
    bench = await startBench({ unkind: false });
    const restart = gate();
    bench.hospital.database('reports').gate = restart.shut;
    const client = new rds.RDSClient(settings(bench.url('us-east-2'), 'us-east-2'));
    await client.send(new rds.RebootDBInstanceCommand({ DBInstanceIdentifier: 'reports' }));
    const seen = await client.send(new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier: 'reports' }));
    expect(seen.DBInstances?.[0]?.DBInstanceStatus).toBe('rebooting');
    restart.open();
  });
});
