// A step that cannot be taken back, by a machine that asks nobody.
import { quoted } from '../said.ts';
import type { StepSpec } from '../../core/estate.ts';
import { before } from '../before.ts';
import type { Finding } from '../finding.ts';

export const irreversibleUnapproved: Finding = {
  code: 'IRREVERSIBLE_UNAPPROVED',
  severity: 'warning',
  means: 'An irreversible step is taken without asking anybody.',
  why: 'What cannot be taken back (a promotion that drops what was not replicated) deserves a decision. For the highest tiers to act at once may be the right decision; then it is one that somebody answers for.',
  fix: 'Put an `approve` step before it, set `automation` of that scope to `approve`, or accept the finding with the reason and the name of who decided.',
  example: `steps:
  - { id: yes, uses: approve, with: { people: 1 }, expect: 2m }
  - { id: promote, uses: aws.rds.promote-read-replica, needs: [yes] }`,
  *find({ catalogue, moves }) {
    for (const move of moves) {
      const { diagnosis, runbook, workload, tier } = move;
      if (diagnosis === undefined || move.asks !== 'no') continue;
      for (const step of runbook.steps) {
        if (!(catalogue.actions.get(step.uses)?.irreversible ?? false) || before(runbook.steps, step).some(asksAlways)) continue;
        yield {
          at: { kind: 'Workload', name: workload.id, pointer: move.pointer },
          sentence: `on ${diagnosis} step ${quoted(step.id)} of ${quoted(runbook.id)} cannot be taken back, and nobody is asked`,
          evidence: [step.uses, `tier ${tier.id} acts by itself`],
          remedy: 'ask people before it, or accept this with a reason',
        };
      }
    }
  },
};

/** Beside it, or under a condition, nobody may have been asked when the step starts. */
const asksAlways = ({ uses, when }: StepSpec): boolean => uses === 'approve' && when === undefined;
