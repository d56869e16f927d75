// Sets the weights of weighted record sets, all in one atomic batch, fenced by the name's epoch record. Weights are absolute. It
// needs Route 53's control plane in us-east-1.
import { Type } from 'typebox';
import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Outcome } from '../../../core/outcome.ts';
import { recordAction, recordInput } from '../record-action.ts';
import { change, published, recordSets } from '../record-set.ts';
import { first, looking, sending } from '../send.ts';
import { ROUTE53_REGION, awsAction } from '../tools.ts';

type Weights = Readonly<Record<string, number>>;

export const shiftWeight = awsAction({
  name: 'aws.route53.shift-weight',
  summary: 'Sets the weights of weighted Route 53 records and waits until all name servers have them.',
  with: Type.Object(
    {
      ...recordInput,
      weights: Type.Record(Type.String({ minLength: 1, maxLength: 128 }), Type.Integer({ minimum: 0, maximum: 255 }), {
        minProperties: 1,
        description: 'Weight per set identifier. Sets that are not named keep theirs.',
      }),
    },
    { additionalProperties: false },
  ),
  ...recordAction,
  describe: (input) =>
    `Give ${input.name} ${input.type} in zone ${input.hostedZone} the weights ${Object.entries(input.weights)
      .map(([set, weight]) => `${set} ${weight}`)
      .join(', ')}.`,
  observe: ({ with: input, tools, token, log = '', now, signal }) =>
    looking({ operation: 'ListResourceRecordSets', region: ROUTE53_REGION }, signal, async (options) => {
      const { read } = await tools.route53();
      const compared = compare(await recordSets(read, input, options), input.weights);
      if (compared.missing.length > 0) return { kind: 'absent', because: `${input.name} has no set ${compared.missing.join(', ')}` };
      if (compared.differ.length > 0) {
        return {
          kind: 'absent',
          because: `${input.name} has ${compared.differ.map((set) => `${set.SetIdentifier ?? ''} ${set.Weight ?? 'no weight'}`).join(', ')}`,
        };
      }
      return await published(read, tools, { hostedZone: input.hostedZone, name: input.name, token, log, now }, options);
    }),
  apply: ({ with: input, tools, token, epoch, log = '', now, signal }) =>
    sending({ operation: 'ChangeResourceRecordSets', region: ROUTE53_REGION }, signal, async (options) => {
      const clients = await tools.route53();
      const wanted = async (): Promise<readonly ResourceRecordSet[] | Outcome<never>> => {
        const present = await first(recordSets(clients.read, input, options));
        const { missing } = compare(present, input.weights);
        if (missing.length > 0) {
          return {
            kind: 'failed',
            code: 'RECORD_SET_MISSING',
            message: `${input.name} ${input.type} has no set ${missing.join(', ')}; correct weights`,
            retriable: false,
          };
        }
        return present
          .filter((set) => set.SetIdentifier !== undefined && Object.hasOwn(input.weights, set.SetIdentifier))
          .map((set) => ({ ...set, Weight: input.weights[set.SetIdentifier ?? ''] }));
      };
      const { hostedZone, name } = input;
      return await change(clients, tools, { hostedZone, name, token, epoch, log, now }, wanted, options);
    }),
});

function compare(
  present: readonly ResourceRecordSet[],
  weights: Weights,
): { readonly missing: readonly string[]; readonly differ: readonly ResourceRecordSet[] } {
  const byName = new Map(present.map((set) => [set.SetIdentifier, set]));
  const missing = Object.keys(weights).filter((name) => byName.get(name)?.Weight === undefined);
  const differ = present.filter((set) => {
    const wanted = Object.hasOwn(weights, set.SetIdentifier ?? '') ? weights[set.SetIdentifier ?? ''] : undefined;
    return wanted !== undefined && set.Weight !== wanted;
  });
  return { missing, differ };
}
