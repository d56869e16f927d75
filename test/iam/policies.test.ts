// From needs to policies: merged, sorted, placed in their partition and account, and split where IAM takes no more; every one by IAM's grammar.
import { describe, expect, test } from 'vitest';
import type { Need } from '../../src/iam/needs.ts';
import {
  assumingPolicy,
  charactersOf,
  isOpen,
  mostCharacters,
  passedAnywhere,
  policiesOf,
  type Statement,
} from '../../src/iam/policies.ts';
import { problemsOf } from './policy-grammar.ts';

const cluster = (name: string, account = '123456789012'): string => `arn:aws:rds:us-east-2:${account}:cluster:${name}`;
const need = (action: string, resources: readonly string[], more: Partial<Need> = {}): Need => ({
  actions: [action],
  resources,
  region: 'us-east-2',
  because: 'ehr failover (r), step s',
  ...more,
});
const of = (needs: readonly Need[], account?: string): readonly Omit<Statement, 'Effect'>[] =>
  policiesOf(needs, account).flatMap(({ policies }) =>
    policies.flatMap((policy) => {
      expect(problemsOf(policy)).toEqual([]);
      return policy.Statement.map(({ Sid, Action, Resource, Condition }) => ({
        Sid,
        Action,
        Resource,
        ...(Condition === undefined ? {} : { Condition }),
      }));
    }),
  );
const here = { StringEquals: { 'aws:RequestedRegion': ['us-east-2'] } };

describe('statements', () => {
  test.each<[string, readonly Need[], readonly Omit<Statement, 'Effect'>[]]>([
    ['none', [], []],
    [
      'the same twice is one',
      [need('rds:FailoverDBCluster', [cluster('a')]), need('rds:FailoverDBCluster', [cluster('a')])],
      [{ Sid: 'RdsFailoverDBCluster', Action: ['rds:FailoverDBCluster'], Resource: [cluster('a')] }],
    ],
    [
      'the same action on several resources is one, sorted',
      [need('rds:FailoverDBCluster', [cluster('b')]), need('rds:FailoverDBCluster', [cluster('a')])],
      [{ Sid: 'RdsFailoverDBCluster', Action: ['rds:FailoverDBCluster'], Resource: [cluster('a'), cluster('b')] }],
    ],
    [
      'what may be done anywhere may be done in this region',
      [need('rds:DescribeEvents', ['*']), need('rds:DescribeDBClusters', ['*'])],
      [
        {
          Sid: 'RdsDescribeDBClustersAnd1More',
          Action: ['rds:DescribeDBClusters', 'rds:DescribeEvents'],
          Resource: ['*'],
          Condition: here,
        },
      ],
    ],
    [
      'a condition of a step is kept beside that of the region',
      [need('backup:StartRestoreJob', ['*'], { conditions: { StringEquals: { 'aws:ResourceTag/use': ['drill'] } } })],
      [
        {
          Sid: 'BackupStartRestoreJob',
          Action: ['backup:StartRestoreJob'],
          Resource: ['*'],
          Condition: { StringEquals: { 'aws:RequestedRegion': ['us-east-2'], 'aws:ResourceTag/use': ['drill'] } },
        },
      ],
    ],
    [
      'services are kept apart',
      [need('rds:DescribeEvents', ['*']), need('fis:ListExperiments', ['*'])],
      [
        { Sid: 'FisListExperiments', Action: ['fis:ListExperiments'], Resource: ['*'], Condition: here },
        { Sid: 'RdsDescribeEvents', Action: ['rds:DescribeEvents'], Resource: ['*'], Condition: here },
      ],
    ],
    [
      'conditions are kept apart: a name of one zone is not allowed in another',
      ['Z1', 'Z2'].map((zone) =>
        need('route53:ChangeResourceRecordSets', [`arn:aws:route53:::hostedzone/${zone}`], {
          conditions: {
            'ForAllValues:StringEquals': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': [`a.${zone.toLowerCase()}`] },
          },
        }),
      ),
      ['Z1', 'Z2'].map((zone, n) => ({
        Sid: `Route53ChangeResourceRecordSets${n === 0 ? '' : '2'}`,
        Action: ['route53:ChangeResourceRecordSets'],
        Resource: [`arn:aws:route53:::hostedzone/${zone}`],
        Condition: {
          'ForAllValues:StringEquals': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': [`a.${zone.toLowerCase()}`] },
        },
      })),
    ],
    [
      'an account that others say is taken over',
      [need('rds:RebootDBInstance', ['arn:aws:rds:us-east-2:*:db:x']), need('rds:FailoverDBCluster', [cluster('a')])],
      [
        { Sid: 'RdsFailoverDBCluster', Action: ['rds:FailoverDBCluster'], Resource: [cluster('a')] },
        { Sid: 'RdsRebootDBInstance', Action: ['rds:RebootDBInstance'], Resource: ['arn:aws:rds:us-east-2:123456789012:db:x'] },
      ],
    ],
    [
      'but not where two are said',
      [
        need('rds:RebootDBInstance', ['arn:aws:rds:us-east-2:*:db:x']),
        need('rds:FailoverDBCluster', [cluster('a'), cluster('b', '210987654321')]),
      ],
      [
        { Sid: 'RdsFailoverDBCluster', Action: ['rds:FailoverDBCluster'], Resource: [cluster('a'), cluster('b', '210987654321')] },
        { Sid: 'RdsRebootDBInstance', Action: ['rds:RebootDBInstance'], Resource: ['arn:aws:rds:us-east-2:*:db:x'] },
      ],
    ],
    [
      'another partition',
      [need('rds:RebootDBInstance', ['arn:aws:rds:us-gov-west-1:*:db:x'], { region: 'us-gov-west-1' })],
      [{ Sid: 'RdsRebootDBInstance', Action: ['rds:RebootDBInstance'], Resource: ['arn:aws-us-gov:rds:us-gov-west-1:*:db:x'] }],
    ],
  ])('%s', (_what, needs, expected) => {
    expect(of(needs)).toEqual(expected);
    expect(of([...needs].reverse())).toEqual(expected);
  });
  test('an account that is given stands for those that nobody says, and for no other', () => {
    const needs = [need('rds:RebootDBInstance', ['arn:aws:rds:us-east-2:*:db:x', 'arn:aws:rds:us-east-2:210987654321:db:y'])];
    expect(of(needs, '123456789012')[0]?.Resource).toEqual([
      'arn:aws:rds:us-east-2:123456789012:db:x',
      'arn:aws:rds:us-east-2:210987654321:db:y',
    ]);
    const [without] = policiesOf([need('rds:RebootDBInstance', ['arn:aws:rds:us-east-2:*:db:x'])], undefined);
    expect(without === undefined || isOpen(without)).toBe(true);
  });
});

describe('roles', () => {
  test('are one a region, with who needs what', () => {
    const roles = policiesOf(
      [need('rds:DescribeEvents', ['*'], { region: 'us-west-2', because: 'b' }), need('rds:DescribeEvents', ['*'], { because: 'a' })],
      undefined,
    );
    expect(roles.map(({ region, because }) => [region, because])).toEqual([
      ['us-east-2', { 'rds:DescribeEvents': ['a'] }],
      ['us-west-2', { 'rds:DescribeEvents': ['b'] }],
    ]);
  });
  test('that are assumed are named, each once; without any nothing is to be allowed', () => {
    expect(assumingPolicy([])).toBeUndefined();
    const policy = assumingPolicy([
      'arn:aws:iam::123456789012:role/b',
      'arn:aws:iam::123456789012:role/a',
      'arn:aws:iam::123456789012:role/b',
    ]);
    expect(policy?.Statement[0]?.Resource).toEqual(['arn:aws:iam::123456789012:role/a', 'arn:aws:iam::123456789012:role/b']);
    expect(problemsOf(policy)).toEqual([]);
  });
});

test.each<[string, Partial<Need>, readonly string[]]>([
  ['to one service', { conditions: { StringEquals: { 'iam:PassedToService': ['backup.amazonaws.com'] } } }, []],
  ['to services of one form', { conditions: { StringLike: { 'iam:PassedToService': ['ecs*.amazonaws.com'] } } }, []],
  ['to any', {}, ['arn:aws:iam::123456789012:role/restore']],
  [
    'to any, under another condition',
    { conditions: { StringEquals: { 'aws:PrincipalTag/a': ['b'] } } },
    ['arn:aws:iam::123456789012:role/restore'],
  ],
])('a role that may be passed %s', (_what, more, expected) => {
  const roles = policiesOf([need('iam:PassRole', ['arn:aws:iam::123456789012:role/restore'], more)], undefined);
  expect(roles.flatMap(passedAnywhere)).toEqual(expected);
});

describe('what is too long for one policy', () => {
  const many = Array.from({ length: 400 }, (_, n) => need('rds:FailoverDBCluster', [cluster(`ehr-of-hospital-${n}`)]));
  test('is cut, and nothing of it is lost', () => {
    const [role] = policiesOf([...many, need('rds:DescribeDBClusters', ['*'])], undefined);
    const policies = role?.policies ?? [];
    expect(policies.length).toBeGreaterThan(3);
    for (const policy of policies) {
      expect(problemsOf(policy)).toEqual([]);
      expect(charactersOf(policy)).toBeLessThanOrEqual(mostCharacters);
    }
    const statements = policies.flatMap(({ Statement }) => Statement);
    expect(new Set(statements.map(({ Sid }) => Sid)).size).toBe(statements.length);
    expect(statements.flatMap(({ Resource }) => Resource).sort()).toEqual([...many.flatMap(({ resources }) => resources), '*'].sort());
  });
});
