// What happens after RDS accepted a change within one region: the writer moves to another zone, an instance restarts, a read
// replica becomes a database of its own.

import type { RdsModel } from './model.ts';
import { CATEGORIES, MESSAGES } from './messages.ts';
import type { ClusterState, InstanceState } from './state.ts';

const settled = (work: Promise<void>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

/** The caller has put the cluster into `failing-over`. */
export async function moveWriter(
  model: RdsModel,
  cluster: ClusterState,
  instance: { readonly name: string; readonly zone: string },
): Promise<void> {
  const { tempo } = model;
  await tempo.sleep(tempo.draw(tempo.profile.rdsStartMs));
  model.emit(cluster, CATEGORIES.failover, MESSAGES.crossZoneStarted(instance.name));
  await tempo.sleep(tempo.draw(tempo.profile.clusterFailoverMs));
  const moved = await settled(model.database(cluster.name).restartIn(instance.zone));
  model.changeCluster(cluster.name, { status: 'available', ...(moved ? { active: instance.name } : {}) });
  model.emit(cluster, CATEGORIES.failover, moved ? MESSAGES.clusterFailoverCompleted(instance.name) : MESSAGES.clusterFailoverFailed());
}

/** Restart of a cluster's instance. Only the one that is active has a process to restart. */
export async function restartMember(
  model: RdsModel,
  cluster: ClusterState,
  instance: { readonly name: string; readonly zone: string },
): Promise<void> {
  const { tempo } = model;
  const source = { instance: instance.name, region: cluster.region };
  await tempo.sleep(tempo.draw(tempo.profile.rdsStartMs));
  model.emit(source, CATEGORIES.availability, MESSAGES.shutDown());
  await tempo.sleep(tempo.draw(tempo.profile.rebootMs));
  if (cluster.active === instance.name) await settled(model.database(cluster.name).restartIn(instance.zone));
  model.changeInstanceStatus(cluster.name, instance.name, 'available');
  model.emit(source, CATEGORIES.availability, MESSAGES.restarted());
}

/** The caller has put the instance into `rebooting`. */
export async function rebootInstance(model: RdsModel, instance: InstanceState, failover: boolean): Promise<void> {
  const { tempo } = model;
  const target = failover ? (instance.secondaryZone ?? instance.zone) : instance.zone;
  await tempo.sleep(tempo.draw(tempo.profile.rdsStartMs));
  if (failover) model.emit(instance, CATEGORIES.failover, MESSAGES.multiAzStarted());
  else model.emit(instance, CATEGORIES.availability, MESSAGES.shutDown());
  await tempo.sleep(tempo.draw(tempo.profile.rebootMs));
  const moved = await settled(model.database(instance.name).restartIn(target));
  model.changeInstance(instance.name, {
    status: 'available',
    ...(moved && failover ? { zone: target, secondaryZone: instance.zone } : {}),
  });
  if (moved) model.emit(instance, CATEGORIES.availability, MESSAGES.restarted());
  if (moved && failover) model.emit(instance, CATEGORIES.failover, MESSAGES.multiAzCompleted());
}

/** The caller has put the replica into `modifying`. */
export async function promoteReplica(model: RdsModel, replica: InstanceState): Promise<void> {
  const { tempo } = model;
  await tempo.sleep(tempo.draw(tempo.profile.rdsStartMs));
  await tempo.sleep(tempo.draw(tempo.profile.replicaPromotionMs));
  if (await settled(model.database(replica.name).promote())) {
    model.emit(replica, CATEGORIES.readReplica, MESSAGES.replicationEnded());
    model.detach(replica.name);
  }
  model.changeInstance(replica.name, { status: 'available' });
}

/** The caller has put the new groups there as `adding`. */
export async function changeGroups(model: RdsModel, name: string): Promise<void> {
  await model.tempo.sleep(model.tempo.draw(model.tempo.profile.rdsStartMs));
  const groups = model.history.current.instances[name]?.groups ?? [];
  model.changeInstance(name, { groups: groups.map(({ id }) => ({ id, status: 'active' })) });
}
