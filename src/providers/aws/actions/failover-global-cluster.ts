// Unplanned failover of an Aurora global database: the target region becomes the writer, and what was not replicated is lost.
// Aurora tries to fence the old writer's storage; the outputs say whether its event calls that a success.
import { Type } from 'typebox';
import type { Instant, SiteId } from '../../../core/values.ts';
import { identifier, region } from '../../schema.ts';
import { fencingOf, noticeSilence } from '../fencing.ts';
import {
  LOOK_AGAIN_MS,
  SETTLE_MS,
  answeredWithout,
  globalCluster,
  globalClusterFindings,
  otherRegions,
  roleOf,
} from '../global-cluster.ts';
import { heldBy } from '../errors.ts';
import { looking, sending } from '../send.ts';
import { awsAction } from '../tools.ts';

export const failoverGlobalCluster = awsAction({
  name: 'aws.rds.failover-global-cluster',
  summary: 'Unplanned failover of an Aurora global database to another region.',
  with: Type.Object(
    {
      cluster: identifier('Global cluster identifier.'),
      target: identifier('ARN of the cluster to promote.'),
      region: region('Region whose control plane is asked: that of the target, never the lost one.'),
      allowDataLoss: Type.Optional(
        Type.Boolean({
          default: false,
          description: 'Required for a failover while the primary region is lost: without it RDS attempts a switchover.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  gives: Type.Object(
    {
      writer: Type.String({ description: 'ARN of the cluster that writes now.' }),
      fencing: Type.Enum(['storage-fenced', 'provider-asserted'], {
        description: 'storage-fenced only when an RDS event says that blocking writes succeeded.',
      }),
      fencingEvent: Type.String({ description: 'The text of that event, or `none seen`.' }),
    },
    { additionalProperties: false },
  ),
  effect: 'fences-and-promotes',
  mayLoseData: true,
  irreversible: true,
  settleMs: SETTLE_MS,
  priorMs: { p50: 60_000, p95: 240_000 },
  describe: (input) =>
    `Promote ${input.target} to the writer of global cluster ${input.cluster}${input.allowDataLoss === true ? ', accepting the loss of what was not replicated' : ' without data loss'}.`,
  proof: () =>
    `RDS names it the writer and nothing moves; the old writer is fenced only if an event says that blocking its writes succeeded`,
  needs: (input) => [{ service: 'rds', site: input.region as SiteId }],
  changes: (input) => [`global cluster ${input.cluster}`, `cluster ${input.target}`],
  iam: (input) => [
    {
      actions: ['rds:FailoverGlobalCluster'],
      resources: [input.target, `arn:aws:rds::*:global-cluster:${input.cluster}`],
      region: input.region,
    },
    { actions: ['rds:DescribeGlobalClusters'], resources: ['*'], region: input.region },
    // The event that says whether the old writer was fenced may stand in any region of the global database.
    { actions: ['rds:DescribeEvents'], resources: ['*'], region: '*' },
  ],
  observe: ({ with: input, tools, token, now, signal }) =>
    looking({ operation: 'DescribeGlobalClusters', region: input.region }, signal, async (options) => {
      const { read } = await tools.rds(input.region);
      const cluster = await globalCluster(read, input.cluster, options);
      if (cluster === undefined) return answeredWithout(input);
      const role = roleOf(cluster, input, now);
      const others = await Promise.all(
        otherRegions(cluster, input.region).map(async (name) => ({ region: name, rds: (await tools.rds(name)).brief })),
      );
      if (role.kind !== 'holds') {
        noticeSilence(token, others, tools.memory, { abortSignal: signal });
        return role;
      }
      const sentAt = tools.memory.get(`failover ${token}`);
      const since = typeof sentAt === 'number' ? sentAt : undefined;
      return {
        kind: 'holds',
        data: { ...role.data, ...(await fencingOf({ token, target: input.target, since }, read, others, tools.memory, options)) },
      };
    }),
  apply: ({ with: input, tools, token, now, signal }) =>
    sending({ operation: 'FailoverGlobalCluster', region: input.region }, signal, async (options) => {
      const { once } = await tools.rds(input.region);
      if (tools.memory.get(`failover ${token}`) === undefined) tools.memory.set(`failover ${token}`, now);
      const answer = await once.failoverGlobalCluster(
        { GlobalClusterIdentifier: input.cluster, TargetDbClusterIdentifier: input.target, AllowDataLoss: input.allowDataLoss ?? false },
        options,
      );
      heldBy(answer.GlobalCluster, 'GlobalCluster');
      return { kind: 'accepted', checkAt: (now + LOOK_AGAIN_MS) as Instant };
    }),
  evaluate: ({ with: input, tools, signal }) => globalClusterFindings(input, tools, signal),
});
