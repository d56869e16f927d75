// Lag that is measured too rarely to tell whether the RPO is kept.
import { declaredAs } from '../../core/estate.ts';
import { isKnown, time } from '../said.ts';
import type { Finding } from '../finding.ts';

export const heartbeatOverRpo: Finding = {
  code: 'HEARTBEAT_OVER_RPO',
  severity: 'error',
  means: 'The heartbeat by which lag is measured is rarer than half the RPO.',
  why: 'Lag is the age of the newest heartbeat that arrived. It can never be told to be smaller than the interval, so a loss within the RPO cannot be proven and every failover has to ask.',
  fix: 'Write the heartbeat at least four times within the RPO.',
  example: `replication:
  - { from: east, to: west, lagProbe: db, heartbeat: 1s }   # of a tier with rpo: 5s`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads)) {
      const rpoMs = declaredAs(estate.tiers, workload.tier)?.rpoMs;
      for (const [index, link] of workload.replication.entries()) {
        if (link.measuredBy === 'reported' || !isKnown(rpoMs) || !isKnown(link.heartbeatMs) || link.heartbeatMs * 2 <= rpoMs) continue;
        yield {
          at: { kind: 'Workload', name: workload.id, pointer: `/spec/replication/${index}/heartbeat` },
          sentence: `a heartbeat every ${time(link.heartbeatMs)} cannot show a lag within the RPO of ${time(rpoMs)}`,
          evidence: [`${link.from} to ${link.to}`, `tier ${workload.tier}`],
          remedy: rpoMs === 0 ? 'no replication that is measured by heartbeats shows an RPO of nothing' : `at most ${time(rpoMs / 4)}`,
        };
      }
    }
  },
};
