// Route 53 record sets, as the actions that change them share it: how one is found, and when a change counts as done everywhere.
import type { Change, ListResourceRecordSetsResponse, ResourceRecordSet, Route53, RRType } from '@aws-sdk/client-route-53';
import type { Observed, Outcome } from '../../core/outcome.ts';
import type { Instant } from '../../core/values.ts';
import { claimIn, claimNameOf, claiming, isClaimLost, isOfStep, isOvertaken, type Claim } from './epoch-record.ts';
import { first, type SendOptions } from './send.ts';
import type { AwsTools, Clients } from './tools.ts';

export const routedTypes = ['A', 'AAAA', 'CNAME', 'TXT', 'MX', 'SRV', 'NS', 'PTR', 'CAA'] as const;
/** Route 53 allows an account five requests a second: four leave room for somebody else. */
export const LOOK_AGAIN_MS = 250;
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

/** What a change is about, from the call of the action. */
export type ChangeOf = Claim & { readonly hostedZone: string; readonly name: string };
const failed = (code: string, message: string, retriable: boolean): Outcome<never> => ({ kind: 'failed', code, message, retriable });

/**
 * One atomic batch that sets what `wanted` makes of the record sets that are there. Sent once: it also replaces the epoch record, so a
 * second execution would be refused. `wanted` may refuse instead.
 */
export async function change(
  clients: Clients<Route53>,
  tools: AwsTools,
  call: ChangeOf,
  wanted: () => Promise<readonly ResourceRecordSet[] | Outcome<never>>,
  options: SendOptions,
): Promise<Outcome<{ changeId: string }>> {
  // Read before everything else: whatever changes from here on makes the batch fail.
  const claim = await first(claimSet(clients.read, call, options));
  const present = claimIn(claim);
  if (isOvertaken(call, present))
    return failed(
      'STALE_EPOCH',
      `${call.name} was changed by the leader of epoch ${present?.epoch ?? 0}, this one is of epoch ${call.epoch}; stop this controller. Where its journal was put back to an older state, delete the TXT record ${claimNameOf(call.name)} first`,
      false,
    );
  const sets = await wanted();
  if ('kind' in sets) return sets;
  const Changes: Change[] = [
    ...claiming(call.name, claim, call),
    ...sets.map((set) => ({ Action: 'UPSERT' as const, ResourceRecordSet: set })),
  ];
  try {
    const answer = await clients.once.changeResourceRecordSets({ HostedZoneId: call.hostedZone, ChangeBatch: { Changes } }, options);
    const changeId = answer.ChangeInfo?.Id?.replace(/^\/change\//, '');
    if (changeId !== undefined) tools.memory.set(`change ${call.token}`, changeId);
    if (changeId !== undefined && answer.ChangeInfo?.Status === 'INSYNC') return { kind: 'succeeded', data: { changeId } };
    return { kind: 'accepted', checkAt: (call.now + LOOK_AGAIN_MS) as Instant };
  } catch (error) {
    if (!isClaimLost(error, call.name)) throw error;
    return failed('CHANGED_MEANWHILE', `${call.name} was changed by another batch of Resus first; nothing of this one was done`, true);
  }
}

const claimSet = async (
  route53: Route53,
  { hostedZone, name }: Pick<ChangeOf, 'hostedZone' | 'name'>,
  options: SendOptions,
): Promise<ResourceRecordSet | undefined> => (await recordSets(route53, { hostedZone, name: claimNameOf(name), type: 'TXT' }, options))[0];

/**
 * Whether a change that the hosted zone already shows has reached the name servers. Its id is only known to the process that sent
 * it. Another one reads in the epoch record when it was sent, else takes the first look for it, and counts the time that Route 53 needs.
 */
export async function published(
  route53: Route53,
  tools: AwsTools,
  call: Omit<ChangeOf, 'epoch'>,
  options: SendOptions,
): Promise<Observed<{ changeId: string }>> {
  const changeId = tools.memory.get(`change ${call.token}`);
  const again = { kind: 'underway', checkAt: (call.now + LOOK_AGAIN_MS) as Instant } as const;
  if (typeof changeId === 'string') {
    const status = (await route53.getChange({ Id: changeId }, options)).ChangeInfo?.Status;
    return status === 'INSYNC' ? { kind: 'holds', data: { changeId } } : again;
  }
  const sentAt = await sentBefore(route53, tools, call, options);
  const publishedAt = (sentAt + tools.route53SyncMs) as Instant;
  return call.now >= publishedAt ? { kind: 'holds', data: { changeId: 'not known' } } : { kind: 'underway', checkAt: publishedAt };
}

async function sentBefore(route53: Route53, tools: AwsTools, call: Omit<ChangeOf, 'epoch'>, options: SendOptions): Promise<number> {
  const key = `seen ${call.token}`;
  const known = tools.memory.get(key);
  if (typeof known === 'number') return known;
  const present = claimIn(await claimSet(route53, call, options));
  const sentAt = isOfStep(call, present) ? Math.min(present.now, call.now) : call.now;
  tools.memory.set(key, sentAt);
  return sentAt;
}
