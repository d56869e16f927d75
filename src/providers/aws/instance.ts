// One RDS instance, as the actions on single instances read it.
import type { DBInstance, RDS } from '@aws-sdk/client-rds';
import type { Finding } from '../../ports.ts';
import { unreadable } from './findings.ts';
import { READ_DEADLINE_MS, within, type SendOptions } from './send.ts';
import type { AwsTools } from './tools.ts';

export type InstanceInput = { readonly instance: string; readonly region: string };

export async function instanceOf(rds: RDS, instance: string, options: SendOptions): Promise<DBInstance | undefined> {
  return (await rds.describeDBInstances({ DBInstanceIdentifier: instance }, options)).DBInstances?.[0];
}

/** `judge` turns the instance as it stands into findings; failures to read are findings too. */
export async function instanceFindings(
  input: InstanceInput,
  tools: AwsTools,
  signal: AbortSignal,
  judge: (instance: DBInstance) => readonly Finding[],
): Promise<readonly Finding[]> {
  try {
    const { read } = await tools.rds(input.region);
    const instance = await within(signal, READ_DEADLINE_MS, (options) => instanceOf(read, input.instance, options));
    if (instance === undefined) throw Object.assign(new Error('no such instance'), { name: 'DBInstanceNotFound' });
    const status = instance.DBInstanceStatus ?? 'in no known status';
    const waiting: readonly Finding[] =
      status === 'available'
        ? []
        : [
            {
              code: 'INSTANCE_NOT_AVAILABLE',
              severity: 'warns',
              sentence: `${input.instance} is ${status}, not available.`,
              remedy: 'Wait until it is available.',
            },
          ];
    return [...waiting, ...judge(instance)];
  } catch (error) {
    return [unreadable({ operation: 'DescribeDBInstances', region: input.region }, error, `instance ${input.instance}`)];
  }
}

export const instanceArn = (input: InstanceInput): string => `arn:aws:rds:${input.region}:*:db:${input.instance}`;
