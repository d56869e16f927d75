// Fences the source of a read replica, so that the replica can be promoted: RDS stops no instance that has a replica, so its doors are
// shut (one security group that lets nobody in) and it is restarted, which ends whatever came in before. It needs RDS in the source's region.
import { setTimeout as sleep } from 'node:timers/promises';
import { Type } from 'typebox';
import type { DBInstance } from '@aws-sdk/client-rds';
import type { Observed, Outcome } from '../../../core/outcome.ts';
import type { Instant, SiteId } from '../../../core/values.ts';
import type { Finding } from '../../../ports.ts';
import { identifier, region } from '../../schema.ts';
import { heldBy, outcomeOf } from '../errors.ts';
import { LOOK_AGAIN_MS, SETTLE_MS } from '../global-cluster.ts';
import { instanceArn, instanceFindings, instanceOf } from '../instance.ts';
import { gateOf, groupsOf, lastRestart, type Gate } from '../quarantine.ts';
import { MUTATION_DEADLINE_MS, READ_DEADLINE_MS, first, looking, sending, within } from '../send.ts';
import { awsAction, type AwsTools } from '../tools.ts';

/** RDS changes groups within seconds, and restarts an instance in one to two minutes. */
const POLL_MS = 500;

export const isolateSource = awsAction({
  name: 'aws.rds.isolate-source',
  summary: 'Fences the source of a read replica: one security group that lets nobody in, and a restart that ends every connection.',
  with: Type.Object(
    {
      instance: identifier('Identifier of the source.'),
      replica: identifier(
        'The read replica for whose sake it is fenced, as RDS names it at the source: its ARN where it is in another region.',
      ),
      securityGroup: Type.String({ pattern: '^sg-[0-9a-z]{3,40}$', description: 'A group of its VPC without any inbound rule.' }),
      region: region('Region of the source.'),
    },
    { additionalProperties: false },
  ),
  gives: Type.Object(
    {
      fencing: Type.Enum(['confirmed', 'provider-asserted'], {
        description: 'confirmed only when EC2 says that the group has no inbound rule.',
      }),
      fencingEvent: Type.String({ description: 'What was seen.' }),
      was: Type.String({ description: 'The security groups that it had before, to put back, or `not known`.' }),
    },
    { additionalProperties: false },
  ),
  effect: 'fences',
  settleMs: SETTLE_MS,
  priorMs: { p50: 90_000, p95: 240_000 },
  describe: (input) =>
    `Shut ${input.instance} off: only security group ${input.securityGroup}, which lets nobody in, and a restart that ends every open connection.`,
  proof: (input) =>
    `RDS says that ${input.securityGroup} is its only group and that it restarted since, and EC2 that the group has no inbound rule`,
  needs: (input) => [{ service: 'rds', site: input.region as SiteId }],
  changes: (input) => [`instance ${input.instance} in ${input.region}`],
  iam: (input) => [
    {
      actions: ['rds:ModifyDBInstance', 'rds:RebootDBInstance'],
      resources: [instanceArn(input)],
      region: input.region,
    },
    { actions: ['rds:DescribeDBInstances', 'rds:DescribeEvents', 'ec2:DescribeSecurityGroups'], resources: ['*'], region: input.region },
  ],
  observe: ({ with: input, tools, token, now, signal }) =>
    looking({ operation: 'DescribeDBInstances', region: input.region }, signal, async (options): Promise<Observed<Given>> => {
      const { read } = await tools.rds(input.region);
      const instance = await instanceOf(read, input.instance, options);
      if (instance === undefined) return { kind: 'unknown', message: `RDS in ${input.region} answered without instance ${input.instance}` };
      const again: Observed<Given> = { kind: 'underway', checkAt: (now + LOOK_AGAIN_MS) as Instant };
      const groups = groupsOf(instance, input.securityGroup);
      if (groups.is === 'changing' || instance.DBInstanceStatus !== 'available') return again;
      if (groups.is === 'others') return { kind: 'absent', because: `${input.instance} lets in whom ${groups.ids} lets in` };
      const before = tools.memory.get(`restart before ${token}`);
      const last = await lastRestart(read, input.instance, options);
      if (typeof before !== 'number' || last <= before)
        return {
          kind: 'absent',
          because: `no restart of ${input.instance} is seen since its doors were shut: connections from before may still write`,
        };
      return {
        kind: 'holds',
        data: givenBy(await gateOf(tools, input, options), input.securityGroup, tools.memory.get(`groups before ${token}`)),
      };
    }),
  async apply({ with: input, tools, token, now, signal }): Promise<Outcome<Given>> {
    const asked = { operation: 'ModifyDBInstance', region: input.region };
    const shut = await sending<Given>(asked, signal, async (options) => {
      const { read, once } = await tools.rds(input.region);
      const [instance, gate] = await Promise.all([first(instanceOf(read, input.instance, options)), gateOf(tools, input, options)]);
      if (instance === undefined) throw missing();
      const refused = refusedBefore(instance, gate, input);
      if (refused !== undefined) return refused;
      const groups = groupsOf(instance, input.securityGroup);
      if (groups.is === 'alone') return accepted(now);
      tools.memory.set(`groups before ${token}`, groups.ids);
      // Without ApplyImmediately: groups change at once all the same, and nothing else that is pending does.
      const answer = await once.modifyDBInstance(
        { DBInstanceIdentifier: input.instance, VpcSecurityGroupIds: [input.securityGroup] },
        options,
      );
      heldBy(answer.DBInstance, 'DBInstance');
      return accepted(now);
    });
    if (shut.kind !== 'accepted') return shut;
    const restarted = await restart(input, tools, token, signal);
    // The doors may be shut already, so nothing that comes after is a certain "nothing happened".
    return restarted === undefined ? accepted(now) : { kind: 'unknown', message: restarted };
  },
  evaluate: async ({ with: input, tools, signal }) => {
    const gate = await within(signal, READ_DEADLINE_MS, (options) => gateOf(tools, input, options)).catch((): Gate => ({
      kind: 'unread',
      because: 'no answer in time',
    }));
    return await instanceFindings(input, tools, signal, (instance) => {
      const refused = refusedBefore(instance, gate, input);
      const findings: Finding[] = [];
      if (refused !== undefined)
        findings.push({ code: refused.code, severity: 'blocks', sentence: `${refused.message}.`, remedy: remedies[refused.code] ?? '' });
      if (gate.kind === 'unread')
        findings.push({
          code: 'QUARANTINE_UNREAD',
          severity: 'warns',
          sentence: `Nobody could say whom ${input.securityGroup} lets in: ${gate.because}.`,
          remedy: 'Until it can be read the fence is only asserted: install the package, or grant ec2:DescribeSecurityGroups.',
        });
      return findings;
    });
  },
});

type Given = { fencing: 'confirmed' | 'provider-asserted'; fencingEvent: string; was: string };
type Input = { readonly instance: string; readonly replica: string; readonly securityGroup: string; readonly region: string };
const accepted = (now: Instant): Extract<Outcome<Given>, { kind: 'accepted' }> => ({
  kind: 'accepted',
  checkAt: (now + LOOK_AGAIN_MS) as Instant,
});
const missing = (): Error =>
  Object.assign(new Error('no such instance'), { name: 'DBInstanceNotFound', $metadata: { httpStatusCode: 404 } });

const remedies: Readonly<Record<string, string>> = {
  QUARANTINE_OPEN: 'Take the inbound rules out of the group, or name one that has none.',
  NOT_ITS_SOURCE: 'Correct `instance` and `replica`; a source that has lost its replica is not fenced for it.',
  CLUSTER_MEMBER: 'Use the failover of its cluster, which fences by itself.',
};

/** Only the source of this replica is ever shut off: a call that comes late, when roles have changed, is refused. */
function refusedBefore(instance: DBInstance, gate: Gate, input: Input): Extract<Outcome, { kind: 'failed' }> | undefined {
  const refused = (code: string, message: string) => ({ kind: 'failed', code, message, retriable: false }) as const;
  if (instance.DBClusterIdentifier !== undefined)
    return refused('CLUSTER_MEMBER', `${input.instance} belongs to cluster ${instance.DBClusterIdentifier}`);
  if (instance.ReadReplicaDBInstanceIdentifiers?.includes(input.replica) !== true)
    return refused('NOT_ITS_SOURCE', `${input.replica} does not replicate from ${input.instance}`);
  if (gate.kind === 'open')
    return refused(
      'QUARANTINE_OPEN',
      `${input.securityGroup} has ${gate.rules} inbound rule${gate.rules === 1 ? '' : 's'}, so it shuts nobody out`,
    );
  return undefined;
}

/** Waits until the doors are shut, then restarts it once. What went wrong, or nothing. */
async function restart(input: Input, tools: AwsTools, token: string, signal: AbortSignal): Promise<string | undefined> {
  const { read, once } = await tools.rds(input.region);
  const waits = `${input.instance} was told to leave its security groups, and was not restarted`;
  try {
    for (;;) {
      const instance = await within(signal, READ_DEADLINE_MS, (options) => instanceOf(read, input.instance, options));
      if (instance?.DBInstanceStatus === 'available' && groupsOf(instance, input.securityGroup).is === 'alone') break;
      await sleep(POLL_MS, undefined, { signal });
    }
    tools.memory.set(
      `restart before ${token}`,
      await within(signal, READ_DEADLINE_MS, (options) => lastRestart(read, input.instance, options)),
    );
  } catch (error) {
    return `${waits}: ${outcomeOf({ operation: 'DescribeDBInstances', region: input.region }, error).message}`;
  }
  const asked = { operation: 'RebootDBInstance', region: input.region };
  const outcome = await sending(asked, signal, async (options) => {
    const answer = await within(options.abortSignal, MUTATION_DEADLINE_MS, (inner) =>
      once.rebootDBInstance({ DBInstanceIdentifier: input.instance }, inner),
    );
    heldBy(answer.DBInstance, 'DBInstance');
    return { kind: 'accepted', checkAt: 0 as Instant };
  });
  return outcome.kind === 'accepted' || outcome.kind === 'succeeded' ? undefined : outcome.message;
}

function givenBy(gate: Gate, securityGroup: string, was: string | number | undefined): Given {
  const before = typeof was === 'string' ? was : 'not known';
  if (gate.kind === 'closed')
    return {
      fencing: 'confirmed',
      fencingEvent: `its only security group ${securityGroup} has no inbound rule, and it restarted since that is so.`,
      was: before,
    };
  const why =
    gate.kind === 'open' ? `${securityGroup} has inbound rules` : `the rules of ${securityGroup} could not be read (${gate.because})`;
  return { fencing: 'provider-asserted', fencingEvent: `it restarted with ${securityGroup} as its only group, but ${why}.`, was: before };
}
