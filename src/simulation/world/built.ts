// What checkers may know of how a hospital was built, and the bounds in time that follow from it.
import type { Estate, Loss, Tier, Workload } from '../../core/estate.ts';
import type { SiteId } from '../../core/values.ts';
import type { WorkloadAsBuilt, WorldAsBuilt } from '../truth.ts';
import { placeOf } from './sites.ts';

/** From the calm to users served: a run that has just begun and fails, with people who are asked and do not answer; then a cooldown,
 * a detection, a person who answers late, and a run with a second attempt. */
export const servedWithinMs = 390_000;

export function asBuilt(estate: Estate, controllers: readonly string[], skewMs: number): WorldAsBuilt {
  const region = (site: string): SiteId => placeOf(estate, site);
  return {
    workloads: Object.fromEntries(
      Object.values(estate.workloads).map((workload) => [workload.id, workloadAsBuilt(estate, workload, region)]),
    ),
    vantages: Object.fromEntries(Object.values(estate.sites).flatMap((site) => site.vantages.map(({ id }) => [id, site.id]))),
    controllers,
    regions: Object.fromEntries(Object.keys(estate.sites).map((site) => [site, region(site)])),
    gamedays: Object.fromEntries(
      Object.values(estate.gamedays).map((gameday) => [
        gameday.id,
        {
          workload: gameday.workload,
          gates: gameday.gates.length,
          failback: gameday.failback,
          sites: gameday.practises.kind === 'fault' ? gameday.practises.faults.map(({ site }) => site) : [],
        },
      ]),
    ),
    skewMs,
  };
}

/** Half of the RTO that is declared of this loss. */
const waitMs = ({ rtoMs, byLoss }: Tier, loss: Loss): number => (byLoss?.[loss]?.rtoMs ?? rtoMs) / 2;

function workloadAsBuilt(estate: Estate, workload: Workload, region: (site: string) => SiteId): WorkloadAsBuilt {
  const tier = estate.tiers[workload.tier];
  if (tier === undefined) throw new Error(`${workload.id} has no tier`);
  const { detection, usersPath, approvals } = tier;
  return {
    primary: workload.replicas.find(({ role }) => role === 'primary')?.name ?? '',
    rpoMs: tier.rpoMs,
    rtoMs: tier.rtoMs,
    residency: workload.residency,
    populations: workload.usersPath.populations.map(({ name }) => name),
    approvalsNeeded: approvals.people,
    approvalExpireMs: approvals.expireMs,
    automation: tier.automation,
    cooldownMs: tier.cooldownMs,
    ...(workload.localHa === undefined ? {} : { innerHaGraceMs: workload.localHa.graceMs }),
    fencingAccepted: tier.fencing.accepts,
    replicas: Object.fromEntries(
      workload.replicas.map(({ name, site }) => {
        const residency = estate.sites[site]?.residency;
        return [name, { site, region: region(site), ...(residency === undefined ? {} : { residency }) }];
      }),
    ),
    resources: [workload.id],
    shares: Object.values(workload.resources),
    dependsOn: hardOf(workload).filter((need) => !leadsTo(estate, need, workload.id) || comesFirst(estate, need, workload.id)),
    dependencyWaitMs: { replica: waitMs(tier, 'replica'), zone: waitMs(tier, 'zone'), region: waitMs(tier, 'region') },
    ...blackoutOf(estate, workload),
    ...(tier.pending === undefined || tier.pending.length === 0 ? {} : { isUndecided: true as const }),
    ...(tier.blastRadius === undefined ? {} : { blastRadius: tier.blastRadius }),
    detectMs: detection.intervalMs * (detection.failures - 1),
    // A controller whose clock was set back goes at half speed until it agrees: what it takes for fresh may be twice as old.
    freshMs: (detection.intervalMs * 2 + detection.timeoutMs) * 2 + 2_000,
    grainMs: usersPath.intervalMs + (workload.replication[0]?.heartbeatMs ?? 0),
    canary: {
      everyMs: usersPath.intervalMs,
      failures: usersPath.failures,
      good: usersPath.good,
      sustainedMs: usersPath.sustainedMs,
    },
    fenceToPromoteMs: 90_000,
    moveMs: 90_000,
    servedWithinMs,
  };
}

const hardOf = ({ dependsOn }: Workload): readonly string[] =>
  dependsOn.filter(({ strength }) => strength === 'hard').map((each) => each.workload);
/** Whether the first hard-depends on the second, by whatever way: where each leads to the other, they are in a ring. */
function leadsTo(estate: Estate, from: string, to: string, seen = new Set<string>()): boolean {
  if (from === to) return true;
  const workload = seen.has(from) ? undefined : estate.workloads[from];
  return workload !== undefined && hardOf(workload).some((need) => leadsTo(estate, need, to, new Set(seen).add(from)));
}
/** In a ring: who has less time, then by name. */
function comesFirst(estate: Estate, a: string, b: string): boolean {
  const rtoMs = (id: string): number => estate.tiers[estate.workloads[id]?.tier ?? '']?.rtoMs ?? Infinity;
  return rtoMs(a) === rtoMs(b) ? a < b : rtoMs(a) < rtoMs(b);
}

function blackoutOf({ calendars }: Estate, { calendar }: Workload): Pick<WorkloadAsBuilt, 'blackout'> {
  const windows = calendar === undefined ? [] : (calendars?.[calendar]?.windows ?? []);
  const when = windows.find(({ kind }) => kind === 'blackout')?.when;
  return when?.kind === 'dated' ? { blackout: { startsAt: when.startsAt, endsAt: when.endsAt } } : {};
}
