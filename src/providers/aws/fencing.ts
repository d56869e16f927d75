// What RDS says of its own write fencing. Aurora tries to block the writes of the old primary and reports by an event whether that
// succeeded or timed out (RDS-EVENT-0390 and -0391; DescribeEvents shows texts, not numbers). Only the first is a proof.
import type { Event, RDS } from '@aws-sdk/client-rds';
import { within, type SendOptions } from './send.ts';

export type Fencing = { readonly fencing: 'storage-fenced' | 'provider-asserted'; readonly fencingEvent: string };

const WINDOW_MINUTES = 60;
const MAX_PAGES = 5;
/** The event of a region that may be lost is not worth more waiting than this. */
const OTHER_REGION_DEADLINE_MS = 800;
/** Clocks of AWS and of this process may differ by this much. */
const CLOCK_ERROR_MS = 10_000;

const outcomeText = /attempt to block writes for db cluster (\S+).*\b(succeeded|timed out|failed)\b/i;
const completionText = /^(?:new primary|global (?:database )?(?:failover|switchover) to) db cluster (\S+).*\b(?:completed|finished)\b/i;

/**
 * The fencing of the latest role change to `target`, from events in any order. Events from before the latest change to another
 * cluster, or from before `since`, belong to an older story.
 */
export function fencingIn(events: readonly Event[], target: string, since: number | undefined): Fencing {
  const name = target.slice(target.lastIndexOf(':') + 1);
  const newestFirst = [...events].sort((a, b) => (b.Date?.getTime() ?? 0) - (a.Date?.getTime() ?? 0));
  for (const event of newestFirst) {
    const text = event.Message ?? '';
    if (since !== undefined && (event.Date?.getTime() ?? 0) < since - CLOCK_ERROR_MS) break;
    const completed = completionText.exec(text)?.[1];
    if (completed !== undefined && completed !== name) break;
    const outcome = outcomeText.exec(text);
    if (outcome === null || outcome[1] === name) continue;
    return { fencing: outcome[2]?.toLowerCase() === 'succeeded' ? 'storage-fenced' : 'provider-asserted', fencingEvent: text };
  }
  return { fencing: 'provider-asserted', fencingEvent: 'none seen' };
}

/** RDS records the event in the old primary's region when it can reach it, else in the new one's: both are asked. */
export async function fencingOf(
  target: { readonly arn: string; readonly since: number | undefined },
  here: RDS,
  others: readonly RDS[],
  options: SendOptions,
): Promise<Fencing> {
  const elsewhere = others.map((rds) =>
    within(options.abortSignal, OTHER_REGION_DEADLINE_MS, (inner) => eventsOf(rds, inner)).catch(() => []),
  );
  const events = await eventsOf(here, options);
  const found = fencingIn(events, target.arn, target.since);
  if (found.fencing === 'storage-fenced') return found;
  const all = [...events, ...(await Promise.all(elsewhere)).flat()];
  return fencingIn(all, target.arn, target.since);
}

async function eventsOf(rds: RDS, options: SendOptions): Promise<readonly Event[]> {
  const events: Event[] = [];
  let marker: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer = await rds.describeEvents(
      { Duration: WINDOW_MINUTES, MaxRecords: 100, ...(marker === undefined ? {} : { Marker: marker }) },
      options,
    );
    events.push(...(answer.Events ?? []));
    marker = answer.Marker;
    if (marker === undefined) break;
  }
  return events;
}
