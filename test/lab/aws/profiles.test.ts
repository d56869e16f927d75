// The table of durations in the documentation, held to the profiles.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PROFILES, type Profile, type RangeMs } from '../../../src/lab/aws/profiles.ts';

const page = readFileSync(new URL('../../../docs/lab-aws.md', import.meta.url), 'utf8');
const cells = new Map(
  page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, what = '', fast = '', aws = '']) => [what, { fast, aws }] as const),
);
/** `0.4 to 0.9 s`, `20 to 60 ms`, `up to 1 s`, `10 s`: in milliseconds. */
function rangeOf(cell: string): RangeMs {
  const [, least, most = '', unit] = /^(?:([\d.]+) to |up to )?([\d.]+) (ms|s)$/.exec(cell) ?? [];
  const scale = unit === 's' ? 1_000 : 1;
  const end = Number(most) * scale;
  return [least === undefined ? (cell.startsWith('up to') ? 0 : end) : Number(least) * scale, end];
}
const interval = ({ checkerScale }: Profile): RangeMs => [10_000 * checkerScale, 10_000 * checkerScale];

describe('the table in docs/lab-aws.md', () => {
  test.each<readonly [string, (profile: Profile) => RangeMs]>([
    ['RDS begins after a request', (profile) => profile.rdsStartMs],
    ['trying to fence a primary region that cannot be reached', (profile) => profile.fencingTimeoutMs],
    ['failover of a global database, after that', (profile) => profile.globalPromotionMs],
    ['switchover of a global database', (profile) => profile.switchoverMs],
    ['failover inside a cluster', (profile) => profile.clusterFailoverMs],
    ['reboot with Multi-AZ failover', (profile) => profile.rebootMs],
    ['promotion of a read replica', (profile) => profile.replicaPromotionMs],
    ['until a copy that was made again counts as available', (profile) => profile.rebuildMs],
    ['a change of records is in DNS everywhere', (profile) => profile.insyncMs],
    ['interval of a health check that says 10 s', interval],
    ['changed DNS answers after a check changed', (profile) => profile.healthPropagationMs],
    ['FIS: each of the two steps until an experiment runs', (profile) => profile.fisStartMs],
  ])('%s', (what, of) => {
    const row = cells.get(what);
    expect(row && { fast: rangeOf(row.fast), aws: rangeOf(row.aws) }).toEqual({ fast: of(PROFILES.fast), aws: of(PROFILES.aws) });
  });
});
