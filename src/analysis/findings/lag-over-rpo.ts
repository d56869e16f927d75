// A copy that is usually too far behind for what is promised.
import { targetId } from '../../core/detection/targets.ts';
import { declaredAs, type Replication } from '../../core/estate.ts';
import type { Finding } from '../finding.ts';
import type { Recorded } from '../past-facts.ts';
import { isKnown, quoted, time } from '../said.ts';

/** Fewer looks than this are anecdotes. */
const least = 8;

export const lagOverRpo: Finding = {
  code: 'LAG_OVER_RPO',
  severity: 'error',
  ofPast: true,
  means: 'A replica was recorded further behind than the RPO in one of twenty looks or more. Found with `--history` of a recording.',
  why: 'What the copy does not have yet is lost with the writer. A loss chooses its moment badly: it comes with load, and load is when the copy is behind.',
  fix: 'Give the replica and the way to it more room, write heartbeats more often, or promise what the copy keeps.',
  example: `# resus.yaml: keeps what probes measure, for lint and backtest
recording: { mostMiB: 256 }`,
  *find({ estate, past }) {
    for (const workload of Object.values(estate.workloads)) {
      const rpoMs = declaredAs(estate.tiers, workload.tier)?.rpoMs;
      if (!isKnown(rpoMs)) continue;
      for (const [index, link] of workload.replication.entries()) {
        const samples = past?.recorded.get(targetId(workload.id, link.to, link.lagProbe)) ?? [];
        const lags = samples.flatMap((each) => lagOf(link, each) ?? []).sort((a, b) => a - b);
        const [usual, slow, most] = [0.5, 0.95, 1].map((part) => lags[Math.ceil(lags.length * part) - 1] ?? 0);
        if (lags.length < least || slow === undefined || slow <= rpoMs) continue;
        yield {
          at: { kind: 'Workload', name: workload.id, pointer: `/spec/replication/${index}` },
          sentence: `${quoted(link.to)} was ${time(slow)} behind ${quoted(link.from)} or more in one of twenty looks, and the RPO is ${time(rpoMs)}`,
          evidence: [
            `${lags.length} looks, usually ${time(usual ?? 0)}, at most ${time(most ?? 0)}`,
            ...(link.measuredBy === 'reported' ? [] : [`a heartbeat every ${time(link.heartbeatMs)} is a part of it`]),
          ],
          remedy: 'speed the copy up, or promise what it keeps',
        };
      }
    }
  },
};

/** In milliseconds; the age of the newest heartbeat, or what the replica says of itself. */
function lagOf({ measuredBy }: Replication, { at, measured }: Recorded): number | undefined {
  const lag = measuredBy === 'reported' ? measured['lagMs'] : ageAt(at, measured['heartbeatAt']);
  return typeof lag === 'number' && lag >= 0 ? lag : undefined;
}
const ageAt = (at: number, beat: number | string | undefined): number | undefined => (typeof beat === 'number' ? at - beat : undefined);
