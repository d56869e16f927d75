// STS on the wire, as far as clients need it before they can call anything else: who am I, and a role to assume. Every role of
// the lab's account trusts everybody and may do everything, within its session's time and policy. A role of another account trusts nobody.

import { ACCOUNT } from './names.ts';
import { Refusal } from './refusal.ts';
import { readPolicy, type Sessions } from './sessions.ts';
import type { Tempo } from './tempo.ts';
import { params, queryRefusal, queryReply, readParams, type Params } from './wire/query.ts';
import type { Service } from './wire/service.ts';
import { leaf, node } from './wire/xml.ts';

const CALLER = `arn:aws:iam::${ACCOUNT}:user/lab`;
const VERSION = '2011-06-15';
const NAMESPACE = `https://sts.amazonaws.com/doc/${VERSION}/`;

function getCallerIdentity(): string {
  return leaf('Arn', CALLER) + leaf('UserId', 'AIDALAB0000000000001') + leaf('Account', ACCOUNT);
}

function assumeRole(tempo: Tempo, sessions: Sessions, input: Params): string {
  const role = input.required('RoleArn');
  const session = input.required('RoleSessionName');
  const seconds = input.integer('DurationSeconds', 900, 43_200) ?? 3_600;
  const [, account, name] = /^arn:aws:iam::(\d{12}):role\/([\w+=,.@/-]{1,128})$/.exec(role) ?? [];
  if (name === undefined) throw new Refusal('ValidationError', `${role.slice(0, 200)} is invalid`);
  if (!/^[\w+=,.@-]{2,64}$/.test(session))
    throw new Refusal('ValidationError', "1 validation error detected: Value at 'roleSessionName' is invalid");
  if (account !== ACCOUNT)
    throw new Refusal('AccessDenied', `User: ${CALLER} is not authorized to perform: sts:AssumeRole on resource: ${role}`, 403);
  const id = `AROALAB${tempo.token(14)}`;
  const text = input.text('Policy');
  const policy = text === undefined ? undefined : readPolicy(text);
  const [accessKey, token, endsAt] = [`ASIALAB${tempo.token(13)}`, tempo.token(100), tempo.now() + seconds * 1_000];
  sessions.open(accessKey, { token, who: `${name}/${session}`, endsAt, policy });
  return (
    node(
      'Credentials',
      leaf('AccessKeyId', accessKey),
      leaf('SecretAccessKey', tempo.token(40)),
      leaf('SessionToken', token),
      leaf('Expiration', new Date(endsAt).toISOString()),
    ) +
    node(
      'AssumedRoleUser',
      leaf('AssumedRoleId', `${id}:${session}`),
      leaf('Arn', `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${session}`),
    ) +
    leaf('PackedPolicySize', Math.ceil(((text?.length ?? 0) * 100) / 2_048))
  );
}

export function stsService(tempo: Tempo, sessions: Sessions): Service {
  const operations: Readonly<Record<string, (input: Params) => string>> = {
    GetCallerIdentity: getCallerIdentity,
    AssumeRole: (input) => assumeRole(tempo, sessions, input),
  };
  return {
    find(call) {
      const raw = readParams(call);
      const name = raw.get('Action') ?? '';
      const version = raw.get('Version') ?? '';
      const run = Object.hasOwn(operations, name) ? operations[name] : undefined;
      if (run === undefined || version !== VERSION) {
        throw new Refusal('InvalidAction', `Could not find operation ${name.slice(0, 100)} for version ${version.slice(0, 20)}`);
      }
      return { name, mutates: false, run: () => queryReply(name, NAMESPACE, call.requestId, run(params(raw))) };
    },
    refuse: (refusal, requestId) => queryRefusal(refusal, NAMESPACE, requestId),
    throttled: () => new Refusal('Throttling', 'Rate exceeded'),
  };
}
