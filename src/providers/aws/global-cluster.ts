// What the actions on Aurora global databases share: one read-back, one readiness check. Failover and switchover have the same
// goal (the target is the writer and nothing moves) and differ in how they get there.
import type { GlobalCluster, RDS } from '@aws-sdk/client-rds';
import type { Observed } from '../../core/outcome.ts';
import type { Finding } from '../../ports.ts';
import type { Instant } from '../../core/values.ts';
import { unreadable } from './findings.ts';
import { READ_DEADLINE_MS, within, type SendOptions } from './send.ts';
import type { AwsTools } from './tools.ts';

/** How soon to look again while RDS is working. */
export const LOOK_AGAIN_MS = 100;
export const SETTLE_MS = 4_000; // Read-backs of RDS lag by up to 3 s.

export type Names = { readonly cluster: string; readonly target: string; readonly region: string };

export async function globalCluster(rds: RDS, cluster: string, options: SendOptions): Promise<GlobalCluster | undefined> {
  return (await rds.describeGlobalClusters({ GlobalClusterIdentifier: cluster }, options)).GlobalClusters?.[0];
}

export const writerOf = (cluster: GlobalCluster): string | undefined =>
  cluster.GlobalClusterMembers?.find((member) => member.IsWriter === true)?.DBClusterArn;

export const answeredWithout = (names: Names): Extract<Observed, { kind: 'unknown' }> => ({
  kind: 'unknown',
  message: `RDS in ${names.region} answered without global cluster ${names.cluster}`,
});

/** Whether `target` is the writer and the global database is at rest. */
export function roleOf(cluster: GlobalCluster, names: Names, now: Instant): Observed<{ readonly writer: string }> {
  const writer = writerOf(cluster);
  const moving = cluster.FailoverState?.Status !== undefined || /^(failing-over|switching-over|modifying)$/.test(cluster.Status ?? '');
  if (moving) return { kind: 'underway', checkAt: (now + LOOK_AGAIN_MS) as Instant };
  if (writer === names.target) return { kind: 'holds', data: { writer } };
  return {
    kind: 'absent',
    because: `the writer of ${names.cluster} is ${writer ?? 'nobody'} and its status is ${cluster.Status ?? 'not given'}`,
  };
}

/** Regions of the members other than `region`, from their ARNs. */
export function otherRegions(cluster: GlobalCluster, region: string): readonly string[] {
  const regions = (cluster.GlobalClusterMembers ?? []).map((member) => member.DBClusterArn?.split(':')[3]);
  return [...new Set(regions)].filter((found): found is string => found !== undefined && found !== '' && found !== region);
}

export async function globalClusterFindings(names: Names, tools: AwsTools, signal: AbortSignal): Promise<readonly Finding[]> {
  const asked = { operation: 'DescribeGlobalClusters', region: names.region };
  try {
    const { read } = await tools.rds(names.region);
    const cluster = await within(signal, READ_DEADLINE_MS, (options) => globalCluster(read, names.cluster, options));
    return findingsOf(cluster, names);
  } catch (error) {
    return [unreadable(asked, error, `global cluster ${names.cluster}`)];
  }
}

function findingsOf(cluster: GlobalCluster | undefined, names: Names): readonly Finding[] {
  if (cluster === undefined) {
    return [
      {
        code: 'RESOURCE_MISSING',
        severity: 'blocks',
        sentence: `There is no global cluster ${names.cluster} in ${names.region}.`,
        remedy: 'Correct `cluster` or `region`.',
      },
    ];
  }
  const findings: Finding[] = [];
  const member = cluster.GlobalClusterMembers?.find((found) => found.DBClusterArn === names.target);
  if (member === undefined) {
    findings.push({
      code: 'TARGET_NOT_MEMBER',
      severity: 'blocks',
      sentence: `${names.target} is not a member of ${names.cluster}.`,
      remedy: 'Correct `target`, or add the cluster to the global database.',
    });
  }
  if (cluster.Status !== 'available') {
    findings.push({
      code: 'GLOBAL_CLUSTER_NOT_AVAILABLE',
      severity: 'warns',
      sentence: `${names.cluster} is ${cluster.Status ?? 'in no known status'}, not available.`,
      remedy: 'Wait until it is available.',
    });
  }
  if (member?.SynchronizationStatus === 'pending-resync') {
    findings.push({
      code: 'TARGET_NOT_SYNCHRONIZED',
      severity: 'warns',
      sentence: `${names.target} is being synchronized again.`,
      remedy: 'Wait until it is connected.',
    });
  }
  return findings;
}
