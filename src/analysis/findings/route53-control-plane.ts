// A recovery that must change DNS records at the one place where they can be changed.
import { quoted } from '../said.ts';
import { ungracefully } from '../../core/runbook/plan.ts';
import type { Finding } from '../finding.ts';

export const route53ControlPlane: Finding = {
  code: 'ROUTE53_CONTROL_PLANE',
  severity: 'warning',
  means: 'A failover needs the control plane of Route 53, which is in us-east-1 alone.',
  why: 'Records are answered everywhere, but changed only there. In an outage of us-east-1 nobody can change a record for hours, whatever region the workload itself is in.',
  fix: 'Let a health check decide: failover records whose check follows a switch that you hold (`aws.route53.standby-takes-over`) need the data plane alone.',
  example: `steps:
  - { id: route, uses: aws.route53.standby-takes-over, with: { state: standby } }`,
  *find({ catalogue, moves }) {
    for (const { plan, mode, runbook } of moves) {
      if (plan === undefined || mode !== 'failover') continue;
      for (const [index, planned] of plan.steps.entries())
        for (const { step, key } of [
          { step: planned, key: 'uses' },
          { step: ungracefully(planned), key: 'onUngraceful' },
        ])
          for (const plane of key === 'uses' || step !== planned ? (catalogue.actions.get(step.uses)?.needs(step.with) ?? []) : [])
            if (isRoute53(plane.service))
              yield {
                at: { kind: 'Runbook', name: runbook.id, pointer: `/spec/steps/${index}/${key}` },
                sentence: `step ${quoted(step.id)} changes records, which only ${plane.site} can do`,
                evidence: [step.uses],
                remedy: 'use `aws.route53.standby-takes-over`, or a health check that follows a switch of your own',
              };
    }
  },
};

/** As actions name it, and as the SDK does, by which `aws.call` goes. Its resolvers are regional. */
const isRoute53 = (service: string): boolean => service === 'route53' || service === 'route-53';
