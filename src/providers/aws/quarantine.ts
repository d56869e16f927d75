// What proves that nobody can write to an RDS instance any more, seen from outside of it: one security group that lets nobody in, and a
// restart since. The group alone is no proof, because connections that are open outlive a change of groups.
import type { DBInstance, RDS } from '@aws-sdk/client-rds';
import type { Json } from '../../core/values.ts';
import { CannotCall } from './any-client.ts';
import { unknownOf } from './errors.ts';
import type { SendOptions } from './send.ts';
import type { AwsTools } from './tools.ts';

export type Quarantine = { readonly instance: string; readonly securityGroup: string; readonly region: string };
/** `closed`: it lets nobody in. `unread`: nobody could say. */
export type Gate =
  { readonly kind: 'closed' } | { readonly kind: 'open'; readonly rules: number } | { readonly kind: 'unread'; readonly because: string };

/** `alone`: it is the only group, and in force. `changing`: RDS is still at it. */
export function groupsOf(
  instance: DBInstance,
  securityGroup: string,
): { readonly is: 'alone' | 'changing' | 'others'; readonly ids: string } {
  const groups = instance.VpcSecurityGroups ?? [];
  const ids = groups.map((group) => group.VpcSecurityGroupId ?? '?').join(', ');
  if (groups.some((group) => group.Status !== 'active')) return { is: 'changing', ids };
  return { is: groups.length === 1 && groups[0]?.VpcSecurityGroupId === securityGroup ? 'alone' : 'others', ids };
}

/** What the group lets in, asked of EC2, whose client is an optional package. Never throws. */
export async function gateOf(tools: AwsTools, { securityGroup, region }: Quarantine, options: SendOptions): Promise<Gate> {
  try {
    const ec2 = await tools.any('ec2', region);
    const answer = (await ec2.read('DescribeSecurityGroups', { GroupIds: [securityGroup] } satisfies Json, options)) as {
      readonly SecurityGroups?: readonly { readonly IpPermissions?: readonly unknown[] }[];
    };
    const group = answer.SecurityGroups?.[0];
    if (group === undefined) return { kind: 'unread', because: `EC2 in ${region} answered without ${securityGroup}` };
    const rules = group.IpPermissions?.length ?? 0;
    return rules === 0 ? { kind: 'closed' } : { kind: 'open', rules };
  } catch (error) {
    const because =
      error instanceof CannotCall
        ? `${error.message}: ${error.remedy}`
        : unknownOf({ operation: 'DescribeSecurityGroups', region }, error).message;
    return { kind: 'unread', because };
  }
}

/** When the instance last came up, by the clock of AWS, in ms since the epoch; 0 where no event of the last hour says. */
export async function lastRestart(rds: RDS, instance: string, options: SendOptions): Promise<number> {
  const answer = await rds.describeEvents(
    { SourceType: 'db-instance', SourceIdentifier: instance, Duration: 60, MaxRecords: 100 },
    options,
  );
  const restarts = (answer.Events ?? []).filter((event) => /^DB instance restarted/i.test(event.Message ?? ''));
  return Math.max(0, ...restarts.map((event) => event.Date?.getTime() ?? 0));
}
