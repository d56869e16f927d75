// The mutations of RDS: each checks against the truth, counts itself, shows the changed resource at once, and lets the change
// take its time. None is idempotent and none has a client token, exactly as at AWS.

import { arn } from '../names.ts';
import { Refusal } from '../refusal.ts';
import type { Params } from '../wire/query.ts';
import { clusterBody, instanceViews, sameName } from './describe.ts';
import { failOver, switchOver } from './global-flows.ts';
import type { RdsModel } from './model.ts';
import { globalXml, instanceXml } from './render.ts';
import type { ClusterState, InstanceState, RdsState } from './state.ts';
import { changeGroups, moveWriter, promoteReplica, rebootInstance, restartMember } from './zone-flows.ts';

function findGlobal(state: RdsState, region: string, asked: string): void {
  const here = state.global.members.some((member) => state.clusters[member.cluster]?.region === region);
  if (!here || !sameName(asked, state.global.name, arn.globalCluster(state.global.name))) {
    throw new Refusal('GlobalClusterNotFoundFault', `Global cluster ${asked} not found`, 404);
  }
}

/** A plain name means a cluster of the region that was called; anything elsewhere needs its ARN. */
function findMember(state: RdsState, region: string, asked: string): ClusterState {
  const found = state.global.members
    .flatMap((member) => state.clusters[member.cluster] ?? [])
    .find(
      (cluster) =>
        asked === arn.cluster(cluster.region, cluster.name) || (cluster.region === region && asked.toLowerCase() === cluster.name),
    );
  if (found === undefined) throw new Refusal('DBClusterNotFoundFault', `DBCluster ${asked} not found.`, 404);
  return found;
}

function globalResult(model: RdsModel): string {
  const state = model.history.current;
  return globalXml('GlobalCluster', state, state.global);
}

function changeRoles(model: RdsModel, region: string, input: Params, operation: string, dataLoss: boolean): string {
  const state = model.history.current;
  const name = input.required('GlobalClusterIdentifier');
  const target = input.required('TargetDbClusterIdentifier');
  findGlobal(state, region, name);
  const to = findMember(state, region, target);
  const writer = state.global.members.find((member) => member.writer);
  const from = writer === undefined ? undefined : state.clusters[writer.cluster];
  if (state.global.status !== 'available' || from === undefined) {
    throw new Refusal(
      'InvalidGlobalClusterStateFault',
      `Global cluster ${state.global.name} is in state ${state.global.status}, not available`,
    );
  }
  if (from.name === to.name) {
    throw new Refusal(
      'InvalidDBClusterStateFault',
      `DB cluster ${arn.cluster(to.region, to.name)} is already the primary of ${state.global.name}`,
    );
  }
  if (to.status !== 'available') {
    throw new Refusal('InvalidDBClusterStateFault', `DB cluster ${to.name} is in state ${to.status}, not available`);
  }
  const toMember = state.global.members.find((member) => member.cluster === to.name);
  if (toMember?.sync !== 'connected') {
    throw new Refusal('InvalidDBClusterStateFault', `DB cluster ${to.name} is not synchronized with its primary`);
  }
  if (!dataLoss) {
    if (from.region !== region) {
      throw new Refusal(
        'InvalidGlobalClusterStateFault',
        `A switchover must be requested in ${from.region}, the Region of the primary DB cluster`,
      );
    }
    const missing = [from, to].find((cluster) => model.unreachable(cluster.region) || cluster.status !== 'available');
    if (missing !== undefined) {
      throw new Refusal('InvalidDBClusterStateFault', `DB cluster ${missing.name} is not healthy; a switchover needs both DB clusters`);
    }
  }
  const doing = dataLoss ? 'failing-over' : 'switching-over';
  model.tally.count(operation, state.global.name);
  model.changeGlobal({ status: doing, failover: { status: 'pending', from: from.name, to: to.name, dataLoss } });
  for (const cluster of [from, to]) model.changeCluster(cluster.name, { status: doing });
  model.tempo.start(() => (dataLoss ? failOver : switchOver)(model, { from, to }));
  return globalResult(model);
}

export function failoverGlobalCluster(model: RdsModel, region: string, input: Params): string {
  const dataLoss = input.flag('AllowDataLoss');
  const switchover = input.flag('Switchover');
  if (dataLoss === true && switchover === true) {
    throw new Refusal('InvalidParameterCombination', 'AllowDataLoss and Switchover cannot be specified together');
  }
  return changeRoles(model, region, input, 'FailoverGlobalCluster', dataLoss === true);
}

export function switchoverGlobalCluster(model: RdsModel, region: string, input: Params): string {
  return changeRoles(model, region, input, 'SwitchoverGlobalCluster', false);
}

/** Without a target RDS chooses another instance itself, so that a repeat moves the writer back. */
export function failoverDBCluster(model: RdsModel, region: string, input: Params): string {
  const state = model.history.current;
  const asked = input.required('DBClusterIdentifier');
  const cluster = Object.values(state.clusters).find(
    (item) => item.region === region && sameName(asked, item.name, arn.cluster(region, item.name)),
  );
  if (cluster === undefined) throw new Refusal('DBClusterNotFoundFault', `DBCluster ${asked} not found.`, 404);
  if (cluster.status !== 'available') {
    throw new Refusal('InvalidDBClusterStateFault', `DB cluster ${cluster.name} is in state ${cluster.status}, not available`);
  }
  const wanted = input.text('TargetDBInstanceIdentifier');
  const others = cluster.instances.filter((instance) => instance.name !== cluster.active && !model.hospital.isLost(instance.zone));
  const target =
    wanted === undefined
      ? others[0]
      : cluster.instances.find((instance) => sameName(wanted, instance.name, arn.instance(region, instance.name)));
  if (target === undefined && wanted !== undefined) {
    throw new Refusal('InvalidParameterValue', `DB instance ${wanted} is not a member of DB cluster ${cluster.name}`);
  }
  if (target === undefined)
    throw new Refusal('InvalidDBClusterStateFault', `DB cluster ${cluster.name} has no healthy reader to fail over to`);
  if (target.name === cluster.active) {
    throw new Refusal('InvalidDBInstanceState', `DB instance ${target.name} is already the writer of DB cluster ${cluster.name}`);
  }
  if (target.status !== 'available' || model.hospital.isLost(target.zone)) {
    throw new Refusal('InvalidDBInstanceState', `DB instance ${target.name} is not healthy`);
  }
  model.tally.count('FailoverDBCluster', cluster.name);
  model.changeCluster(cluster.name, { status: 'failing-over' });
  model.tempo.start(() => moveWriter(model, cluster, target));
  return clusterBody(model, model.history.current, cluster.name);
}

function instanceResult(model: RdsModel, name: string): string {
  return instanceViews(model, model.history.current)
    .filter((instance) => instance.name === name)
    .map(instanceXml)
    .join('');
}

function available(instance: { readonly name: string; readonly status: string }): void {
  if (instance.status !== 'available') {
    throw new Refusal('InvalidDBInstanceState', `Instance ${instance.name} is in state ${instance.status}, not available.`);
  }
}

function findSingle(model: RdsModel, region: string, asked: string): InstanceState | undefined {
  const { instances } = model.history.current;
  return Object.values(instances).find((item) => item.region === region && sameName(asked, item.name, arn.instance(region, item.name)));
}

export function rebootDBInstance(model: RdsModel, region: string, input: Params): string {
  const asked = input.required('DBInstanceIdentifier');
  const force = input.flag('ForceFailover') ?? false;
  const single = findSingle(model, region, asked);
  if (single !== undefined) {
    available(single);
    if (force && single.secondaryZone === undefined) {
      throw new Refusal('InvalidParameterCombination', `You cannot force a failover of ${single.name}: it is not a Multi-AZ DB instance`);
    }
    const target = force ? single.secondaryZone : single.zone;
    if (target !== undefined && model.hospital.isLost(target)) {
      throw new Refusal('InvalidDBInstanceState', `DB instance ${single.name} has no healthy host in ${target}`);
    }
    model.tally.count('RebootDBInstance', single.name);
    model.changeInstance(single.name, { status: 'rebooting' });
    model.tempo.start(() => rebootInstance(model, single, force));
    return instanceResult(model, single.name);
  }
  for (const cluster of Object.values(model.history.current.clusters)) {
    const member = cluster.instances.find((item) => sameName(asked, item.name, arn.instance(cluster.region, item.name)));
    if (member === undefined || cluster.region !== region) continue;
    if (force)
      throw new Refusal('InvalidParameterCombination', 'You cannot force a failover of an Aurora DB instance; fail over its DB cluster');
    available(member);
    if (cluster.status !== 'available' || model.hospital.isLost(member.zone)) {
      throw new Refusal('InvalidDBInstanceState', `DB instance ${member.name} cannot be rebooted now`);
    }
    model.tally.count('RebootDBInstance', member.name);
    model.changeInstanceStatus(cluster.name, member.name, 'rebooting');
    model.tempo.start(() => restartMember(model, cluster, member));
    return instanceResult(model, member.name);
  }
  throw new Refusal('DBInstanceNotFound', `DBInstance ${asked} not found.`, 404);
}

export function promoteReadReplica(model: RdsModel, region: string, input: Params): string {
  const asked = input.required('DBInstanceIdentifier');
  input.integer('BackupRetentionPeriod', 0, 35);
  const replica = findSingle(model, region, asked);
  if (replica === undefined) {
    const member = instanceViews(model, model.history.current).find((item) => item.region === region && item.name === asked.toLowerCase());
    if (member === undefined) throw new Refusal('DBInstanceNotFound', `DBInstance ${asked} not found.`, 404);
    throw new Refusal('InvalidDBInstanceState', `DB instance ${member.name} is not a read replica.`);
  }
  available(replica);
  if (replica.source === undefined) throw new Refusal('InvalidDBInstanceState', `DB instance ${replica.name} is not a read replica.`);
  model.tally.count('PromoteReadReplica', replica.name);
  model.changeInstance(replica.name, { status: 'modifying' });
  model.tempo.start(() => promoteReplica(model, replica));
  return instanceResult(model, replica.name);
}

/** Of what RDS can modify the lab knows the security groups, of instances outside clusters. They change at once, whatever `ApplyImmediately` says. */
export function modifyDBInstance(model: RdsModel, region: string, input: Params): string {
  const asked = input.required('DBInstanceIdentifier');
  const groups = input.list('VpcSecurityGroupIds', 'VpcSecurityGroupId');
  input.flag('ApplyImmediately');
  const single = findSingle(model, region, asked);
  if (single === undefined) throw new Refusal('DBInstanceNotFound', `DBInstance ${asked} not found.`, 404);
  available(single);
  const wrong = groups.find((group) => !/^sg-[0-9a-z]+$/.test(group));
  if (wrong !== undefined || groups.length === 0 || groups.length > 5)
    throw new Refusal('InvalidParameterValue', `Invalid security group, groupId= ${wrong ?? ''}, groupName=.`);
  model.tally.count('ModifyDBInstance', single.name);
  model.changeInstance(single.name, { groups: groups.map((id) => ({ id, status: 'adding' })) });
  model.tempo.start(() => changeGroups(model, single.name));
  return instanceResult(model, single.name);
}
