// What a draft takes from AWS of backups and of the users' name, and where it asks instead.
import { describe, expect, it } from 'vitest';
import { draftOf, type Seen } from '../../src/import/index.ts';
import { answered, problemsOf, seenOf } from './answered.ts';

const nothing: Seen = { globals: [], clusters: [], instances: [], records: [] };
describe('what AWS says of backups and names', () => {
  const arn = (name: string): string => `arn:aws:rds:us-east-2:1:${name}`;
  const address = 'ehr.abc.us-east-2.rds.amazonaws.com';
  const record = (name: string, ttlSeconds: number | undefined, target = address): Seen['records'][number] => ({
    name,
    type: 'CNAME',
    routing: 'simple',
    targets: [target],
    ttlSeconds,
  });
  const drafted = (more: Partial<Seen['instances'][number]>, records: Seen['records'] = []): string =>
    draftOf({ ...nothing, instances: [{ arn: arn('db:ehr'), id: 'ehr', address, port: 5432, ...more }], records });
  const lineWith = (draft: string, key: string): string =>
    draft
      .split('\n')
      .find((line) => line.trim().startsWith(`${key}:`))
      ?.trim() ?? '';
  it.each<readonly [string, Partial<Seen['instances'][number]>, every: string, at: string]>([
    ['a week', { backupDays: 7 }, 'every: 5m # AWS keeps automated backups for 7 days', 'at: us-east-2'],
    [
      'a day, and how far they reach',
      { backupDays: 1, restorableAt: '2026-11-20T08:14:09Z' },
      'every: 5m # AWS keeps automated backups for 1 day; they reached to 2026-11-20T08:14:09Z',
      'at: us-east-2',
    ],
    [
      'none at all',
      { backupDays: 0 },
      'every: TODO how often there is a point that it can be restored to; AWS makes no automated backups of it (0 days)',
      'at: TODO the site where its backups are kept',
    ],
    [
      'nobody knows how long',
      {},
      'every: TODO how often there is a point that it can be restored to, e.g. 5m',
      'at: TODO the site where its backups are kept',
    ],
  ])('backups of %s', (_what, more, every, at) => {
    const draft = drafted(more);
    expect([lineWith(draft, 'every'), lineWith(draft, 'at')]).toEqual([every, at]);
    expect(problemsOf(answered(draft)).filter(({ severity }) => severity === 'error')).toEqual([]);
  });
  it.each<readonly [string, Seen['records'], ttl: string]>([
    ['no record', [], 'ttl: TODO the TTL of the record of that name, e.g. 60s'],
    ['one that leads here', [record('db.h.test', 30)], 'ttl: 30s # that of db.h.test; another name has another'],
    [
      'two that lead here and agree',
      [record('b.h.test', 30), record('a.h.test', 30)],
      'ttl: 30s # that of a.h.test; another name has another',
    ],
    [
      'two that lead here and do not',
      [record('b.h.test', 30), record('a.h.test', 60)],
      'ttl: TODO the TTL of the record of that name; a.h.test has 60s, b.h.test has 30s',
    ],
    ['an alias that leads here', [record('a.h.test', undefined)], 'ttl: TODO the TTL of the record of that name, e.g. 60s'],
    [
      'one that leads elsewhere',
      [record('portal.h.test', 300, 'elb.amazonaws.com')],
      'ttl: TODO the TTL of the record of that name; portal.h.test has 300s',
    ],
    [
      'one that leads here beside one that does not',
      [record('portal.h.test', 300, 'elb.amazonaws.com'), record('db.h.test', 0)],
      'ttl: 0s # that of db.h.test; another name has another',
    ],
  ])('the TTL of %s', (_what, records, ttl) => {
    const draft = drafted({}, records);
    expect(lineWith(draft, 'ttl')).toBe(ttl);
    expect(problemsOf(answered(draft)).filter(({ severity }) => severity === 'error')).toEqual([]);
  });
  it('is said by a state of Terraform, in which what cannot be is not taken', () => {
    const state = (attributes: object): string =>
      JSON.stringify({ version: 4, resources: [{ mode: 'managed', type: 'aws_db_instance', instances: [{ attributes }] }] });
    const known = { arn: arn('db:ehr'), identifier: 'ehr' };
    const taken = (more: object) => seenOf(state({ ...known, ...more })).instances[0];
    expect(taken({ backup_retention_period: 35, latest_restorable_time: '2026-11-20T08:14:09Z' })).toMatchObject({
      backupDays: 35,
      restorableAt: '2026-11-20T08:14:09Z',
    });
    for (const odd of [-1, 36, 1.5, '7', null])
      expect(taken({ backup_retention_period: odd, latest_restorable_time: 'now: x' })).toMatchObject({
        backupDays: undefined,
        restorableAt: undefined,
      });
  });
});
