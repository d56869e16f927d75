import type { ExperimentTemplate } from '@aws-sdk/client-fis';
import type { Event } from '@aws-sdk/client-rds';
import { describe, expect, test } from 'vitest';
import { boundOf, type Bound } from '../../src/providers/aws/experiment.ts';
import { fencingIn } from '../../src/providers/aws/fencing.ts';

const west = 'arn:aws:rds:us-west-2:123456789012:cluster:ehr-west';
const since = Date.parse('2026-11-22T10:00:00Z');
const event = (secondsAfter: number, Message: string): Event => ({ Date: new Date(since + secondsAfter * 1_000), Message });
const blocked = 'Attempt to block writes for DB cluster ehr-east in Region us-east-2 succeeded.';
const timedOut = 'Attempt to block writes for DB cluster ehr-east in Region us-east-2 timed out.';

describe('the fence that RDS events prove', () => {
  const table: readonly (readonly [string, readonly Event[], string, string])[] = [
    ['no event proves nothing', [], 'provider-asserted', 'none seen'],
    ['blocked', [event(2, blocked)], 'storage-fenced', blocked],
    ['timed out', [event(2, timedOut)], 'provider-asserted', timedOut],
    ['the newest counts', [event(3, timedOut), event(2, blocked)], 'provider-asserted', timedOut],
    ['order of the answer does not', [event(2, timedOut), event(3, blocked)], 'storage-fenced', blocked],
    ['an earlier failover proves nothing', [event(-600, blocked)], 'provider-asserted', 'none seen'],
    ['clocks may differ by seconds', [event(-5, blocked)], 'storage-fenced', blocked],
    ['blocking the target proves nothing', [event(2, blocked.replace('ehr-east', 'ehr-west'))], 'provider-asserted', 'none seen'],
    [
      'completion proves nothing',
      [event(2, 'Global failover to DB cluster ehr-west in Region us-west-2 completed.')],
      'provider-asserted',
      'none seen',
    ],
  ];
  test.each(table)('%s', (_name, events, fencing, fencingEvent) => {
    expect(fencingIn(events, west, since)).toEqual({ fencing, fencingEvent });
  });
});

describe('how long an experiment may last', () => {
  const action = (duration: string | undefined, startAfter: string[] = [], actionId = 'aws:fis:wait') => ({
    actionId,
    startAfter,
    ...(duration === undefined ? {} : { parameters: { duration } }),
  });
  const table: readonly (readonly [string, ExperimentTemplate['actions'], Bound])[] = [
    ['nothing', {}, { kind: 'bounded', ms: 0 }],
    ['one action', { a: action('PT30S') }, { kind: 'bounded', ms: 30_000 }],
    ['parallel actions: the longest', { a: action('PT30S'), b: action('PT2M') }, { kind: 'bounded', ms: 120_000 }],
    ['a chain: the sum', { a: action('PT30S'), b: action('PT2M', ['a']), c: action('PT1H30M', ['b']) }, { kind: 'bounded', ms: 5_550_000 }],
    ['days', { a: action('P1DT1S') }, { kind: 'bounded', ms: 86_401_000 }],
    ['an action without duration is instant', { a: action(undefined, [], 'aws:rds:failover-db-cluster') }, { kind: 'bounded', ms: 0 }],
    ['a cycle ends', { a: action('PT1S', ['b']), b: action('PT1S', ['a']) }, { kind: 'bounded', ms: 2_000 }],
    [
      'stopped instances that nothing starts',
      { stop: action(undefined, [], 'aws:ec2:stop-instances') },
      { kind: 'endless', action: 'stop' },
    ],
    [
      'stopped instances that are started again',
      { stop: { actionId: 'aws:ec2:stop-instances', parameters: { startInstancesAfterDuration: 'PT5M' } } },
      { kind: 'bounded', ms: 300_000 },
    ],
  ];
  test.each(table)('%s', (_name, actions, bound) => {
    expect(boundOf({ ...(actions === undefined ? {} : { actions }) })).toEqual(bound);
  });
});
