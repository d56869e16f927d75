// A step that asks, for help, what has just been lost.
import { isWithin } from '../../core/detection/targets.ts';
import { ungracefully } from '../../core/runbook/plan.ts';
import { quoted } from '../said.ts';
import type { Finding } from '../finding.ts';

export const lostControlPlane: Finding = {
  code: 'LOST_CONTROL_PLANE',
  severity: 'error',
  means: 'A step needs the control plane of the site whose loss it treats.',
  why: 'When a region is lost its APIs are lost or overrun as well. The step hangs until its timeout in the only situation for which it was written.',
  fix: 'Ask the region that is left (`region: ${{ to.site }}`), or use an action that needs a data plane alone.',
  example: `steps:
  - { id: promote, uses: aws.rds.failover-global-cluster, with: { region: '\${{ to.site }}' } }`,
  *find({ estate, catalogue, moves }) {
    for (const { plan, leave, diagnosis, runbook, from } of moves) {
      if (plan === undefined || leave === undefined || diagnosis === 'ReplicaDown') continue;
      for (const [index, planned] of plan.steps.entries())
        for (const [step, pointer] of [
          [planned, `/spec/steps/${index}`],
          [ungracefully(planned), `/spec/steps/${index}/onUngraceful`],
        ] as const) {
          if (pointer.endsWith('onUngraceful') && step === planned) continue;
          for (const plane of catalogue.actions.get(step.uses)?.needs(step.with) ?? [])
            if (isWithin(estate, plane.site, leave))
              yield {
                at: { kind: 'Runbook', name: runbook.id, pointer },
                sentence: `step ${quoted(step.id)} needs ${plane.service} in ${quoted(plane.site)}, which is lost when ${quoted(leave)} is`,
                evidence: [`${diagnosis} of ${leave}, with the writer at ${from.name}`, step.uses],
                remedy: 'ask a site that is left, or use an action that needs no control plane there',
              };
        }
    }
  },
};
