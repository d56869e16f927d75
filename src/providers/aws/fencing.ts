// What RDS says of its own write fencing. Aurora tries to block the writes of the old primary and reports by an event whether that
// succeeded or timed out (RDS-EVENT-0390 and -0391; DescribeEvents shows texts, not numbers). Only the first is a proof.
import type { Event, RDS } from '@aws-sdk/client-rds';
import { within, type SendOptions } from './send.ts';
import type { Memory } from './tools.ts';

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

export type OtherRegion = { readonly region: string; readonly rds: RDS };
const noticed = (token: string, region: string): string => `events of ${region} for ${token}`;

/**
 * While the change is under way: finds out which of the other regions answer at all, once for a token, so that nobody waits for a lost one
 * when the change holds and users are waiting. Does not wait itself.
 */
export function noticeSilence(token: string, others: readonly OtherRegion[], memory: Memory, options: SendOptions): void {
  for (const { region, rds } of others) {
    const key = noticed(token, region);
    if (memory.get(key) !== undefined) continue;
    memory.set(key, 'asked');
    within(options.abortSignal, OTHER_REGION_DEADLINE_MS, (inner) => rds.describeEvents({ Duration: 1, MaxRecords: 20 }, inner)).then(
      () => memory.set(key, 'answers'),
      () => memory.set(key, 'silent'),
    );
  }
}

/**
 * RDS records the event in the old primary's region when it can reach it, else in the new one's: both are asked, but for those that
 * `noticeSilence` found silent. Without `since` (this process did not send the request) no event can be told from one of an earlier change,
 * so nothing is proven.
 */
export async function fencingOf(
  change: { readonly token: string; readonly target: string; readonly since: number | undefined },
  here: RDS,
  others: readonly OtherRegion[],
  memory: Memory,
  options: SendOptions,
): Promise<Fencing> {
  const { token, target, since } = change;
  if (since === undefined) return { fencing: 'provider-asserted', fencingEvent: 'not looked for: asked for by another process' };
  const elsewhere = Promise.all(
    others
      .filter(({ region }) => memory.get(noticed(token, region)) !== 'silent')
      .map(({ rds }) => within(options.abortSignal, OTHER_REGION_DEADLINE_MS, (inner) => eventsOf(rds, inner)).catch(() => [])),
  );
  const events = await eventsOf(here, options).catch(() => []);
  const found = fencingIn(events, target, since);
  if (found.fencingEvent !== 'none seen') return found;
  return fencingIn([...events, ...(await elsewhere).flat()], target, since);
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
