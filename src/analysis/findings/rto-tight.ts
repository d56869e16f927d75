// A target that a usual recovery keeps and a slow one misses.
import { rtoOf } from '../../core/objective/target.ts';
import { recoveryTime, saidPath } from '../recovery-time.ts';
import { isKnown, time } from '../said.ts';
import { saidRto } from '../said-rto.ts';
import type { Finding } from '../finding.ts';

export const rtoTight: Finding = {
  code: 'RTO_TIGHT',
  severity: 'warning',
  means: 'A slow recovery takes longer than the RTO allows, though a usual one does not.',
  why: 'Failovers are slow when much else fails, which is when they are needed. If the slow times of the actions (one in twenty) exceed the RTO, it is met on good days only.',
  fix: 'Leave room: shorten or make surer what varies most. `expect` moves the usual time of a step; its slow time moves in proportion.',
  example: `kind: Runbook
spec:
  steps:
    - { id: move, uses: aws.rds.failover-db-cluster, expect: 20s }`,
  *find(at) {
    for (const move of at.moves) {
      const rtoMs = rtoOf(move.tier, move.diagnosis);
      if (move.diagnosis === undefined || !move.isFirst || !isKnown(rtoMs)) continue;
      const ahead = recoveryTime(at, move);
      if (ahead === undefined || ahead.p50 > rtoMs || ahead.p95 <= rtoMs) continue;
      const { parts, p95 } = ahead;
      const widest = [...parts].sort((a, b) => b.p95 - b.p50 - (a.p95 - a.p50))[0];
      yield {
        at: { kind: 'Workload', name: move.workload.id, pointer: move.pointer },
        sentence: `${move.diagnosis} may take ${time(p95)}, and ${saidRto(move.tier, move.diagnosis)}`,
        evidence: saidPath(parts),
        remedy:
          widest?.kind === 'approvals'
            ? 'people vary most: call the next one sooner (`escalate`), shorten `expire`, or let the machine act'
            : `${widest?.name ?? '?'} varies most: make it surer, or plan with what was measured here (\`resus plan --history\`)`,
      };
    }
  },
};
