// The calm after the faults: providers behave, clocks are right, and a drawn healthy core stays up, any that the quorum rule calls
// sufficient. The rest may stay down for good, and so may one region.
import { loseSite } from './faults/losses.ts';
import { loseInstance, loseProcess } from './faults/processes.ts';
import type { People } from './people.ts';
import type { Random } from './random.ts';
import type { Hospital } from './world/hospital.ts';
import { mostOf } from './world/sites.ts';
import type { Replica } from './world/replica.ts';
import type { VantagePoint } from './world/vantages.ts';

export function calm(hospital: Hospital, people: People, random: Random, isPatient: boolean): void {
  for (const each of [...hospital.vantages, ...hospital.populations]) each.skewMs = random.between(-300, 300);
  for (const controller of hospital.controllers) controller.skewMs = random.between(-300, 300);
  const { behaviour } = hospital.providers;
  hospital.providers.behaviour = {
    ...behaviour,
    latencyMs: { least: 10, most: 200 },
    throttles: 0,
    dropsReply: 0,
    isLate: 0,
    isSlow: 0,
    repeatsReply: 0,
    provesFence: 1,
  };
  const lost = random.chance(isPatient ? 0.8 : 0.35) ? drawLost(hospital, isPatient, random) : undefined;
  const region = lost === undefined ? undefined : loseSite(hospital, lost);
  if (region !== undefined) hospital.strike('region-lost-for-good', region.harms);
  const zone = region === undefined ? loseZone(hospital, random) : undefined;
  const replica = region === undefined && zone === undefined ? loseReplica(hospital, random) : undefined;
  const vantages = drawCore(hospital, lost ?? zone ?? replica?.site, random);
  for (const vantage of hospital.vantages) if (!vantages.includes(vantage)) vantage.dead += 1;
  // A game day may have taken the place of a controller, too: whoever is left must be able to lead at once.
  const left = hospital.controllers.filter((controller) => controller.site !== lost);
  const standing = left.filter((controller) => hospital.ground.stands(controller.site));
  const able = standing.length > 0 ? standing : left;
  const controllers = random.some(able, random.between(1, able.length));
  for (const controller of hospital.controllers) {
    if (controllers.includes(controller)) controller.start();
    else controller.stayDown();
  }
  people.calm();
  hospital.ground.say({
    kind: 'calm',
    controllers: controllers.map(({ name }) => name).sort(),
    vantages: vantages.map(({ id }) => id).sort(),
  });
}

/** A region that no workload needs for good: each may be somewhere else. `isWriters`: one that some writer is in, rather. */
function drawLost(hospital: Hospital, isWriters: boolean, random: Random): string | undefined {
  const { estate } = hospital.ground;
  // Where a proof comes first, it comes from the north: without that no runbook of the hospital can be carried out.
  const isFenceThere = Object.values(estate.runbooks).some(({ steps }) => steps.some(({ uses }) => uses === 'sim.fence'));
  const mayGo = (isFenceThere ? ['east', 'west'] : ['east', 'west', 'north']).filter((region) =>
    Object.values(estate.workloads).every(({ replicas, residency }) =>
      replicas.some(({ site }) => site !== region && residency.includes(estate.sites[site]?.residency ?? '')),
    ),
  );
  const writers = mayGo.filter((region) => hospital.workloads.databases.some(({ writer }) => writer?.site === region));
  const drawnFrom = isWriters && writers.length > 0 ? writers : mayGo;
  return drawnFrom.length === 0 ? undefined : random.pick(drawnFrom);
}

/**
 * In some schedules in which all regions stand the zone of a writer is lost for good, and of another workload the instance in the other
 * zone: two losses in one region, of which neither is the region. The region, or undefined.
 */
function loseZone(hospital: Hospital, random: Random): string | undefined {
  const { databases } = hospital.workloads;
  const { writer } = random.pick(databases);
  const zone = writer?.zones[writer.zone];
  if (writer === undefined || zone === undefined || !random.chance(0.5)) return undefined;
  hospital.strike('zone-lost-for-good', loseSite(hospital, zone)?.harms ?? []);
  const other = databases
    .flatMap((database) => database.replicas.map((replica) => ({ database, replica })))
    .find(({ database, replica }) => replica.site === writer.site && replica !== writer && database.writer !== replica);
  if (other !== undefined && random.chance(0.7))
    hospital.strike('instance-lost-for-good', loseInstance(hospital, other.database, other.replica, zone).harms);
  return writer.site;
}

/** In some schedules in which all regions stand one writer does not come back, and its standby may take over. */
function loseReplica(hospital: Hospital, random: Random): Replica | undefined {
  if (!random.chance(0.35)) return undefined;
  const { estate } = hospital.ground;
  const mayGo = hospital.workloads.databases.filter(({ id, writer, replicas }) => {
    const { residency = [] } = estate.workloads[id] ?? {};
    return (
      writer !== undefined &&
      replicas.some(({ site, name }) => name !== writer.name && residency.includes(estate.sites[site]?.residency ?? ''))
    );
  });
  const database = mayGo.length === 0 ? undefined : random.pick(mayGo);
  const writer = database?.writer;
  if (database === undefined || writer === undefined) return undefined;
  hospital.strike('replica-lost-for-good', loseProcess(database, writer).harms);
  return writer;
}

/** Any set of vantages outside the region of what is lost that is a majority of all that are declared: those inside convict nobody of it. */
function drawCore(hospital: Hospital, lost: string | undefined, random: Random): readonly VantagePoint[] {
  const able = hospital.vantages.filter((vantage) => vantage.site !== lost);
  const least = mostOf(hospital.vantages.length);
  return random.some(able, random.between(Math.min(least, able.length), able.length));
}
