// What a backtest comes to: which alarms users felt and how soon they came, which nobody felt, and which impact raised none. An alarm in
// whose time no canary of its workloads ran is counted apart: it can be called neither right nor false.
import type { Instant, WorkloadId } from '../core/values.ts';

export type Alarm = {
  readonly incident: string;
  readonly diagnosis: string;
  readonly site: string;
  readonly workloads: readonly WorkloadId[];
  readonly openedAt: Instant;
  closedAt: Instant | undefined;
};
export type Impact = {
  readonly workload: WorkloadId;
  readonly population: string;
  readonly onsetAt: Instant;
  endedAt: Instant | undefined;
};
export type Figures = {
  readonly incidents: number;
  /** Users were without service while it was open, or less than a minute before: what was really done then may have helped them already. */
  readonly felt: number;
  /** Nobody was: a false alarm, or something that only stood by was lost. */
  readonly unfelt: number;
  /** No canary ran meanwhile. */
  readonly unwatched: number;
  /** From the last good canary to the incident, over those that were felt; in milliseconds. Never negative: absent without one. */
  readonly detectMs?: { readonly p50: number; readonly most: number };
  /** Outages on the users' path. */
  readonly impacts: number;
  /** Those without an incident: what no probe sees, or what the thresholds swallow. */
  readonly unseen: number;
};
type Seen = {
  readonly alarms: readonly Alarm[];
  readonly impacts: readonly Impact[];
  /** When canaries of a workload came in. */
  readonly canaries: ReadonlyMap<string, readonly Instant[]>;
  readonly endAt: Instant;
};
/** With other thresholds an incident may open when the run of that day had restored the users; and canaries come in now and then. */
const slackMs = 60_000;

export function figuresOf({ alarms, impacts, canaries, endAt }: Seen): Figures {
  const explained = new Set<Impact>();
  const detectMs: number[] = [];
  let [felt, unfelt, unwatched] = [0, 0, 0];
  for (const alarm of alarms) {
    const [from, to] = [alarm.openedAt, alarm.closedAt ?? endAt];
    const hit = impacts.filter(
      (each) => alarm.workloads.includes(each.workload) && each.onsetAt <= to && (each.endedAt ?? endAt) >= from - slackMs,
    );
    for (const each of hit) explained.add(each);
    const isWatched = alarm.workloads.some((id) => canaries.get(id)?.some((at) => at >= from - slackMs && at <= to + slackMs) === true);
    if (hit.length > 0) {
      felt += 1;
      detectMs.push(Math.max(0, from - Math.min(...hit.map((each) => each.onsetAt))));
    } else if (isWatched) unfelt += 1;
    else unwatched += 1;
  }
  const sorted = detectMs.sort((a, b) => a - b);
  const p50 = sorted[Math.floor((sorted.length - 1) / 2)];
  const most = sorted.at(-1);
  return {
    incidents: alarms.length,
    felt,
    unfelt,
    unwatched,
    ...(p50 === undefined || most === undefined ? {} : { detectMs: { p50, most } }),
    impacts: impacts.length,
    unseen: impacts.filter((each) => !explained.has(each)).length,
  };
}
