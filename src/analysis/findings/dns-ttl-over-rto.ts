// Answers that resolvers and clients keep for longer than an outage may last.
import { writtenTtlMs } from '../../core/objective/timing.ts';
import { isKnown, time } from '../said.ts';
import type { Found, Finding } from '../finding.ts';
import type { Move } from '../examined.ts';

export const dnsTtlOverRto: Finding = {
  code: 'DNS_TTL_OVER_RTO',
  severity: 'error',
  means: 'A record is set with a TTL of more than half the RTO, or resolvers and clients together keep the old address for that long.',
  why: 'Resolvers and clients may keep the old address for the whole TTL after the change, and some for longer. What is left of the RTO must do for detection, decision and every step.',
  fix: 'Set the TTL of the users’ records to 60 s or less long before it is needed: a change reaches nobody who cached the old one. What clients keep beyond it (`usersPath.clientCache`) is a setting of their software.',
  example: `steps:
  - { id: route, uses: aws.route53.change-record, with: { ttl: 30 } }`,
  *find({ catalogue: { actions }, moves }) {
    for (const move of moves) {
      if (!isKnown(move.tier.rtoMs)) continue;
      yield* written(move);
      if ((move.plan?.steps ?? move.runbook.steps).some(({ uses }) => actions.get(uses)?.effect === 'routes')) yield* declared(move);
    }
  },
};

const allowed = (rtoMs: number): string => `${Math.max(1, Math.floor(rtoMs / 4_000))} s`;

function* written({ plan, runbook, tier, workload }: Move): Iterable<Found> {
  const ttlMs = writtenTtlMs(plan ?? runbook) ?? 0;
  if (ttlMs * 2 <= tier.rtoMs) return;
  const index = runbook.steps.findIndex((step) => typeof step.with === 'object' && step.with !== null && 'ttl' in step.with);
  yield {
    at: { kind: 'Runbook', name: runbook.id, pointer: `/spec/steps/${index}/with/ttl` },
    sentence: `users may go to the old address for ${time(ttlMs)} after the change, and the RTO of ${workload.id} is ${time(tier.rtoMs)}`,
    evidence: [`TTL ${ttlMs / 1_000} s`, `tier ${tier.id}`],
    remedy: `at most ${allowed(tier.rtoMs)}`,
  };
}

function* declared({ tier, workload }: Move): Iterable<Found> {
  const { ttlMs = 0, clientCacheMs = 0 } = workload.usersPath;
  if (!isKnown(ttlMs) || !isKnown(clientCacheMs) || (ttlMs + clientCacheMs) * 2 <= tier.rtoMs) return;
  const longer = ttlMs >= clientCacheMs ? 'ttl' : 'clientCache';
  yield {
    at: { kind: 'Workload', name: workload.id, pointer: `/spec/usersPath/${longer}` },
    sentence: `users may go to the old address for ${time(ttlMs + clientCacheMs)} after a change, and the RTO is ${time(tier.rtoMs)}`,
    evidence: [`resolvers ${time(ttlMs)}`, `clients ${time(clientCacheMs)}`, `tier ${tier.id}`],
    remedy: `together at most half of the RTO, better ${allowed(tier.rtoMs)}`,
  };
}
