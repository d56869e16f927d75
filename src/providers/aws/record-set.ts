// Route 53 record sets, as the actions that change them share it: how one is found, and when a change counts as done everywhere.
import type { Change, ListResourceRecordSetsResponse, ResourceRecordSet, Route53, RRType } from '@aws-sdk/client-route-53';
import type { Observed, Outcome } from '../../core/outcome.ts';
import type { Instant } from '../../core/values.ts';
import type { SendOptions } from './send.ts';
import type { AwsTools, Clients } from './tools.ts';

export const routedTypes = ['A', 'AAAA', 'CNAME', 'TXT', 'MX', 'SRV', 'NS', 'PTR', 'CAA'] as const;
/** Route 53 allows an account five requests a second: four leave room for somebody else. */
export const LOOK_AGAIN_MS = 250;
/** Route 53 says that a change reaches every name server within 60 s under normal conditions. */
const SYNC_BOUND_MS = 60_000;
const MAX_PAGES = 20;

/** All record sets of that name and type; several when they are weighted or failover sets. */
export async function recordSets(
  route53: Route53,
  input: { readonly hostedZone: string; readonly name: string; readonly type: string },
  options: SendOptions,
): Promise<readonly ResourceRecordSet[]> {
  const found: ResourceRecordSet[] = [];
  let from: { StartRecordName: string; StartRecordType: RRType; StartRecordIdentifier?: string } | undefined = {
    StartRecordName: input.name,
    StartRecordType: input.type as RRType,
  };
  for (let page = 0; from !== undefined && page < MAX_PAGES; page += 1) {
    const answer: ListResourceRecordSetsResponse = await route53.listResourceRecordSets(
      { HostedZoneId: input.hostedZone, ...from },
      options,
    );
    const sets = answer.ResourceRecordSets ?? [];
    const same = sets.filter((set) => sameName(set.Name, input.name) && set.Type === input.type);
    found.push(...same);
    const more: boolean =
      answer.IsTruncated === true && sameName(answer.NextRecordName, input.name) && answer.NextRecordType === input.type;
    from = more
      ? {
          StartRecordName: input.name,
          StartRecordType: input.type as RRType,
          ...(answer.NextRecordIdentifier === undefined ? {} : { StartRecordIdentifier: answer.NextRecordIdentifier }),
        }
      : undefined;
  }
  return found;
}

/** Names compare without case, without the final dot, and with Route 53's `\\052` for `*`. */
export const sameName = (a: string | undefined, b: string): boolean => a !== undefined && plain(a) === plain(b);
const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '').replaceAll('\\052', '*');

/** One atomic batch, sent through the client that may repeat it: every change in it must be an absolute upsert. */
export async function upsert(
  clients: Clients<Route53>,
  tools: AwsTools,
  call: { readonly hostedZone: string; readonly token: string; readonly now: Instant; readonly sets: readonly ResourceRecordSet[] },
  options: SendOptions,
): Promise<Outcome<{ changeId: string }>> {
  const Changes: Change[] = call.sets.map((set) => ({ Action: 'UPSERT', ResourceRecordSet: set }));
  const answer = await clients.repeatable.changeResourceRecordSets({ HostedZoneId: call.hostedZone, ChangeBatch: { Changes } }, options);
  const changeId = answer.ChangeInfo?.Id?.replace(/^\/change\//, '');
  if (changeId !== undefined) tools.memory.set(`change ${call.token}`, changeId);
  if (changeId !== undefined && answer.ChangeInfo?.Status === 'INSYNC') return { kind: 'succeeded', data: { changeId } };
  return { kind: 'accepted', checkAt: (call.now + LOOK_AGAIN_MS) as Instant };
}

/**
 * Whether a change that the hosted zone already shows has reached the name servers. Its id is only known to the process that sent
 * it; after a restart, a record set that has been as wanted for 60 s counts as published.
 */
export async function published(
  route53: Route53,
  tools: AwsTools,
  call: { readonly token: string; readonly now: Instant },
  options: SendOptions,
): Promise<Observed<{ changeId: string }>> {
  const changeId = tools.memory.get(`change ${call.token}`);
  const again = { kind: 'underway', checkAt: (call.now + LOOK_AGAIN_MS) as Instant } as const;
  if (typeof changeId === 'string') {
    const status = (await route53.getChange({ Id: changeId }, options)).ChangeInfo?.Status;
    return status === 'INSYNC' ? { kind: 'holds', data: { changeId } } : again;
  }
  const seenAt = tools.memory.get(`seen ${call.token}`);
  if (typeof seenAt !== 'number') {
    tools.memory.set(`seen ${call.token}`, call.now);
    return { kind: 'underway', checkAt: (call.now + SYNC_BOUND_MS) as Instant };
  }
  if (call.now - seenAt >= SYNC_BOUND_MS) return { kind: 'holds', data: { changeId: 'not known' } };
  return { kind: 'underway', checkAt: (seenAt + SYNC_BOUND_MS) as Instant };
}
