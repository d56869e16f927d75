// Makes a Multi-AZ instance leave a named zone. RDS only knows "reboot with failover", and a second one leads back, so the goal is
// stated as "not in that zone" and looked at once more right before the call.
import { Type } from 'typebox';
import type { DBInstance } from '@aws-sdk/client-rds';
import type { Observed } from '../../../core/outcome.ts';
import type { Instant, SiteId } from '../../../core/values.ts';
import { identifier, region } from '../../schema.ts';
import { LOOK_AGAIN_MS, SETTLE_MS } from '../global-cluster.ts';
import { instanceArn, instanceFindings, instanceOf } from '../instance.ts';
import { heldBy } from '../errors.ts';
import { looking, sending } from '../send.ts';
import { awsAction } from '../tools.ts';

export const rebootWithFailover = awsAction({
  name: 'aws.rds.reboot-with-failover',
  summary: 'Reboots a Multi-AZ instance with failover, so that it leaves a named zone.',
  with: Type.Object(
    {
      instance: identifier('Instance identifier.'),
      leaveZone: Type.String({ pattern: '^[a-z]{2}(-[a-z]+)+-\\d[a-z]$', description: 'The zone in which it must not be afterwards.' }),
      region: region('Region of the instance.'),
    },
    { additionalProperties: false },
  ),
  gives: Type.Object({ zone: Type.String({ description: 'The zone in which the instance runs now.' }) }, { additionalProperties: false }),
  effect: 'restarts',
  settleMs: SETTLE_MS,
  priorMs: { p50: 75_000, p95: 120_000 },
  describe: (input) => `Reboot ${input.instance} with failover, so that it leaves ${input.leaveZone}.`,
  proof: (input) => `RDS says that it is available and no longer in ${input.leaveZone}`,
  needs: (input) => [{ service: 'rds', site: input.region as SiteId }],
  changes: (input) => [`instance ${input.instance} in ${input.region}`],
  iam: (input) => [
    { actions: ['rds:RebootDBInstance'], resources: [instanceArn(input)], region: input.region },
    { actions: ['rds:DescribeDBInstances'], resources: ['*'], region: input.region },
  ],
  observe: ({ with: input, tools, now, signal }) =>
    looking({ operation: 'DescribeDBInstances', region: input.region }, signal, async (options) => {
      const { read } = await tools.rds(input.region);
      return placeOf(await instanceOf(read, input.instance, options), input, now);
    }),
  apply: ({ with: input, tools, now, signal }) =>
    sending({ operation: 'RebootDBInstance', region: input.region }, signal, async (options) => {
      const { read, once } = await tools.rds(input.region);
      const before = placeOf(await instanceOf(read, input.instance, options).catch(() => undefined), input, now);
      if (before.kind === 'holds') return { kind: 'succeeded', data: before.data };
      if (before.kind === 'underway') return { kind: 'accepted', checkAt: before.checkAt };
      const answer = await once.rebootDBInstance({ DBInstanceIdentifier: input.instance, ForceFailover: true }, options);
      heldBy(answer.DBInstance, 'DBInstance');
      return { kind: 'accepted', checkAt: (now + LOOK_AGAIN_MS) as Instant };
    }),
  evaluate: ({ with: input, tools, signal }) =>
    instanceFindings(input, tools, signal, (instance) =>
      instance.MultiAZ === true || instance.DBClusterIdentifier !== undefined
        ? []
        : [
            {
              code: 'INSTANCE_NOT_MULTI_AZ',
              severity: 'blocks',
              sentence: `${input.instance} has no standby in another zone.`,
              remedy: 'Make it Multi-AZ, or use another runbook.',
            },
          ],
    ),
});

function placeOf(
  instance: DBInstance | undefined,
  input: { readonly instance: string; readonly leaveZone: string; readonly region: string },
  now: Instant,
): Observed<{ zone: string }> {
  const zone = instance?.AvailabilityZone;
  if (instance === undefined || zone === undefined)
    return { kind: 'unknown', message: `RDS in ${input.region} answered without the zone of ${input.instance}` };
  if (instance.DBInstanceStatus !== 'available') return { kind: 'underway', checkAt: (now + LOOK_AGAIN_MS) as Instant };
  return zone === input.leaveZone ? { kind: 'absent', because: `${input.instance} is in ${zone}` } : { kind: 'holds', data: { zone } };
}
