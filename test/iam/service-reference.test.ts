// What AWS's reference knows of an action, and what it would never match.
import { expect, test } from 'vitest';
import type { Policy, Statement } from '../../src/iam/policies.ts';
import { uselessIn } from './service-reference.ts';

const cluster = 'arn:aws:rds:us-east-2:123456789012:cluster:ehr';
const group = 'arn:aws:rds::123456789012:global-cluster:ehr-global';
const policy = (Action: readonly string[], Resource: readonly string[], more: Partial<Statement> = {}): Policy => ({
  Version: '2012-10-17',
  Statement: [{ Sid: 'A', Effect: 'Allow', Action, Resource, ...more }],
});
const records = (key: string): Policy =>
  policy(['route53:ChangeResourceRecordSets'], ['arn:aws:route53:::hostedzone/Z1'], { Condition: { StringEquals: { [key]: ['a'] } } });

test.each<[string, Policy, readonly string[]]>([
  ['what stands on all that it needs', policy(['rds:SwitchoverGlobalCluster'], [cluster, group]), []],
  ['any', policy(['rds:SwitchoverGlobalCluster', 'rds:DescribeEvents'], ['*']), []],
  ['an account that nobody said', policy(['rds:FailoverDBCluster'], ['arn:aws:rds:us-east-2:*:cluster:ehr']), []],
  ['a key of the action', records('route53:ChangeResourceRecordSetsNormalizedRecordNames'), []],
  ['a key of every action', records('aws:RequestedRegion'), []],
  ['half of what it needs', policy(['rds:SwitchoverGlobalCluster'], [cluster]), ['rds:SwitchoverGlobalCluster needs a global-cluster']],
  ['an action that is none', policy(['rds:FailOver'], [cluster]), ['rds has no action FailOver']],
  ['a service that is none', policy(['rdz:FailoverDBCluster'], [cluster]), ['there is no service rdz']],
  ['a service by a name of every object', policy(['toString:x'], ['*']), ['there is no service toString']],
  ['a list that cannot be narrowed', policy(['rds:DescribeEvents'], [cluster]), ['rds:DescribeEvents is allowed on * only']],
  [
    'a resource of another kind',
    policy(['rds:RebootDBInstance'], ['arn:aws:rds:us-east-2:123456789012:db:ehr-1', cluster]),
    [`rds:RebootDBInstance knows no ${cluster}`],
  ],
  ['a key that is none', records('route53:RecordNames'), ['route53:ChangeResourceRecordSets has no condition key route53:RecordNames']],
])('%s', async (_what, given, expected) => expect(await uselessIn(given)).toEqual(expected));
