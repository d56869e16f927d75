// Answers that resolvers and clients keep for longer than an outage may last.
import { rtoOf } from '../../core/objective/target.ts';
import { writtenTtlMs } from '../../core/objective/timing.ts';
import { isKnown, time } from '../said.ts';
import { saidRto } from '../said-rto.ts';
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
      const rtoMs = rtoOf(move.tier, move.diagnosis);
      if (!isKnown(rtoMs)) continue;
      yield* written(move, rtoMs);
      if ((move.plan?.steps ?? move.runbook.steps).some(({ uses }) => actions.get(uses)?.effect === 'routes')) yield* declared(move, rtoMs);
    }
  },
};

const allowed = (rtoMs: number): string => `${Math.max(1, Math.floor(rtoMs / 4_000))} s`;

function* written({ plan, runbook, tier, workload, diagnosis }: Move, rtoMs: number): Iterable<Found> {
  const ttlMs = writtenTtlMs(plan ?? runbook) ?? 0;
  if (ttlMs * 2 <= rtoMs) return;
  const index = runbook.steps.findIndex((step) => typeof step.with === 'object' && step.with !== null && 'ttl' in step.with);
  yield {
    at: { kind: 'Runbook', name: runbook.id, pointer: `/spec/steps/${index}/with/ttl` },
    sentence: `users may go to the old address for ${time(ttlMs)} after the change, and ${saidRto(tier, diagnosis, ` of ${workload.id}`)}`,
    evidence: [`TTL ${ttlMs / 1_000} s`, `tier ${tier.id}`],
    remedy: `at most ${allowed(rtoMs)}`,
  };
}

function* declared({ tier, workload, diagnosis }: Move, rtoMs: number): Iterable<Found> {
  const { ttlMs = 0, clientCacheMs = 0 } = workload.usersPath;
  if (!isKnown(ttlMs) || !isKnown(clientCacheMs) || (ttlMs + clientCacheMs) * 2 <= rtoMs) return;
  const longer = ttlMs >= clientCacheMs ? 'ttl' : 'clientCache';
  yield {
    at: { kind: 'Workload', name: workload.id, pointer: `/spec/usersPath/${longer}` },
    sentence: `users may go to the old address for ${time(ttlMs + clientCacheMs)} after a change, and ${saidRto(tier, diagnosis)}`,
    evidence: [`resolvers ${time(ttlMs)}`, `clients ${time(clientCacheMs)}`, `tier ${tier.id}`],
    remedy: `together at most half of the RTO, better ${allowed(rtoMs)}`,
  };
}
