// What the actions that change Route 53 records declare alike: which record set, what they give, how long it takes, and what they may call.
// They need the control plane in us-east-1.
import { Type } from 'typebox';
import { identifier } from '../schema.ts';
import { claimNameOf, mostNameLength } from './epoch-record.ts';
import { routedTypes } from './record-set.ts';
import { ROUTE53_REGION, route53ControlPlane } from './tools.ts';

export const recordInput = {
  hostedZone: identifier('Hosted zone id.'),
  name: Type.String({ minLength: 1, maxLength: mostNameLength, description: 'Record name.' }),
  type: Type.Enum([...routedTypes], { description: 'Record type.' }),
};

export const recordAction = {
  gives: Type.Object(
    { changeId: Type.String({ description: 'Id of the change, or `not known` after a restart.' }) },
    { additionalProperties: false },
  ),
  effect: 'routes',
  settleMs: 1_000,
  priorMs: { p50: 20_000, p95: 60_000 },
  needs: () => [route53ControlPlane],
  changes: ({ hostedZone, name, type }: { readonly hostedZone: string; readonly name: string; readonly type: string }) => [
    `record ${name} ${type} in zone ${hostedZone}`,
  ],
  proof: () => `Route 53 lists it so and says that every name server has it`,
  iam: ({ hostedZone, name }: { readonly hostedZone: string; readonly name: string }) => {
    const resources = [`arn:aws:route53:::hostedzone/${hostedZone}`];
    const names = [name, claimNameOf(name)].map(normalized).sort();
    return [
      {
        actions: ['route53:ChangeResourceRecordSets'],
        resources,
        region: ROUTE53_REGION,
        // Only these names of the zone: the record, and the one that says which leader changed it last.
        conditions: { 'ForAllValues:StringEquals': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': names } },
      },
      { actions: ['route53:ListResourceRecordSets'], resources, region: ROUTE53_REGION },
      { actions: ['route53:GetChange'], resources: ['arn:aws:route53:::change/*'], region: ROUTE53_REGION },
    ];
  },
} as const;

/** As IAM compares record names: in lower case, without the dot at the end, and all but letters, digits, `_`, `-` and `.` as `\ooo`. */
const normalized = (name: string): string =>
  name
    .toLowerCase()
    .replace(/\.$/, '')
    .replaceAll(/\\[0-7]{3}|[^a-z0-9_.-]/g, (found) =>
      found.length > 1 ? found : `\\${found.charCodeAt(0).toString(8).padStart(3, '0')}`,
    );
