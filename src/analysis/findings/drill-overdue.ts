// Practice that did not come, whatever the schedule says.
import { declaredAs } from '../../core/estate.ts';
import { demandedOf } from '../demanded.ts';
import type { Finding } from '../finding.ts';
import type { DrillDone } from '../past-facts.ts';
import { allUsesOf, daysOf, oldestMs, practisedOn, saidDrills } from '../practice.ts';
import { isKnown, quoted, time } from '../said.ts';

export const drillOverdue: Finding = {
  code: 'DRILL_OVERDUE',
  severity: 'warning',
  ofPast: true,
  means:
    'The last drill of a runbook that passed, also of one that people choose by hand, is older than the tier allows. Found with `--history`.',
  why: 'A schedule is an intention: drills are refused by their gates, stopped, or fail. Only one that passed shows that the runbook works, and what it shows gets old.',
  fix: 'Start the drill (`resus drill`), or read in its last report why it did not pass.',
  example: `spec: { drillEvery: 90d }   # of the tier; DRILL_RARE compares it with schedules, this one with what was done`,
  *find({ estate, past }) {
    if (past?.since === undefined) return;
    for (const workload of Object.values(estate.workloads)) {
      const everyMs = declaredAs(estate.tiers, workload.tier)?.drillEveryMs;
      if (!isKnown(everyMs)) continue;
      const demanded = demandedOf(estate, workload).map(({ diagnosis }): string => diagnosis);
      for (const use of allUsesOf(workload)) {
        const { runbook, pointer, what } = use;
        const days = daysOf(estate, workload, use);
        const on = practisedOn(estate, workload, use);
        const all = past.drills.filter((each) => on.has(each.workload) && isOf(each, runbook, days));
        const last = all.findLast(({ verdict }) => verdict === 'passed');
        // DRILL_MISSING and BY_HAND_UNPRACTISED say that there is no game day, DRILL_NEVER_RUN what was never practised although the tier demands it.
        if (last === undefined && (days.length === 0 || demanded.includes(what))) continue;
        const ageMs = past.now - (last?.at ?? past.since);
        if (ageMs <= oldestMs(everyMs)) continue;
        yield {
          at: { kind: 'Workload', name: workload.id, pointer },
          sentence:
            last === undefined
              ? `no drill of ${quoted(workload.id)} by ${quoted(runbook)} passed in ${time(ageMs)} of history, and tier ${workload.tier} wants one every ${time(everyMs)}`
              : `${quoted(runbook)} was last practised with ${quoted(last.workload)} ${time(ageMs)} ago, and tier ${workload.tier} wants that every ${time(everyMs)}`,
          evidence: saidDrills(past, all),
          remedy: days[0] === undefined ? 'declare a game day, and start it' : `\`resus drill ${days[0].id}\``,
        };
      }
    }
  },
};

/** A drill practises what its runs did; where it had none, what its game day is declared to practise. */
const isOf = ({ runbooks, gameday }: DrillDone, runbook: string, days: readonly { readonly id: string }[]): boolean =>
  runbooks.size > 0 ? runbooks.has(runbook) : days.some(({ id }) => id === gameday);
