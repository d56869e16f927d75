// Answers that resolvers keep for longer than an outage may last.
import { writtenTtlMs } from '../../core/objective/timing.ts';
import { isKnown, time } from '../said.ts';
import type { Finding } from '../finding.ts';

export const dnsTtlOverRto: Finding = {
  code: 'DNS_TTL_OVER_RTO',
  severity: 'error',
  means: 'A record is set with a TTL of more than half the RTO.',
  why: 'Resolvers and clients may keep the old address for the whole TTL after the change, and some for longer. What is left of the RTO must do for detection, decision and every step.',
  fix: 'Set the TTL of the users’ records to 60 s or less long before it is needed: a change reaches nobody who cached the old one.',
  example: `steps:
  - { id: route, uses: aws.route53.change-record, with: { ttl: 30 } }`,
  *find({ moves }) {
    for (const move of moves) {
      const ttlMs = writtenTtlMs(move.plan ?? move.runbook) ?? 0;
      if (!isKnown(move.tier.rtoMs) || ttlMs * 2 <= move.tier.rtoMs) continue;
      const index = move.runbook.steps.findIndex((step) => typeof step.with === 'object' && step.with !== null && 'ttl' in step.with);
      yield {
        at: { kind: 'Runbook', name: move.runbook.id, pointer: `/spec/steps/${index}/with/ttl` },
        sentence: `users may go to the old address for ${time(ttlMs)} after the change, and the RTO of ${move.workload.id} is ${time(move.tier.rtoMs)}`,
        evidence: [`TTL ${ttlMs / 1_000} s`, `tier ${move.tier.id}`],
        remedy: `at most ${Math.max(1, Math.floor(move.tier.rtoMs / 4_000))} s`,
      };
    }
  },
};
