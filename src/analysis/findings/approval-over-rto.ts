// People who may take longer to answer than the outage may last.
import { scopeOf } from '../../core/decision/scope.ts';
import { diagnosisKinds } from '../../core/estate.ts';
import { rtoOf } from '../../core/objective/target.ts';
import { isKnown, quoted, time } from '../said.ts';
import { saidRto } from '../said-rto.ts';
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
    for (const tier of Object.values(estate.tiers)) {
      const { id, approvals, automation } = tier;
      const asking = diagnosisKinds.flatMap((diagnosis) => {
        const rtoMs = rtoOf(tier, diagnosis);
        const isLate = automation[scopeOf[diagnosis]] === 'approve' && isKnown(rtoMs) && approvals.expireMs >= rtoMs;
        return isLate ? [{ diagnosis, rtoMs }] : [];
      });
      const [tightest] = [...asking].sort((a, b) => a.rtoMs - b.rtoMs);
      if (tightest === undefined || approvals.emergency !== undefined) continue;
      const { diagnosis: first, rtoMs } = tightest;
      yield {
        at: { kind: 'Tier', name: id, pointer: '/spec/approvals/expire' },
        sentence: `people have ${time(approvals.expireMs)} to approve, and ${saidRto(tier, first)}`,
        evidence: asking.map(({ diagnosis }) => `a lost ${scopeOf[diagnosis]} waits for approval`),
        remedy: `shorten \`approvals.expire\`, e.g. to ${time(rtoMs / 2)}, or add \`approvals.emergency\``,
      };
    }
    for (const { runbook, workload, tier, diagnosis, pointer } of moves) {
      const rtoMs = rtoOf(tier, diagnosis);
      for (const { id, uses, timeoutMs } of runbook.steps)
        if (diagnosis !== undefined && uses === 'approve' && isKnown(rtoMs) && isKnown(timeoutMs) && timeoutMs > rtoMs)
          yield {
            at: { kind: 'Workload', name: workload.id, pointer },
            sentence: `on ${diagnosis} step ${quoted(id)} of ${quoted(runbook.id)} gives people ${time(timeoutMs)}, and ${saidRto(tier, diagnosis)}`,
            evidence: [`tier ${tier.id}`],
            remedy: `shorten its \`timeout\`, e.g. to ${time(rtoMs / 2)}, or let \`approvals\` of the tier ask`,
          };
    }
  },
};
