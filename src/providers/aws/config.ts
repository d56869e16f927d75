// How AWS is reached: endpoints (absent at real AWS), roles and credentials. The schema is what `resus.yaml` is checked with.
import { Type, type Static } from 'typebox';

/** How long the credentials of a role are good for where nothing else is said, in milliseconds. */
export const SESSION_MS = 300_000;
/** The longest, in milliseconds: AWS gives no more to a role that a role assumes. */
export const MOST_SESSION_MS = 3_600_000;
const url = Type.String({ pattern: '^https?://[^/@\\s]+/?$' });

export const awsConfig = Type.Object(
  {
    endpoints: Type.Optional(
      Type.Record(Type.String(), url, {
        description: 'Base URL per region, for RDS, FIS and STS. Absent: the public endpoint of that region.',
      }),
    ),
    route53Endpoint: Type.Optional(url),
    // Route 53 says that a change reaches every name server within 60 s under normal conditions.
    route53SyncMs: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 3_600_000,
        default: 60_000,
        description: 'How long a change may take to reach every name server; waited for when its id is lost with a controller.',
      }),
    ),
    roles: Type.Optional(
      Type.Record(Type.String(), Type.String({ pattern: '^arn:aws[a-z-]*:iam::\\d{12}:role/.+$' }), {
        description:
          'Role to assume per region, at the STS of that region, so that no other region is needed. Route 53 uses that of us-east-1.',
      }),
    ),
    sessionMs: Type.Optional(
      Type.Integer({
        minimum: 120_000,
        maximum: MOST_SESSION_MS,
        default: SESSION_MS,
        description:
          "How long a role's credentials are good for, by a session policy: what a controller that was replaced sends later is refused.",
      }),
    ),
    credentials: Type.Optional(
      Type.Object(
        {
          accessKeyId: Type.String({ minLength: 1 }),
          secretAccessKey: Type.String({ minLength: 1 }),
          sessionToken: Type.Optional(Type.String()),
        },
        { additionalProperties: false, description: 'Explicit keys, for labs. Absent: the default chain of the AWS SDK.' },
      ),
    ),
  },
  { additionalProperties: false },
);
export type AwsConfig = Static<typeof awsConfig>;
