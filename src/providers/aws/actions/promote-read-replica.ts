// Makes a read replica an instance of its own. Nothing fences its source, and there is no way back but a new replica.
import { Type } from 'typebox';
import type { Instant, SiteId } from '../../../core/values.ts';
import { identifier, region } from '../../schema.ts';
import { LOOK_AGAIN_MS, SETTLE_MS } from '../global-cluster.ts';
import { instanceArn, instanceFindings, instanceOf } from '../instance.ts';
import { heldBy } from '../errors.ts';
import { looking, sending } from '../send.ts';
import { awsAction } from '../tools.ts';

export const promoteReadReplica = awsAction({
  name: 'aws.rds.promote-read-replica',
  summary: 'Promotes a read replica to an instance that takes writes.',
  with: Type.Object(
    { instance: identifier('Identifier of the replica.'), region: region('Region of the replica.') },
    { additionalProperties: false },
  ),
  gives: Type.Object({ writer: Type.String({ description: 'ARN of the promoted instance.' }) }, { additionalProperties: false }),
  effect: 'promotes',
  mayLoseData: true,
  irreversible: true,
  settleMs: SETTLE_MS,
  priorMs: { p50: 300_000, p95: 600_000 },
  describe: (input) =>
    `Promote the read replica ${input.instance} to an instance of its own; its source is not fenced and what was not replicated is lost.`,
  proof: () => `RDS says that it replicates from nobody and is available`,
  needs: (input) => [{ service: 'rds', site: input.region as SiteId }],
  changes: (input) => [`instance ${input.instance} in ${input.region}`],
  iam: (input) => [
    { actions: ['rds:PromoteReadReplica'], resources: [instanceArn(input)], region: input.region },
    { actions: ['rds:DescribeDBInstances'], resources: ['*'], region: input.region },
  ],
  observe: ({ with: input, tools, now, signal }) =>
    looking({ operation: 'DescribeDBInstances', region: input.region }, signal, async (options) => {
      const { read } = await tools.rds(input.region);
      const instance = await instanceOf(read, input.instance, options);
      if (instance === undefined) return { kind: 'unknown', message: `RDS in ${input.region} answered without instance ${input.instance}` };
      if (instance.DBInstanceStatus !== 'available') return { kind: 'underway', checkAt: (now + LOOK_AGAIN_MS) as Instant };
      const source = instance.ReadReplicaSourceDBInstanceIdentifier ?? instance.ReadReplicaSourceDBClusterIdentifier;
      if (source !== undefined) return { kind: 'absent', because: `${input.instance} still follows ${source}` };
      return { kind: 'holds', data: { writer: instance.DBInstanceArn ?? input.instance } };
    }),
  apply: ({ with: input, tools, now, signal }) =>
    sending({ operation: 'PromoteReadReplica', region: input.region }, signal, async (options) => {
      const { once } = await tools.rds(input.region);
      const answer = await once.promoteReadReplica({ DBInstanceIdentifier: input.instance }, options);
      heldBy(answer.DBInstance, 'DBInstance');
      return { kind: 'accepted', checkAt: (now + LOOK_AGAIN_MS) as Instant };
    }),
  evaluate: ({ with: input, tools, signal }) =>
    instanceFindings(input, tools, signal, (instance) =>
      instance.ReadReplicaSourceDBInstanceIdentifier !== undefined || instance.ReadReplicaSourceDBClusterIdentifier !== undefined
        ? []
        : [
            {
              code: 'NOT_A_REPLICA',
              severity: 'warns',
              sentence: `${input.instance} is not a replica.`,
              remedy: 'Create the replica again, or remove the step.',
            },
          ],
    ),
});
