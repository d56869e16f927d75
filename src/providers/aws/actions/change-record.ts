// Sets one Route 53 record to absolute values, fenced by its epoch record, and waits until the name servers have it. It needs Route 53's
// control plane in us-east-1: a runbook for the loss of that region uses `aws.route53.standby-takes-over` instead.
import { Type } from 'typebox';
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { recordAction, recordInput } from '../record-action.ts';
import { change, published, recordSets, type routedTypes } from '../record-set.ts';
import { first, looking, sending } from '../send.ts';
import { ROUTE53_REGION, awsAction } from '../tools.ts';

type Wanted = {
  readonly name: string;
  readonly type: (typeof routedTypes)[number];
  readonly ttl: number;
  readonly values: readonly string[];
  readonly setIdentifier?: string;
  readonly failover?: 'PRIMARY' | 'SECONDARY';
};

export const changeRecord = awsAction({
  name: 'aws.route53.change-record',
  summary: 'Sets a Route 53 record to given values and waits until all name servers have it.',
  with: Type.Object(
    {
      ...recordInput,
      ttl: Type.Integer({ minimum: 0, maximum: 2_147_483_647, description: 'Seconds.' }),
      values: Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 400 }),
      setIdentifier: Type.Optional(
        Type.String({ minLength: 1, maxLength: 128, description: 'Which of several record sets of that name.' }),
      ),
      failover: Type.Optional(Type.Enum(['PRIMARY', 'SECONDARY'], { description: 'For a failover pair; goes with setIdentifier.' })),
    },
    { additionalProperties: false, dependentRequired: { failover: ['setIdentifier'], setIdentifier: ['failover'] } },
  ),
  ...recordAction,
  describe: (input) =>
    `Set ${input.name} ${input.type}${input.setIdentifier === undefined ? '' : ` (${input.setIdentifier})`} to ${input.values.join(', ')} for ${input.ttl} s in zone ${input.hostedZone}.`,
  observe: ({ with: input, tools, token, log = '', now, signal }) =>
    looking({ operation: 'ListResourceRecordSets', region: ROUTE53_REGION }, signal, async (options) => {
      const { read } = await tools.route53();
      const present = (await recordSets(read, input, options)).find((set) => set.SetIdentifier === input.setIdentifier);
      if (present === undefined) return { kind: 'absent', because: `there is no ${input.name} ${input.type}` };
      if (!isAsWanted(present, input)) return { kind: 'absent', because: `${input.name} ${input.type} is ${shownSet(present)}` };
      return await published(read, tools, { hostedZone: input.hostedZone, name: input.name, token, log, now }, options);
    }),
  apply: ({ with: input, tools, token, epoch, log = '', now, signal }) =>
    sending({ operation: 'ChangeResourceRecordSets', region: ROUTE53_REGION }, signal, async (options) => {
      const clients = await tools.route53();
      const wanted = async (): Promise<readonly ResourceRecordSet[]> => {
        // An upsert replaces the whole set: a health check that hangs on it must be sent along.
        const present = (await first(recordSets(clients.read, input, options))).find((set) => set.SetIdentifier === input.setIdentifier);
        return [
          {
            Name: input.name,
            Type: input.type,
            TTL: input.ttl,
            ResourceRecords: input.values.map((Value) => ({ Value })),
            ...(input.setIdentifier === undefined ? {} : { SetIdentifier: input.setIdentifier }),
            ...(input.failover === undefined ? {} : { Failover: input.failover }),
            ...(present?.HealthCheckId === undefined ? {} : { HealthCheckId: present.HealthCheckId }),
          },
        ];
      };
      const { hostedZone, name } = input;
      return await change(clients, tools, { hostedZone, name, token, epoch, log, now }, wanted, options);
    }),
});

function isAsWanted(set: ResourceRecordSet, wanted: Wanted): boolean {
  const values = (set.ResourceRecords ?? []).map((record) => record.Value ?? '');
  return (
    set.TTL === wanted.ttl &&
    set.Failover === wanted.failover &&
    values.length === wanted.values.length &&
    [...values].sort().join('\n') === [...wanted.values].sort().join('\n')
  );
}
const shownSet = (set: ResourceRecordSet): string =>
  set.AliasTarget === undefined
    ? `${(set.ResourceRecords ?? []).map((record) => record.Value).join(', ')} for ${set.TTL ?? 0} s`
    : `an alias of ${set.AliasTarget.DNSName ?? 'nothing'}`;
