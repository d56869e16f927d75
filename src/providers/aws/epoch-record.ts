// The record that keeps late changes out. Every batch of ours that changes a record replaces a TXT record beside it,
// `_resus-epoch.NAME`: it deletes the value that it has read and creates its own, in one atomic batch. A batch that was held up
// on its way deletes a value that is gone by then, and Route 53 refuses it whole.
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Instant } from '../../core/values.ts';

/** Who changed the record last: the journal, the epoch in it, the step, and when the batch was made. */
export type Claim = { readonly log: string; readonly epoch: number; readonly token: string; readonly now: Instant };

/** What `_resus-epoch.` adds to a name must still fit into 253 characters. */
export const mostNameLength = 240;
const ttlSeconds = 60;
const form = /^"resus log=(\S+) epoch=(\d{1,15}) step=(\S+) at=(\S+)"$/;
/** A name of a journal or step as it may stand in a record or a header. */
export const plain = (text: string): string => text.replaceAll(/[^\w./:-]/g, '-').slice(0, 80) || '-';

/** One a name, so that changes of different names do not wait for one another. A wildcard shares that of the name below which it stands. */
export const claimNameOf = (name: string): string => `_resus-epoch.${name.replace(/\.$/, '').replace(/^(\*|\\052)\./, '')}`;

/** Undefined when there is none, or none of ours. */
export function claimIn(set: ResourceRecordSet | undefined): Claim | undefined {
  const [, log = '', epoch = '', token = '', at = ''] = form.exec(set?.ResourceRecords?.[0]?.Value ?? '') ?? [];
  const now = Date.parse(at);
  return log === '' || Number.isNaN(now) ? undefined : { log, epoch: Number(epoch), token, now: now as Instant };
}
/** Made by a later leader of the same journal: whoever asks was replaced meanwhile. Epochs of different journals say nothing of each other. */
export const isOvertaken = (mine: Claim, present: Claim | undefined): boolean =>
  present !== undefined && present.log === plain(mine.log) && present.epoch > mine.epoch;
/** Made by the same step, in this epoch or an earlier one. */
export const isOfStep = (mine: Pick<Claim, 'log' | 'token'>, present: Claim | undefined): present is Claim =>
  present !== undefined && present.log === plain(mine.log) && present.token === plain(mine.token);

/** What goes before the changes of a batch. `present` as it was read; the first time there is none. */
export function claiming(name: string, present: ResourceRecordSet | undefined, mine: Claim): readonly Change[] {
  const value = `"resus log=${plain(mine.log)} epoch=${mine.epoch} step=${plain(mine.token)} at=${new Date(mine.now).toISOString()}"`;
  const set: ResourceRecordSet = { Name: claimNameOf(name), Type: 'TXT', TTL: ttlSeconds, ResourceRecords: [{ Value: value }] };
  return [
    ...(present === undefined ? [] : [{ Action: 'DELETE' as const, ResourceRecordSet: present }]),
    { Action: 'CREATE', ResourceRecordSet: set },
  ];
}

/** Whether Route 53 refused a batch because of this record: then another of ours came first, and nothing of the batch was done. */
export function isClaimLost(error: unknown, name: string): boolean {
  if (!(error instanceof Error)) return false;
  const { $metadata, messages } = error as {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly messages?: readonly string[];
  };
  const said = [error.message, ...(Array.isArray(messages) ? messages : [])].join(' ');
  return $metadata?.httpStatusCode === 400 && said.toLowerCase().includes(claimNameOf(name).toLowerCase());
}
