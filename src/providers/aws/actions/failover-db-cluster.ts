// Failover inside one Aurora cluster, to a named instance: without a name a repeat could flip back. The instances share one storage
// volume that takes writes from one of them only, so the promotion itself fences the old writer.
import { Type } from 'typebox';
import type { DBCluster } from '@aws-sdk/client-rds';
import type { Instant, SiteId } from '../../../core/values.ts';
import { identifier, region } from '../../schema.ts';
import { unreadable } from '../findings.ts';
import { LOOK_AGAIN_MS, SETTLE_MS } from '../global-cluster.ts';
import { heldBy } from '../errors.ts';
import { READ_DEADLINE_MS, looking, sending, within } from '../send.ts';
import { awsAction } from '../tools.ts';

const asked = (name: string) => ({ operation: 'DescribeDBClusters', region: name });

export const failoverDbCluster = awsAction({
  name: 'aws.rds.failover-db-cluster',
  summary: 'Failover within an Aurora cluster to a named instance.',
  with: Type.Object(
    {
      cluster: identifier('Cluster identifier or ARN.'),
      target: identifier('Identifier of the instance that must become the writer.'),
      region: region('Region of the cluster.'),
    },
    { additionalProperties: false },
  ),
  gives: Type.Object(
    {
      writer: Type.String({ description: 'Identifier of the instance that writes now.' }),
      fencing: Type.Enum(['storage-fenced'], {
        description: 'The storage volume that both instances share takes writes from one of them only.',
      }),
    },
    { additionalProperties: false },
  ),
  effect: 'promotes',
  settleMs: SETTLE_MS,
  priorMs: { p50: 30_000, p95: 60_000 },
  describe: (input) => `Make ${input.target} the writer of cluster ${input.cluster}; their shared storage fences the old writer.`,
  proof: (input) => `RDS names ${input.target} the writer of the cluster, which is available`,
  needs: (input) => [{ service: 'rds', site: input.region as SiteId }],
  changes: (input) => [`cluster ${input.cluster}`],
  iam: (input) => [
    {
      actions: ['rds:FailoverDBCluster'],
      resources: [input.cluster.startsWith('arn:') ? input.cluster : `arn:aws:rds:${input.region}:*:cluster:${input.cluster}`],
      region: input.region,
    },
    { actions: ['rds:DescribeDBClusters'], resources: ['*'], region: input.region },
  ],
  observe: ({ with: input, tools, now, signal }) =>
    looking<{ writer: string; fencing: 'storage-fenced' }>(asked(input.region), signal, async (options) => {
      const { read } = await tools.rds(input.region);
      const cluster = (await read.describeDBClusters({ DBClusterIdentifier: input.cluster }, options)).DBClusters?.[0];
      if (cluster === undefined) return { kind: 'unknown', message: `RDS in ${input.region} answered without cluster ${input.cluster}` };
      const writer = writerOf(cluster);
      if (cluster.Status === 'failing-over') return { kind: 'underway', checkAt: (now + LOOK_AGAIN_MS) as Instant };
      if (writer === input.target && cluster.Status === 'available') return { kind: 'holds', data: { writer, fencing: 'storage-fenced' } };
      if (writer === input.target) return { kind: 'underway', checkAt: (now + LOOK_AGAIN_MS) as Instant };
      return {
        kind: 'absent',
        because: `the writer of ${input.cluster} is ${writer ?? 'nobody'} and its status is ${cluster.Status ?? 'not given'}`,
      };
    }),
  apply: ({ with: input, tools, now, signal }) =>
    sending({ operation: 'FailoverDBCluster', region: input.region }, signal, async (options) => {
      const { once } = await tools.rds(input.region);
      const answer = await once.failoverDBCluster(
        { DBClusterIdentifier: input.cluster, TargetDBInstanceIdentifier: input.target },
        options,
      );
      heldBy(answer.DBCluster, 'DBCluster');
      return { kind: 'accepted', checkAt: (now + LOOK_AGAIN_MS) as Instant };
    }),
  async evaluate({ with: input, tools, signal }) {
    try {
      const { read } = await tools.rds(input.region);
      const answer = await within(signal, READ_DEADLINE_MS, (options) =>
        read.describeDBClusters({ DBClusterIdentifier: input.cluster }, options),
      );
      const member = answer.DBClusters?.[0]?.DBClusterMembers?.some((found) => found.DBInstanceIdentifier === input.target);
      if (member === true) return [];
      return [
        {
          code: 'TARGET_NOT_MEMBER',
          severity: 'blocks',
          sentence: `${input.target} is not an instance of ${input.cluster}.`,
          remedy: 'Correct `target`.',
        },
      ];
    } catch (error) {
      return [unreadable(asked(input.region), error, `cluster ${input.cluster}`)];
    }
  },
});

const writerOf = (cluster: DBCluster): string | undefined =>
  cluster.DBClusterMembers?.find((member) => member.IsClusterWriter === true)?.DBInstanceIdentifier;
