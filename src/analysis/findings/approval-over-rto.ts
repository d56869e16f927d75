// People who may take longer to answer than the outage may last.
import { isKnown, quoted, time } from '../said.ts';
import type { Finding } from '../finding.ts';

export const approvalOverRto: Finding = {
  code: 'APPROVAL_OVER_RTO',
  severity: 'warning',
  means: 'People have as long to approve as the outage may last, or longer.',
  why: 'An approval that comes at the end of its time starts a run whose target is missed already, and until then nobody is told that it will be.',
  fix: 'Let `approvals.expire` end well inside the RTO, call the next one sooner (`escalate`), allow `emergency`, or let the machine act on that scope.',
  example: `kind: Tier
spec: { rto: 15m, automation: { region: approve }, approvals: { people: 1, expire: 8m, escalate: 3m } }`,
  *find({ estate, moves }) {
    for (const { id, rtoMs, approvals, automation } of Object.values(estate.tiers)) {
      const scopes = Object.entries(automation).filter(([, how]) => how === 'approve');
      if (scopes.length === 0 || approvals.emergency !== undefined || !isKnown(rtoMs) || !(approvals.expireMs >= rtoMs)) continue;
      yield {
        at: { kind: 'Tier', name: id, pointer: '/spec/approvals/expire' },
        sentence: `people have ${time(approvals.expireMs)} to approve, and the RTO is ${time(rtoMs)}`,
        evidence: scopes.map(([scope]) => `a lost ${scope} waits for approval`),
        remedy: `shorten \`approvals.expire\`, e.g. to ${time(rtoMs / 2)}, or add \`approvals.emergency\``,
      };
    }
    for (const { runbook, workload, tier, diagnosis, pointer } of moves)
      for (const { id, uses, timeoutMs } of runbook.steps)
        if (diagnosis !== undefined && uses === 'approve' && isKnown(tier.rtoMs) && isKnown(timeoutMs) && timeoutMs > tier.rtoMs)
          yield {
            at: { kind: 'Workload', name: workload.id, pointer },
            sentence: `on ${diagnosis} step ${quoted(id)} of ${quoted(runbook.id)} gives people ${time(timeoutMs)}, and the RTO is ${time(tier.rtoMs)}`,
            evidence: [`tier ${tier.id}`],
            remedy: `shorten its \`timeout\`, e.g. to ${time(tier.rtoMs / 2)}, or let \`approvals\` of the tier ask`,
          };
  },
};
