// One mistake in how the lag of a copy is measured and proven, and the line that is printed for it.
import { describe, expect, it } from 'vitest';
import { base, linesOf, run } from './base.ts';

const link = '    - { from: one, to: two, lagProbe: db }\n';
const beat = "        - { id: db, uses: sql, with: { url: 'sql://two/ehr' } }\n";
const with_ = (written: string) =>
  run(
    Object.entries(base).map(([path, text]) => ({
      path,
      text:
        path === 'workload.yaml'
          ? text.replace(link, written).replace(beat, `${beat}        - { id: beat, uses: tcp, with: { host: 10.0.2.1, port: 1 } }\n`)
          : text,
    })),
  );

describe('a replication link', () => {
  it('is measured by heartbeats as it ever was', () => {
    const declared = with_(link);
    expect(linesOf(declared)).toEqual([]);
    expect(declared.ok && declared.estate.workloads['ehr']?.replication).toEqual([
      { from: 'one', to: 'two', lagProbe: 'db', heartbeatMs: 1_000 },
    ]);
  });
  it('may be measured by report, with a second signal', () => {
    const declared = with_('    - { from: one, to: two, lagProbe: db, measuredBy: reported, arrivalProbe: beat }\n');
    expect(linesOf(declared)).toEqual([]);
    expect(declared.ok && declared.estate.workloads['ehr']?.replication).toEqual([
      { from: 'one', to: 'two', lagProbe: 'db', heartbeatMs: 1_000, measuredBy: 'reported', arrivalProbe: 'beat' },
    ]);
  });
  it.each<[string, string, string]>([
    [
      'there twice',
      `${link}${link}`,
      'workload.yaml:29:7: NOT_UNIQUE `one` is copied to `two` by an earlier link already (keep one of them)',
    ],
    [
      'reported, with nothing that proves it',
      '    - { from: one, to: two, lagProbe: db, measuredBy: reported }\n',
      'workload.yaml:28:55: warning LAG_UNPROVEN nothing says that data still arrives at `two`, so its lag is unknown and a person is asked before each failover (add `arrivalProbe`, or measure by heartbeats)',
    ],
    [
      'proven by what measures it',
      '    - { from: one, to: two, lagProbe: db, arrivalProbe: db }\n',
      'workload.yaml:28:57: ARRIVAL_BY_ITSELF `db` measures the lag, and is to prove it as well (name another probe of the replica, which looks another way)',
    ],
    [
      'proven by a probe that is not there',
      '    - { from: one, to: two, lagProbe: db, arrivalProbe: baet }\n',
      'workload.yaml:28:57: UNKNOWN_PROBE replica `two` has no probe `baet` (did you mean `beat`?)',
    ],
    [
      'measured in a way that is none',
      '    - { from: one, to: two, lagProbe: db, measuredBy: hope }\n',
      'workload.yaml:28:55: NOT_ALLOWED `spec.replication[0].measuredBy` cannot be `hope` (one of `heartbeat`, `reported`)',
    ],
  ])('%s', (_, written, line) => {
    expect(linesOf(with_(written))).toEqual([line]);
  });
});
