// Lag that is measured too rarely to tell whether the RPO is kept.
import { declaredAs } from '../../core/estate.ts';
import { isKnown, time } from '../said.ts';
import type { Finding } from '../finding.ts';

export const heartbeatOverRpo: Finding = {
  code: 'HEARTBEAT_OVER_RPO',
  severity: 'error',
  means: 'The heartbeat by which lag is measured is rarer than half the RPO, or the lag is looked at too rarely to show a loss within it.',
  why: 'Lag is the age of the newest heartbeat that arrived. It can never be told to be smaller than the interval, nor than the time since it was looked at, so a loss within the RPO cannot be proven and every failover has to ask.',
  fix: 'Write the heartbeat at least four times within the RPO, and look as often (`detection.interval` of the tier).',
  example: `replication:
  - { from: east, to: west, lagProbe: db, heartbeat: 1s }   # of a tier with rpo: 5s`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads)) {
      const tier = declaredAs(estate.tiers, workload.tier);
      const rpoMs = tier?.rpoMs;
      const lookMs = tier?.detection.intervalMs;
      for (const [index, link] of workload.replication.entries()) {
        const heartbeatMs = link.measuredBy === 'reported' ? 0 : link.heartbeatMs;
        if (!isKnown(rpoMs) || !isKnown(heartbeatMs)) continue;
        if (heartbeatMs * 2 <= rpoMs) {
          if (isKnown(lookMs) && heartbeatMs + lookMs > rpoMs)
            yield {
              at: { kind: 'Workload', name: workload.id, pointer: `/spec/replication/${index}` },
              sentence: `its lag is looked at every ${time(lookMs)}, which cannot show a loss within the RPO of ${time(rpoMs)}`,
              evidence: [
                `${link.from} to ${link.to}`,
                `\`detection.interval\` of tier ${workload.tier}`,
                ...(heartbeatMs === 0 ? [] : [`a heartbeat every ${time(heartbeatMs)}`]),
              ],
              remedy: `shorten \`detection.interval\`, e.g. to ${time(rpoMs / 4)}`,
            };
          continue;
        }
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
