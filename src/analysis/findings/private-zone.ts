// A name that stops being answered with the place that is left.
import { isWithin } from '../../core/detection/targets.ts';
import type { SiteId } from '../../core/values.ts';
import type { Workload } from '../../core/estate.ts';
import { lossesOf, type Examined } from '../examined.ts';
import type { Finding } from '../finding.ts';
import { listed, quoted } from '../said.ts';

export const privateZone: Finding = {
  code: 'PRIVATE_ZONE',
  severity: 'error',
  means:
    'Users find a workload by a name of a private zone that is answered only in what is lost, or whose record must be changed by Route 53.',
  why: 'A private zone is answered by the networks that it is associated with and by nobody else. When those are lost with the region, the standby runs and no user finds it. Its records are changed in us-east-1 alone, and what AWS promises for an outage there (accelerated recovery) covers public zones only.',
  fix: 'Associate the zone with the networks of the other region, too, and give users on the campus resolvers (inbound endpoints, or secondaries of their own) there; or put the name into a public zone. Let a health check turn the record instead of a change.',
  example: `usersPath:
  url: https://ehr.hospital.example
  privateZone: { answeredAt: [us-east-2, us-west-2, riverside-campus] }`,
  *find(at) {
    const { estate, catalogue, moves } = at;
    for (const workload of Object.values(estate.workloads)) {
      const sites = workload.usersPath.privateZone?.answeredAt ?? [];
      // An empty list waits for the inventory.
      if (sites.length === 0) continue;
      for (const leave of survived(at, workload)) {
        if (!sites.every((site) => isWithin(estate, site, leave))) continue;
        yield {
          at: { kind: 'Workload', name: workload.id, pointer: '/spec/usersPath/privateZone/answeredAt' },
          sentence: `its name is answered only at ${listed(sites.map(quoted))}, and nobody finds ${quoted(workload.id)} when ${quoted(leave)} is lost`,
          evidence: workload.replicas.filter(({ site }) => !isWithin(estate, site, leave)).map(({ name }) => `${name} would be left`),
          remedy: `let a site outside of ${quoted(leave)} answer it, or use a name of a public zone`,
        };
      }
    }
    for (const { workload, runbook, plan, mode } of moves) {
      if (workload.usersPath.privateZone === undefined || plan === undefined || mode !== 'failover') continue;
      for (const [index, step] of plan.steps.entries()) {
        const plane = catalogue.actions
          .get(step.uses)
          ?.needs(step.with)
          .find(({ service }) => service === 'route53');
        if (plane === undefined) continue;
        yield {
          at: { kind: 'Runbook', name: runbook.id, pointer: `/spec/steps/${index}/uses` },
          sentence: `step ${quoted(step.id)} changes a record of the private zone of ${quoted(workload.id)}, which nothing does while ${quoted(plane.site)} is lost`,
          evidence: [step.uses, 'accelerated recovery covers public zones only'],
          remedy: 'use `aws.route53.standby-takes-over`, or a name of a public zone',
        };
      }
    }
  },
};

/** Regions and zones of its replicas after whose loss something of it is left. */
function survived({ estate }: Examined, { replicas }: Workload): readonly SiteId[] {
  const lost = replicas.flatMap((replica) => [...lossesOf(estate, replica, 'RegionLost'), ...lossesOf(estate, replica, 'ZoneLost')]);
  return [...new Set(lost)].filter((leave) => replicas.some(({ site }) => !isWithin(estate, site, leave)));
}
