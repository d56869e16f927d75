// The validator itself: it takes what IAM takes and names what IAM refuses.
import { expect, test } from 'vitest';
import { problemsOf } from './policy-grammar.ts';

const good = {
  Sid: 'Move1',
  Effect: 'Allow',
  Action: ['rds:FailoverDBCluster'],
  Resource: ['arn:aws:rds:us-east-2:123456789012:cluster:ehr'],
};
const policy = (change: object = {}): object => ({ Version: '2012-10-17', Statement: [{ ...good, ...change }] });

test.each<[string, unknown, readonly string[]]>([
  ['a good one', policy(), []],
  ['one resource as a text', policy({ Resource: '*' }), []],
  ['a global ARN', policy({ Resource: ['arn:aws:route53:::hostedzone/Z1'] }), []],
  ['another partition', policy({ Resource: ['arn:aws-us-gov:rds:us-gov-west-1:123456789012:cluster:x'] }), []],
  [
    'a condition',
    policy({ Condition: { 'ForAllValues:StringEquals': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['a'] } } }),
    [],
  ],
  ['nothing', null, ['it is no object']],
  ['an older version', { ...policy(), Version: '2008-10-17' }, ['Version is not 2012-10-17']],
  ['no statement', { Version: '2012-10-17', Statement: [] }, ['Statement is no list with anything in it']],
  ['an element that is none', { ...policy(), Comment: 'x' }, ['the policy has an element Comment']],
  ['a Sid with a dash', policy({ Sid: 'a-b' }), ['statement 1: Sid is not of letters and digits']],
  ['a Sid twice', { Version: '2012-10-17', Statement: [good, good] }, ['a Sid stands twice']],
  ['an effect that is none', policy({ Effect: 'allow' }), ['statement 1: Effect is neither Allow nor Deny']],
  ['a principal, which identity policies have not', policy({ Principal: '*' }), ['statement 1: it has an element Principal']],
  ['a wildcard', policy({ Action: 'rds:*' }), ['statement 1: rds:* is no action of one service']],
  ['no service', policy({ Action: ['FailoverDBCluster'] }), ['statement 1: FailoverDBCluster is no action of one service']],
  ['no action', policy({ Action: [] }), ['statement 1: Action is no text and no list of texts']],
  [
    'half an ARN',
    policy({ Resource: ['arn:aws:rds:us-east-2:cluster:ehr'] }),
    ['statement 1: arn:aws:rds:us-east-2:cluster:ehr is no ARN'],
  ],
  [
    'a short account',
    policy({ Resource: ['arn:aws:rds:us-east-2:1234:cluster:ehr'] }),
    ['statement 1: arn:aws:rds:us-east-2:1234:cluster:ehr is no ARN'],
  ],
  ['an expression', policy({ Resource: ['${{ to.x }}'] }), ['statement 1: ${{ to.x }} is no ARN']],
  [
    'an operator that is none',
    policy({ Condition: { StringIs: { 'a:b': ['c'] } } }),
    ['statement 1: there is no condition operator StringIs'],
  ],
  ['a key without a prefix', policy({ Condition: { StringEquals: { region: ['c'] } } }), ['statement 1: region is no condition key']],
  ['a key without values', policy({ Condition: { StringEquals: { 'a:b': [] } } }), ['statement 1: a:b has no values']],
  [
    'a long one',
    policy({ Resource: Array.from({ length: 160 }, (_, n) => `arn:aws:rds:us-east-2:123456789012:cluster:c${n}`) }),
    [expect.stringMatching(/^it has \d+ characters$/) as string],
  ],
])('%s', (_what, given, expected) => expect(problemsOf(given)).toEqual(expected));
