// A target that even a usual recovery misses.
import { rtoOf } from '../../core/objective/target.ts';
import { recoveryTime, saidPath } from '../recovery-time.ts';
import { isKnown, time } from '../said.ts';
import { saidRto } from '../said-rto.ts';
import type { Finding } from '../finding.ts';

export const rtoUnreachable: Finding = {
  code: 'RTO_UNREACHABLE',
  severity: 'error',
  means: 'The usual recovery takes longer than the RTO allows.',
  why: 'Detection, inner healing, people, the longest chain of steps, DNS caches and the proof that users are served come one after the other. If their usual times exceed the RTO, every real loss misses the target, however well it goes.',
  fix: 'Shorten the longest part that is named (faster detection, automation instead of approval, fewer steps in a row, a lower TTL), or promise an RTO that can be kept.',
  example: `kind: Tier
spec: { rto: 15m, detection: { interval: 5s, timeout: 2s, failures: 3 } }`,
  *find(at) {
    for (const move of at.moves) {
      const rtoMs = rtoOf(move.tier, move.diagnosis);
      if (move.diagnosis === undefined || !move.isFirst || !isKnown(rtoMs)) continue;
      const ahead = recoveryTime(at, move);
      if (ahead === undefined || ahead.p50 <= rtoMs) continue;
      const { parts, p50 } = ahead;
      const longest = [...parts].sort((a, b) => b.p50 - a.p50)[0];
      yield {
        at: { kind: 'Workload', name: move.workload.id, pointer: move.pointer },
        sentence: `${move.diagnosis} usually takes ${time(p50)}, and ${saidRto(move.tier, move.diagnosis)}`,
        evidence: saidPath(parts),
        remedy: `the longest part is ${longest?.name ?? '?'}: shorten it, or raise the RTO of tier ${move.tier.id}`,
      };
    }
  },
};
