// Practice that comes less often than the tier demands.
import { declaredAs } from '../../core/estate.ts';
import { isKnown, quoted, time } from '../said.ts';
import { longestGapMs } from '../schedule-gap.ts';
import type { Finding } from '../finding.ts';
import { allUsesOf, daysOf, oldestMs } from '../practice.ts';

export const drillRare: Finding = {
  code: 'DRILL_RARE',
  severity: 'warning',
  means: 'A runbook is practised by game days, but less often than the tier demands, also one that people choose by hand.',
  why: 'The tier says how old the last drill may be. A schedule with longer pauses, or none at all, breaks that promise without anybody noticing.',
  fix: 'Give a game day a schedule whose longest pause is shorter than `drillEvery`.',
  example: `schedule: { cron: '0 3 8 * *', zone: America/New_York }   # once a month, of a tier with drillEvery: 90d`,
  *find({ estate }) {
    for (const workload of Object.values(estate.workloads)) {
      const everyMs = declaredAs(estate.tiers, workload.tier)?.drillEveryMs;
      for (const use of allUsesOf(workload)) {
        const { runbook } = use;
        const days = daysOf(estate, workload, use).map((day) => ({
          day,
          gapMs: day.schedule === undefined ? Infinity : (longestGapMs(day.schedule.cron) ?? Infinity),
        }));
        const [best] = [...days].sort((a, b) => a.gapMs - b.gapMs);
        if (
          best === undefined ||
          !isKnown(everyMs) ||
          days.some(({ day }) => day.schedule?.cron.includes('${{') === true) ||
          best.gapMs <= oldestMs(everyMs)
        )
          continue;
        const of = best.day.workload === workload.id ? '' : ` of ${quoted(workload.id)}`;
        yield {
          at: { kind: 'GameDay', name: best.day.id, pointer: '/spec/schedule' },
          sentence:
            best.gapMs === Infinity
              ? `no schedule starts it, and tier ${workload.tier} wants runbook ${quoted(runbook)}${of} practised every ${time(everyMs)}`
              : `it pauses for up to ${time(best.gapMs)}, and tier ${workload.tier} wants runbook ${quoted(runbook)}${of} practised every ${time(everyMs)}`,
          evidence: days.map(({ day }) => `${day.id}: ${day.schedule?.cron ?? 'started by people'}`),
          remedy: 'add or tighten `schedule`',
        };
      }
    }
  },
};
