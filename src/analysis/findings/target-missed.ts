// A promise that was broken the last time it was put to the test.
import { declaredAs } from '../../core/estate.ts';
import { ownLossOf, rtoOf } from '../../core/objective/target.ts';
import type { Finding } from '../finding.ts';
import { isKnown, quoted, time } from '../said.ts';
import { usesOf } from '../practice.ts';

export const targetMissed: Finding = {
  code: 'TARGET_MISSED',
  severity: 'error',
  ofPast: true,
  means: 'The last measured failover by a runbook took longer, or lost more, than the tier allows. Found with `--history`.',
  why: 'A forecast may be wrong; this was measured on the users’ path. Until the same runbook has done better, it is the best that is known.',
  fix: 'Read where the time went (`resus timeline RUN`), shorten that part, and practise again; or promise what can be kept.',
  example: `expect: [run.rtaMs <= run.rtoMs, run.rpaMs <= run.rpoMs]   # of a game day, so that the drill itself says so`,
  *find({ estate, past }) {
    for (const workload of Object.values(estate.workloads)) {
      const tier = declaredAs(estate.tiers, workload.tier);
      for (const { runbook, pointer } of usesOf(workload)) {
        const ran = past?.runs.filter((run) => run.workload === workload.id && run.runbook === runbook && run.mode === 'failover') ?? [];
        const newest = ran.at(-1);
        if (tier === undefined || past === undefined || newest === undefined) continue;
        // What went well after one loss says nothing of another with a target of its own.
        const lasts = [...new Map(ran.map((run) => [ownLossOf(tier, run.treats), run])).values()];
        for (const { name, last, measured, promised, took } of [
          ...lasts.map((last) => {
            const loss = ownLossOf(tier, last.treats);
            const name = loss === undefined ? 'RTO' : `RTO of a lost ${loss}`;
            return { name, last, measured: last.rtaMs, promised: rtoOf(tier, last.treats), took: 'took' };
          }),
          { name: 'RPO', last: newest, measured: newest.rpaMs, promised: tier.rpoMs, took: 'may have lost' },
        ])
          if (isKnown(measured) && isKnown(promised) && measured > promised)
            yield {
              at: { kind: 'Workload', name: workload.id, pointer },
              sentence: `the last failover by ${quoted(runbook)} ${took} ${time(measured)}, and the ${name} is ${time(promised)}`,
              evidence: [`run ${last.run}, ${time(past.now - last.at)} ago`, `floor ${past.floor ?? 'unknown'}`],
              remedy: `\`resus timeline ${last.run}\` shows where; practise again when it is mended`,
            };
      }
    }
  },
};
