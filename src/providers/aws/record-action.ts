// What the actions that change Route 53 records declare alike: which record set, what they give, how long it takes, and what they may call.
// They need the control plane in us-east-1.
import { Type } from 'typebox';
import { identifier } from '../schema.ts';
import { mostNameLength } from './epoch-record.ts';
import { routedTypes } from './record-set.ts';
import { route53ControlPlane } from './tools.ts';

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
  iam: ({ hostedZone }: { readonly hostedZone: string }) => [
    {
      actions: ['route53:ChangeResourceRecordSets', 'route53:ListResourceRecordSets'],
      resources: [`arn:aws:route53:::hostedzone/${hostedZone}`],
    },
    { actions: ['route53:GetChange'], resources: ['arn:aws:route53:::change/*'] },
  ],
} as const;
