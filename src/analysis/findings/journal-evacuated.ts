// A controller that is lost with what it is to move.
import { isWithin } from '../../core/detection/targets.ts';
import { declaredAs } from '../../core/estate.ts';
import type { SiteId } from '../../core/values.ts';
import type { Examined, Move } from '../examined.ts';
import type { Finding } from '../finding.ts';
import { quoted } from '../said.ts';

const mostShown = 5;

export const journalEvacuated: Finding = {
  code: 'JOURNAL_EVACUATED',
  severity: 'error',
  means: 'The controller and its journal stand in a site that its own plans leave when it is lost. Found with `--config`.',
  why: 'The loss takes the plan, the leader and the record of what was done with it. Nobody decides, and whoever starts another controller elsewhere has no journal that says which calls were under way.',
  fix: 'Run the controller, with its `data`, in a third place: another region, or the campus. A standby will not do, since roles change: after a failover it is what must be left.',
  example: `# resus.yaml, of a controller for workloads in us-east-2 and us-west-2
site: riverside-campus
data: /var/lib/resus`,
  *find(at) {
    const { controller, estate } = at;
    if (controller?.site === undefined || declaredAs(estate.sites, controller.site) === undefined) return;
    const { file, site } = controller;
    for (const [leave, moves] of byLoss(at)) {
      if (!isWithin(estate, site as SiteId, leave)) continue;
      const said = [...new Set(moves.map(({ workload, diagnosis, runbook }) => `${diagnosis ?? ''} of ${workload.id} by ${runbook.id}`))];
      yield {
        at: { kind: 'Config', name: file, pointer: '/site' },
        sentence: `the journal stands at ${quoted(site)}, and is lost with ${quoted(leave)}, which its own plans are to leave`,
        evidence: [...said.slice(0, mostShown), ...(said.length > mostShown ? [`and ${said.length - mostShown} more`] : [])],
        remedy: `run the controller outside of ${quoted(leave)}, and outside of where its plans lead`,
      };
    }
  },
};

/** The losses of sites that this controller treats. A dead replica takes nothing but itself. */
function byLoss({ moves, controller }: Examined): ReadonlyMap<SiteId, readonly Move[]> {
  const found = new Map<SiteId, Move[]>();
  for (const move of moves) {
    const { leave, diagnosis, workload } = move;
    if (leave === undefined || diagnosis === 'ReplicaDown' || workload.controlDomain !== controller?.controlDomain) continue;
    const list = found.get(leave);
    if (list === undefined) found.set(leave, [move]);
    else list.push(move);
  }
  return found;
}
