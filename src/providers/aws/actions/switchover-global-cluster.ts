// Planned switchover of an Aurora global database, without loss. It is `storage-fenced` by construction: RDS stops the old primary,
// waits until the target has every write, and only then promotes, so nothing can be acknowledged that the target lacks. If it
// cannot do that it leaves the roles as they are.
import { Type } from 'typebox';
import type { Instant, SiteId } from '../../../core/values.ts';
import { identifier, region } from '../../schema.ts';
import { LOOK_AGAIN_MS, SETTLE_MS, answeredWithout, globalCluster, globalClusterFindings, roleOf } from '../global-cluster.ts';
import { heldBy } from '../errors.ts';
import { looking, sending } from '../send.ts';
import { awsAction } from '../tools.ts';

export const switchoverGlobalCluster = awsAction({
  name: 'aws.rds.switchover-global-cluster',
  summary: 'Planned switchover of an Aurora global database to another region, without data loss.',
  with: Type.Object(
    {
      cluster: identifier('Global cluster identifier.'),
      target: identifier('ARN of the cluster to promote.'),
      region: region("Region whose control plane is asked: RDS takes a switchover in the present primary's region."),
    },
    { additionalProperties: false },
  ),
  gives: Type.Object(
    {
      writer: Type.String({ description: 'ARN of the cluster that writes now.' }),
      fencing: Type.Enum(['storage-fenced'], {
        description: 'The old primary was stopped, and every write was on the target, before the promotion.',
      }),
      fencingEvent: Type.String(),
    },
    { additionalProperties: false },
  ),
  effect: 'fences-and-promotes',
  settleMs: SETTLE_MS,
  priorMs: { p50: 30_000, p95: 120_000 },
  describe: (input) => `Switch global cluster ${input.cluster} over to ${input.target} without losing a write.`,
  proof: () => `RDS names it the writer and nothing moves; RDS stopped the old writer before, so nothing is lost`,
  needs: (input) => [{ service: 'rds', site: input.region as SiteId }],
  changes: (input) => [`global cluster ${input.cluster}`, `cluster ${input.target}`],
  iam: (input) => [
    {
      actions: ['rds:SwitchoverGlobalCluster'],
      resources: [input.target, `arn:aws:rds::*:global-cluster:${input.cluster}`],
      region: input.region,
    },
    { actions: ['rds:DescribeGlobalClusters'], resources: ['*'], region: input.region },
  ],
  observe: ({ with: input, tools, now, signal }) =>
    looking<{ writer: string; fencing: 'storage-fenced'; fencingEvent: string }>(
      { operation: 'DescribeGlobalClusters', region: input.region },
      signal,
      async (options) => {
        const { read } = await tools.rds(input.region);
        const cluster = await globalCluster(read, input.cluster, options);
        if (cluster === undefined) return answeredWithout(input);
        const role = roleOf(cluster, input, now);
        if (role.kind !== 'holds') return role;
        return {
          kind: 'holds',
          data: { ...role.data, fencing: 'storage-fenced', fencingEvent: 'planned: the old primary stopped before the promotion' },
        };
      },
    ),
  apply: ({ with: input, tools, now, signal }) =>
    sending({ operation: 'SwitchoverGlobalCluster', region: input.region }, signal, async (options) => {
      const { once } = await tools.rds(input.region);
      const answer = await once.switchoverGlobalCluster(
        { GlobalClusterIdentifier: input.cluster, TargetDbClusterIdentifier: input.target },
        options,
      );
      heldBy(answer.GlobalCluster, 'GlobalCluster');
      return { kind: 'accepted', checkAt: (now + LOOK_AGAIN_MS) as Instant };
    }),
  evaluate: ({ with: input, tools, signal }) => globalClusterFindings(input, tools, signal),
});
