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

/**
 * The fencing of the role change to `target` that was asked for at `since` (ms since the epoch), from events in any order: the newest
 * outcome for another cluster. An older event belongs to an older change, and would be a proof of nothing.
 */
export function fencingIn(events: readonly Event[], target: string, since: number): Fencing {
  const name = target.slice(target.lastIndexOf(':') + 1);
  const at = (event: Event): number => event.Date?.getTime() ?? 0;
  for (const event of [...events].sort((a, b) => at(b) - at(a))) {
    if (at(event) < since - CLOCK_ERROR_MS) break;
    const outcome = outcomeText.exec(event.Message ?? '');
    if (outcome === null || outcome[1] === name) continue;
    return {
      fencing: outcome[2]?.toLowerCase() === 'succeeded' ? 'storage-fenced' : 'provider-asserted',
      fencingEvent: event.Message ?? '',
    };
  }
  return { fencing: 'provider-asserted', fencingEvent: 'none seen' };
}

/**
 * RDS records the event in the old primary's region when it can reach it, else in the new one's: both are asked. Without `since` (this
 * process did not send the request) no event can be told from one of an earlier change, so nothing is proven.
 */
export async function fencingOf(
  target: { readonly arn: string; readonly since: number | undefined },
  here: RDS,
  others: readonly RDS[],
  options: SendOptions,
): Promise<Fencing> {
  const { since } = target;
  if (since === undefined) return { fencing: 'provider-asserted', fencingEvent: 'not looked for: asked for by another process' };
  const elsewhere = Promise.all(
    others.map((rds) => within(options.abortSignal, OTHER_REGION_DEADLINE_MS, (inner) => eventsOf(rds, inner)).catch(() => [])),
  );
  const events = await eventsOf(here, options).catch(() => []);
  const found = fencingIn(events, target.arn, since);
  if (found.fencingEvent !== 'none seen') return found;
  return fencingIn([...events, ...(await elsewhere).flat()], target.arn, since);
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
