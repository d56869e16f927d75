// What happens after RDS accepted a failover or a switchover of the global database. A failover fences what it can reach,
// promotes the target whatever the fence said, and takes the old primary back as a secondary on a new copy; a switchover
// changes the roles without loss or not at all.

import type { RdsModel } from './model.ts';
import { CATEGORIES, MESSAGES } from './messages.ts';
import type { ClusterState } from './state.ts';

const POLL_MS = 200;
/** How long a database that came back may stay silent before RDS itself makes its new copy. */
const REJOIN_PATIENCE_MS = 30_000;
/** How long one that came back may still call itself primary before RDS makes its new copy. */
const STILL_PRIMARY_MS = 3_000;
const PROMOTION_ATTEMPTS = 5;

export interface GlobalChange {
  readonly from: ClusterState;
  readonly to: ClusterState;
}

/** Tries to stop the old writer before anything is promoted. True when it is known that it acknowledges nothing any more. */
async function fence(model: RdsModel, { from, to }: GlobalChange): Promise<boolean> {
  const { tempo } = model;
  const old = model.database(from.name);
  const deadline = tempo.now() + tempo.draw(tempo.profile.fencingTimeoutMs);
  while (model.unreachable(from.region) && tempo.now() < deadline) await tempo.sleep(Math.min(POLL_MS, deadline - tempo.now() + 1));
  let fenced = false;
  if (!model.unreachable(from.region)) {
    await old.kill().catch(() => undefined);
    fenced = !old.isRunning();
  }
  // The old primary records the event when it can be reached, else the new one does (Aurora user guide).
  const recorder = fenced ? from : to;
  const message = (fenced ? MESSAGES.writesBlocked : MESSAGES.writesNotBlocked)(from.name, from.region);
  model.emit({ instance: recorder.active, region: recorder.region }, CATEGORIES.fencing, message);
  return fenced;
}

async function promote(model: RdsModel, to: ClusterState): Promise<boolean> {
  const target = model.database(to.name);
  for (let attempt = 1; attempt <= PROMOTION_ATTEMPTS; attempt++) {
    try {
      await target.promote();
      return true;
    } catch {
      // Its region may be lost too, or the process may be on its way up: AWS goes on trying for a while.
      await model.tempo.sleep(POLL_MS * attempt);
    }
  }
  return false;
}

/** Takes the old primary back as a secondary, at once or when its region is there again. */
async function rejoin(model: RdsModel, { from, to }: GlobalChange, fenced: boolean): Promise<void> {
  const { tempo } = model;
  const old = model.database(from.name);
  const upstream = model.database(to.name);
  while (model.unreachable(from.region)) await tempo.sleep(POLL_MS);
  model.changeCluster(from.name, { status: 'modifying' });
  model.emit(from, CATEGORIES.globalFailover, MESSAGES.resyncStarted(from.name, from.region));
  // The hospital rebuilds what it gives back (`onRestore`); what was stopped here is rebuilt here, and so is what nobody rebuilt.
  const silentUntil = tempo.now() + (fenced ? 0 : REJOIN_PATIENCE_MS);
  const primaryUntil = tempo.now() + (fenced ? 0 : STILL_PRIMARY_MS);
  let rebuilt = false;
  while (!rebuilt) {
    const role = await old.role().catch(() => undefined);
    const patient = tempo.now() < (role === 'primary' ? primaryUntil : silentUntil);
    if (role === 'standby') rebuilt = true;
    else if (patient || model.unreachable(from.region)) await tempo.sleep(POLL_MS);
    else {
      await old.rebuildFrom(upstream).then(
        () => (rebuilt = true),
        () => tempo.sleep(POLL_MS),
      );
    }
  }
  await tempo.sleep(tempo.draw(tempo.profile.rebuildMs));
  model.changeMember(from.name, { sync: 'connected' });
  model.changeCluster(from.name, { status: 'available' });
  model.emit(from, CATEGORIES.globalFailover, MESSAGES.resyncFinished(from.name, from.region));
}

/** Managed failover with data loss allowed. The caller has put the global database into `failing-over`. */
export async function failOver(model: RdsModel, change: GlobalChange): Promise<void> {
  const { tempo } = model;
  const { from, to } = change;
  await tempo.sleep(tempo.draw(tempo.profile.rdsStartMs));
  const pending = model.history.current.global.failover;
  if (pending !== undefined) model.changeGlobal({ failover: { ...pending, status: 'failing-over' } });
  const fenced = await fence(model, change);
  // From here on the old copy must never come back as a writer (`onRestore` reads this).
  model.changeMember(from.name, { sync: 'pending-resync' });
  await tempo.sleep(tempo.draw(tempo.profile.globalPromotionMs));
  if (!(await promote(model, to))) {
    model.changeMember(from.name, { sync: 'connected' });
    // Stopped by the fence, or by the hospital when its region came back meanwhile.
    const old = model.database(from.name);
    if (!old.isRunning() && !model.unreachable(from.region)) await old.restartIn(old.zone()).catch(() => undefined);
    for (const cluster of [from, to]) model.changeCluster(cluster.name, { status: 'available' });
    model.settleGlobal();
    model.emit(to, CATEGORIES.globalFailover, MESSAGES.failoverFailed(to.name, to.region));
    return;
  }
  model.changeMember(from.name, { writer: false });
  model.changeMember(to.name, { writer: true, sync: 'connected' });
  model.changeCluster(to.name, { status: 'available' });
  model.settleGlobal();
  model.emit(to, CATEGORIES.globalFailover, MESSAGES.failoverCompleted(to.name, to.region));
  model.emit(to, CATEGORIES.globalFailover, MESSAGES.writerEndpointChanged());
  await rejoin(model, change, fenced);
}

/** Planned change of roles. The caller has put the global database into `switching-over`. */
export async function switchOver(model: RdsModel, { from, to }: GlobalChange): Promise<void> {
  const { tempo } = model;
  model.emit(to, CATEGORIES.globalFailover, MESSAGES.switchoverStarted(to.name, to.region));
  await tempo.sleep(tempo.draw(tempo.profile.rdsStartMs));
  const pending = model.history.current.global.failover;
  if (pending !== undefined) model.changeGlobal({ failover: { ...pending, status: 'switching-over' } });
  const lag = await model
    .database(to.name)
    .lagBytes(model.database(from.name))
    .catch(() => undefined);
  model.emit(to, CATEGORIES.globalFailover, MESSAGES.waitingForTarget(lag === undefined ? 'unknown' : `${String(lag)} bytes`));
  await tempo.sleep(tempo.draw(tempo.profile.switchoverMs));
  let done = false;
  if (!model.unreachable(from.region) && !model.unreachable(to.region)) {
    done = await model
      .database(from.name)
      .switchoverTo(model.database(to.name))
      .then(
        () => true,
        () => false,
      );
  }
  if (done) {
    model.emit({ instance: from.active, region: from.region }, CATEGORIES.fencing, MESSAGES.writesBlocked(from.name, from.region));
    model.emit(from, CATEGORIES.globalFailover, MESSAGES.oldPrimaryDown(from.name, from.region));
    model.changeMember(from.name, { writer: false });
    model.changeMember(to.name, { writer: true });
    model.emit(to, CATEGORIES.globalFailover, MESSAGES.newPrimary(to.name, to.region));
  }
  for (const cluster of [from, to]) model.changeCluster(cluster.name, { status: 'available' });
  model.settleGlobal();
  const outcome = done ? MESSAGES.switchoverFinished : MESSAGES.switchoverFailed;
  model.emit(to, CATEGORIES.globalFailover, outcome(to.name, to.region));
  if (done) model.emit(to, CATEGORIES.globalFailover, MESSAGES.writerEndpointChanged());
}
