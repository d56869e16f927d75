// What an error of the AWS SDK means. Certain refusals are `failed`; whatever may have been executed is `unknown`. This is the
// only file that knows AWS's error names, and no message that leaves it holds a key or a signature.
import type { Observed, Outcome } from '../../core/outcome.ts';
import { NotSent } from '../exchange.ts';
import { CannotCall } from './any-client.ts';
import { RoleNotAssumed } from './role.ts';

/** The call that failed, for people. */
export type Asked = { readonly operation: string; readonly region: string };

/** Refused before execution, and worth sending again later. */
const throttles = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestLimitExceeded',
  'TooManyRequestsException',
  'PriorRequestNotComplete',
  'SlowDown',
]);
/** No request could have been sent. */
const beforeSending = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ERR_INVALID_URL']);
/** First match wins; tried against the error's name. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [
    /^(AccessDenied|UnauthorizedOperation|NotAuthorized|OptInRequired)/,
    'grant the action to the role that Resus uses (the step lists what it needs)',
  ],
  [
    /(ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|AuthFailure|IncompleteSignature)/,
    'renew the credentials of Resus and check its clock',
  ],
  [/(NotFound|NoSuch)/, 'check the name and the region in the runbook'],
  [
    /(InvalidGlobalClusterState|InvalidDBClusterState|InvalidDBInstanceState|Invalid.*State)/,
    'wait until the resource is available, then run the step again',
  ],
  [/^InvalidChangeBatch/, 'compare the record set with what the hosted zone holds'],
  [/(Conflict)/, 'another change is under way: look at it, then run the step again'],
  [/(Quota|LimitExceeded)/, 'ask AWS to raise the quota or free some of it'],
  [/(Validation|Invalid|Malformed|Missing)/, 'correct the input of the step'],
];

/** The same for what STS says when a role is asked for. */
const roleRemedies: readonly (readonly [RegExp, string])[] = [
  [
    /^AccessDenied/,
    'check that the role exists, that its trust policy names the identity that Resus runs as, and that this identity is allowed sts:AssumeRole on it',
  ],
  [/(ExpiredToken|InvalidClientTokenId|SignatureDoesNotMatch|IncompleteSignature)/, 'renew the credentials of Resus and check its clock'],
  [/^RegionDisabled/, 'activate STS for this region in the account settings of IAM'],
];

/** A look that a mutation needs first went wrong: whatever the reason, the mutation was not sent. */
export class LookFailed extends Error {
  override readonly name = 'LookFailed';
}

/** Something answered, and it was not AWS: a proxy, a guest network, a wrong endpoint. */
export class NotFromAws extends Error {
  override readonly name = 'NotFromAws';
}
/** What every answer of this operation holds. @throws NotFromAws where it does not: then nothing is known of the call. */
export function heldBy<T>(answer: T | undefined, what: string): T {
  if (answer === undefined) throw new NotFromAws(`the answer holds no ${what}`);
  return answer;
}

/** Never throws, whatever it is given. */
export function outcomeOf(asked: Asked, error: unknown): Extract<Outcome, { readonly kind: 'failed' | 'unknown' }> {
  const where = `${asked.operation} in ${asked.region}`;
  if (error instanceof NotSent)
    return { kind: 'failed', code: 'UNREACHABLE', message: `${where} was not sent: ${error.message}`, retriable: true };
  if (error instanceof CannotCall)
    return { kind: 'failed', code: error.code, message: `${where} was not sent: ${error.message}; ${error.remedy}`, retriable: false };
  if (error instanceof LookFailed) {
    const looked = outcomeOf(asked, error.cause);
    if (looked.kind === 'failed') return looked;
    return {
      kind: 'failed',
      code: 'UNREACHABLE',
      message: `${where} was not sent: the look before it told nothing: ${factsOf(error.cause).said}`,
      retriable: true,
    };
  }
  if (error instanceof RoleNotAssumed) {
    const { name, status = 0 } = factsOf(error.cause);
    // Without keys of its own Resus cannot ask for the role either; what AWS refused for good stays refused.
    if (name === 'CredentialsProviderError') return outcomeOf(asked, error.cause);
    const isFinal = status >= 400 && status < 500 && status !== 408 && status !== 429 && !throttles.has(name);
    return { kind: 'failed', code: 'ROLE_NOT_ASSUMED', message: `${where} was not sent: ${withoutRole(error)}`, retriable: !isFinal };
  }
  const facts = factsOf(error);
  if (facts.name === 'CredentialsProviderError') {
    return {
      kind: 'failed',
      code: 'NO_CREDENTIALS',
      message: `${where} was not sent: no credentials; configure them for Resus`,
      retriable: false,
    };
  }
  if (throttles.has(facts.name) || facts.status === 429) {
    return { kind: 'failed', code: facts.name, message: `${where} was throttled by AWS; it was not executed`, retriable: true };
  }
  if (facts.status === undefined && facts.attempts <= 1 && beforeSending.has(facts.code)) {
    return {
      kind: 'failed',
      code: 'UNREACHABLE',
      message: `${where} was not sent: ${facts.code}; check the endpoint and the network`,
      retriable: true,
    };
  }
  if (facts.status !== undefined && facts.status >= 400 && facts.status < 500 && facts.status !== 408) {
    const remedy = remedies.find(([pattern]) => pattern.test(facts.name))?.[1] ?? 'read the message of AWS and correct the step';
    return {
      kind: 'failed',
      code: facts.name,
      message: `${where} was refused: ${facts.message} (${facts.name}); ${remedy}`,
      retriable: false,
    };
  }
  return { kind: 'unknown', message: `${where} may have been executed: ${facts.said}` };
}

/** Why a role was not assumed, and what to look at. */
function withoutRole({ message, region, cause }: RoleNotAssumed): string {
  const { name, said, status } = factsOf(cause);
  const remedy =
    roleRemedies.find(([pattern]) => pattern.test(name))?.[1] ??
    (status === undefined ? `check that the STS of ${region} can be reached from here` : 'read the message of STS and correct `roles`');
  return `${message}: ${said}; ${remedy}`;
}

/** For reads: whatever goes wrong, nothing was learned. */
export function unknownOf(asked: Asked, error: unknown): Extract<Observed, { readonly kind: 'unknown' }> {
  const facts = factsOf(error);
  return { kind: 'unknown', message: `${asked.operation} in ${asked.region} told nothing: ${facts.said}` };
}

type Facts = {
  readonly name: string;
  readonly code: string;
  readonly status: number | undefined;
  readonly attempts: number;
  readonly message: string;
  readonly said: string;
};
function factsOf(error: unknown): Facts {
  if (!(error instanceof Error))
    return { name: 'Error', code: '', status: undefined, attempts: 0, message: '', said: 'an error without a name' };
  const metadata = ('$metadata' in error ? error.$metadata : undefined) as { httpStatusCode?: number; attempts?: number } | undefined;
  const code = 'code' in error ? String(error.code) : '';
  const message = withoutSecrets(error.message);
  const status = metadata?.httpStatusCode;
  const said = error instanceof RoleNotAssumed ? withoutRole(error) : saidBy(error, { status, code, message });
  return { name: error.name, code, status, attempts: metadata?.attempts ?? 0, message, said };
}

function saidBy(error: Error, { status, code, message }: Pick<Facts, 'status' | 'code' | 'message'>): string {
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'no answer in time';
  // The SDK names an error without a known body `Unknown`, and tells of its parser where it could not read one.
  if (error instanceof NotFromAws || error.name === 'Unknown' || error.message.includes('Deserialization error')) {
    const what = error instanceof NotFromAws ? `, ${message}` : status === undefined ? '' : `, HTTP ${status}`;
    return `something answered that is not AWS${what}; check the endpoint and what stands before it (proxy, guest network)`;
  }
  if (status === undefined) return code || message || error.name;
  return `${error.name} (HTTP ${status})${message === '' ? '' : `: ${message}`}`;
}

/** AWS quotes the request in some refusals (signature mismatch), with key ids, signatures and tokens in it. */
export function withoutSecrets(message: string): string {
  const oneLine = message.split(/The Canonical String|The String-to-Sign/)[0] ?? '';
  return oneLine
    .replace(/\b(AKIA|ASIA)[A-Z0-9]{12,}\b/g, '(key id)')
    .replace(
      /(Credential|Signature|X-Amz-Security-Token|X-Amz-Signature|X-Amz-Credential|SessionToken|SecretAccessKey)\s*[=:]\s*[^\s,&]+/gi,
      '$1=(removed)',
    )
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 400);
}
