import { describe, expect, test } from 'vitest';
import { NotFromAws, heldBy, outcomeOf, unknownOf, withoutSecrets } from '../../src/providers/aws/errors.ts';
import { NotSent } from '../../src/providers/exchange.ts';

const sdkError = (name: string, status: number | undefined, more: Record<string, unknown> = {}): Error =>
  Object.assign(new Error(`text of ${name}`), {
    name,
    $metadata: { attempts: 1, ...(status === undefined ? {} : { httpStatusCode: status }) },
    ...more,
  });
const asked = { operation: 'FailoverGlobalCluster', region: 'us-west-2' };

describe('what an SDK error means for a mutation', () => {
  const table: readonly (readonly [string, unknown, { kind: 'unknown' } | { kind: 'failed'; code: string; retriable: boolean }])[] = [
    ['not found', sdkError('GlobalClusterNotFoundFault', 404), { kind: 'failed', code: 'GlobalClusterNotFoundFault', retriable: false }],
    [
      'wrong state',
      sdkError('InvalidGlobalClusterStateFault', 400),
      { kind: 'failed', code: 'InvalidGlobalClusterStateFault', retriable: false },
    ],
    ['denied', sdkError('AccessDenied', 403), { kind: 'failed', code: 'AccessDenied', retriable: false }],
    ['bad batch', sdkError('InvalidChangeBatch', 400), { kind: 'failed', code: 'InvalidChangeBatch', retriable: false }],
    ['quota', sdkError('ServiceQuotaExceededException', 402), { kind: 'failed', code: 'ServiceQuotaExceededException', retriable: false }],
    ['throttled', sdkError('Throttling', 400), { kind: 'failed', code: 'Throttling', retriable: true }],
    ['throttled with 503', sdkError('RequestLimitExceeded', 503), { kind: 'failed', code: 'RequestLimitExceeded', retriable: true }],
    ['Route 53 busy', sdkError('PriorRequestNotComplete', 400), { kind: 'failed', code: 'PriorRequestNotComplete', retriable: true }],
    ['429', sdkError('Whatever', 429), { kind: 'failed', code: 'Whatever', retriable: true }],
    ['server error', sdkError('InternalFailure', 500), { kind: 'unknown' }],
    ['unavailable', sdkError('ServiceUnavailable', 503), { kind: 'unknown' }],
    ['request timeout of AWS', sdkError('RequestTimeout', 408), { kind: 'unknown' }],
    ['reset after sending', sdkError('Error', undefined, { code: 'ECONNRESET' }), { kind: 'unknown' }],
    ['timeout after sending', sdkError('TimeoutError', undefined), { kind: 'unknown' }],
    ['aborted', sdkError('AbortError', undefined), { kind: 'unknown' }],
    [
      'refused connection',
      sdkError('Error', undefined, { code: 'ECONNREFUSED' }),
      { kind: 'failed', code: 'UNREACHABLE', retriable: true },
    ],
    [
      'refused after an earlier attempt',
      sdkError('Error', undefined, { code: 'ECONNREFUSED', $metadata: { attempts: 3 } }),
      { kind: 'unknown' },
    ],
    ['no credentials', sdkError('CredentialsProviderError', undefined), { kind: 'failed', code: 'NO_CREDENTIALS', retriable: false }],
    ['nothing sent', new NotSent('connection refused'), { kind: 'failed', code: 'UNREACHABLE', retriable: true }],
    ['an answer that holds nothing', new NotFromAws('the answer holds no GlobalCluster'), { kind: 'unknown' }],
    ['an answer that cannot be read', sdkError('SyntaxError', 200), { kind: 'unknown' }],
    ['not an error', 'oops', { kind: 'unknown' }],
    ['undefined', undefined, { kind: 'unknown' }],
  ];
  test.each(table)('%s', (_name, error, expected) => {
    const outcome = outcomeOf(asked, error);
    expect(outcome).toMatchObject(expected);
    expect(outcome.message).toContain('FailoverGlobalCluster in us-west-2');
  });
});

test('a refusal says what to do', () => {
  const remedies = [
    [sdkError('AccessDeniedException', 403), 'grant the action'],
    [sdkError('ExpiredToken', 403), 'renew the credentials'],
    [sdkError('DBClusterNotFoundFault', 404), 'check the name and the region'],
    [sdkError('InvalidDBClusterStateFault', 400), 'wait until'],
    [sdkError('ValidationException', 400), 'correct the input'],
  ] as const;
  for (const [error, remedy] of remedies)
    expect(outcomeOf(asked, error)).toMatchObject({ message: expect.stringContaining(remedy) as string });
});

test('an answer that is not from AWS is called so, with what to check', () => {
  expect(heldBy('a cluster', 'GlobalCluster')).toBe('a cluster');
  expect(() => heldBy(undefined, 'GlobalCluster')).toThrow(NotFromAws);
  const unread = Object.assign(sdkError('SyntaxError', 200), {
    message: 'Unexpected token. Deserialization error: to see the raw response, inspect',
  });
  for (const error of [unread, sdkError('Unknown', 502), new NotFromAws('the answer holds no GlobalCluster')])
    expect(outcomeOf(asked, error)).toMatchObject({
      kind: 'unknown',
      message: expect.stringMatching(
        /^FailoverGlobalCluster in us-west-2 may have been executed: something answered that is not AWS.*check the endpoint/,
      ) as string,
    });
});

test('a failed read is never more than unknown', () => {
  for (const error of [sdkError('AccessDenied', 403), sdkError('GlobalClusterNotFoundFault', 404), new NotSent('x'), 7])
    expect(unknownOf(asked, error).kind).toBe('unknown');
});

test('no key, signature or token leaves', () => {
  const said =
    "The request signature we calculated does not match. Credential=AKIAIOSFODNN7EXAMPLE/20261122/us-west-2, Signature=abcdef0123 X-Amz-Security-Token: FwoGZXIvYXdz The Canonical String for this request should have been 'POST / secret'";
  const shown = withoutSecrets(said);
  for (const secret of ['AKIAIOSFODNN7EXAMPLE', 'abcdef0123', 'FwoGZXIvYXdz', 'POST / secret']) expect(shown).not.toContain(secret);
  expect(withoutSecrets('the cluster ehr-global is busy')).toBe('the cluster ehr-global is busy');
});
