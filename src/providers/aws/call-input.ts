// What a step with `aws.call` writes: the call, how it is seen that its goal holds, what it needs of IAM and of which control planes, and
// what it changes. Nothing of that can be known of an operation that nobody here has read about, so the step says it.
import { Type, type Static } from 'typebox';
import type { Json } from '../../core/values.ts';
import { region } from '../schema.ts';
import { servicePattern } from './any-client.ts';

const closed = { additionalProperties: false } as const;
const operation = (description: string) => Type.String({ pattern: '^[A-Z][A-Za-z0-9]{1,127}$', description });
/** Names under which AWS takes secrets: a step's input stands in the journal for ever. */
const secretName = '^(?:.*[Pp]assword|[Ss]ecret(?:String|Binary|Key|AccessKey)?|[Pp]rivateKey|[Aa]uthToken|[Kk]eyMaterial)$';
const Input = (description: string) =>
  Type.Unsafe<Readonly<Record<string, Json>>>({
    type: 'object',
    default: {},
    maxProperties: 200,
    propertyNames: { not: { pattern: secretName } },
    description: `${description} An instant is {$time: 2026-11-22T03:00:00Z}. No secrets.`,
  });
/** `declare` checks that it parses; names and types are known only when AWS has answered. */
const Condition = (description: string) =>
  Type.String({ minLength: 1, maxLength: 4_096, contentMediaType: 'application/cel', description });

export const callInput = Type.Object(
  {
    does: Type.String({
      minLength: 8,
      maxLength: 400,
      pattern: '^[A-Z]',
      description: 'What it does, as one sentence that an operator reads.',
    }),
    service: Type.String({ pattern: servicePattern, maxLength: 60, description: 'As its package is called: @aws-sdk/client-SERVICE.' }),
    region: region('Where AWS is asked.'),
    operation: operation('As AWS writes it, e.g. UpdateService.'),
    input: Input('What the operation takes.'),
    clientToken: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z][A-Za-z0-9]{0,63}$',
        description: 'The key of the input in which the operation takes a client token; each attempt of the step sends the same.',
      }),
    ),
    observe: Type.Object(
      {
        operation: operation('A read: it is asked again and again, and must change nothing.'),
        input: Input('What the read takes.'),
        holds: Condition('CEL over `answer`: the goal holds.'),
        underway: Type.Optional(Condition('CEL over `answer`: AWS is still at it.')),
        whenMissing: Type.Optional(
          Type.Enum(['absent', 'holds'], { default: 'absent', description: 'What it means that AWS finds no such resource.' }),
        ),
        gives: Type.Optional(
          Type.Record(Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_]{0,62}$' }), Condition('CEL over `answer`: a text for later steps.'), {
            maxProperties: 20,
            description: 'What later steps read as `steps.ID.outputs.values.NAME`. It stands in the journal.',
          }),
        ),
      },
      { ...closed, description: 'How it is seen whether the goal holds.' },
    ),
    iam: Type.Array(
      Type.Object(
        {
          actions: Type.Array(Type.String({ pattern: '^[a-z0-9-]+:[A-Z][A-Za-z0-9]*$' }), { minItems: 1, maxItems: 50 }),
          resources: Type.Array(Type.String({ minLength: 1, maxLength: 2_048 }), { minItems: 1, maxItems: 50 }),
          conditions: Type.Optional(
            Type.Record(
              Type.String({ pattern: '^[A-Z][A-Za-z:]{0,62}$' }),
              Type.Record(
                Type.String({ pattern: '^[a-z0-9-]+:[A-Za-z0-9/_.:-]+$' }),
                Type.Array(Type.String({ minLength: 1, maxLength: 2_048 }), { minItems: 1, maxItems: 20 }),
              ),
              {
                description: 'By operator and key, as IAM writes it: `{ StringEquals: { iam:PassedToService: [backup.amazonaws.com] } }`.',
              },
            ),
          ),
        },
        closed,
      ),
      { minItems: 1, maxItems: 20, description: 'What both calls need of IAM.' },
    ),
    controlPlanes: Type.Optional(
      Type.Array(
        Type.Object({ service: Type.String({ minLength: 1, maxLength: 60 }), site: Type.String({ minLength: 1, maxLength: 63 }) }, closed),
        {
          maxItems: 20,
          description: 'The control planes that it must reach, and where they stand; that of the service in its region when left out.',
        },
      ),
    ),
    changes: Type.Array(Type.String({ minLength: 1, maxLength: 2_048 }), {
      minItems: 1,
      maxItems: 20,
      description: 'The resources that it changes, named the same in every runbook: no two runs hold one.',
    }),
  },
  closed,
);
export type CallInput = Static<typeof callInput>;

/** Typed actions know how to fence and what may be lost; a call that nobody has read about does not. */
const typed: Readonly<Record<string, string>> = {
  'rds FailoverGlobalCluster': 'aws.rds.failover-global-cluster',
  'rds SwitchoverGlobalCluster': 'aws.rds.switchover-global-cluster',
  'rds FailoverDBCluster': 'aws.rds.failover-db-cluster',
  'rds PromoteReadReplica': 'aws.rds.promote-read-replica',
  'route-53 ChangeResourceRecordSets': 'aws.route53.change-record',
};
/** The action to use instead, because this call moves the writer or the users. */
export const typedInstead = ({
  service,
  operation: name,
  input,
}: Pick<CallInput, 'service' | 'operation' | 'input'>): string | undefined =>
  service === 'rds' && name === 'RebootDBInstance' && input['ForceFailover'] === true
    ? 'aws.rds.reboot-with-failover'
    : typed[`${service} ${name}`];

/** A key that AWS or this program takes for a secret, anywhere inside; its value is never looked at. */
export function secretIn(value: Json): string | undefined {
  if (Array.isArray(value)) return (value as readonly Json[]).map(secretIn).find((each) => each !== undefined);
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, each] of Object.entries(value)) {
    const found = new RegExp(secretName).test(key) ? key : secretIn(each as Json);
    if (found !== undefined) return found;
  }
  return undefined;
}
