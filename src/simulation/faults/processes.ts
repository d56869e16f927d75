// What goes wrong with the processes of a replica: they die, hang, crawl, take no writes while every probe is green, or stop
// following; alone, or both sides alike.
import type { Random } from '../random.ts';
import type { Harm } from '../truth.ts';
import type { Database } from '../world/database.ts';
import type { Hospital } from '../world/hospital.ts';
import type { Replica } from '../world/replica.ts';
import type { Fault, Struck } from './fault.ts';

type HarmKind = 'dead' | 'not-writing' | 'slow';
type Wrong = keyof Replica['harm'];

export const processes: readonly Fault[] = [
  row('process-death', 'dead', 'dead', { least: 5_000, most: 90_000 }),
  row('replica-frozen', 'frozen', 'dead', { least: 5_000, most: 60_000 }),
  row('replica-slow', 'slow', 'slow', { least: 10_000, most: 60_000 }),
  row('writes-failing', 'notWriting', 'not-writing', { least: 10_000, most: 90_000 }),
  row('replication-stalled', 'stalled', 'slow', { least: 10_000, most: 120_000 }),
  // Shorter than any detection: nobody may make a failover of it.
  row('operator-restart', 'dead', 'dead', { least: 2_000, most: 9_000 }),
  {
    name: 'common-cause',
    lastsMs: { least: 20_000, most: 90_000 },
    strike: (hospital, random) => {
      const database = random.pick(hospital.workloads.databases);
      const wrong: Wrong = random.pick(['dead', 'frozen']);
      return harm(database, database.replicas, wrong, 'dead');
    },
  },
  {
    name: 'instance-death',
    lastsMs: { least: 10_000, most: 90_000 },
    strike: (hospital, random) => {
      const [database, replica] = drawReplica(hospital, random);
      if (replica.zones.length === 0) return undefined;
      return loseInstance(hospital, database, replica);
    },
  },
];

function row(name: string, wrong: Wrong, kind: HarmKind, lastsMs: { readonly least: number; readonly most: number }): Fault {
  return {
    name,
    lastsMs,
    strike: (hospital, random) => {
      const [database, replica] = drawReplica(hospital, random);
      return harm(database, [replica], wrong, kind);
    },
  };
}
/** The instance that serves, or that of the other zone than `beside`. */
export function loseInstance(hospital: Hospital, database: Database, replica: Replica, beside?: string): Struck {
  const zone = beside === undefined ? replica.zone : replica.zones.findIndex((each) => each !== beside);
  const change = (by: 1 | -1): void => {
    replica.instanceDead[zone] = (replica.instanceDead[zone] ?? 0) + by;
    hospital.workloads.refresh('fault');
  };
  change(1);
  return { harms: [{ kind: 'dead', workload: database.id, replica: replica.name }], heal: () => change(-1) };
}
export const loseProcess = (database: Database, replica: Replica): Struck => harm(database, [replica], 'dead', 'dead');

/** The writer twice as often as a standby. */
function drawReplica(hospital: Hospital, random: Random): readonly [Database, Replica] {
  const database = random.pick(hospital.workloads.databases);
  const { writer } = database;
  return [database, writer === undefined || random.chance(0.3) ? random.pick(database.replicas) : writer];
}
function harm(database: Database, replicas: readonly Replica[], wrong: Wrong, kind: HarmKind): Struck {
  const change = (by: 1 | -1): void => {
    for (const replica of replicas) replica.harm[wrong] += by;
    database.refresh('fault');
  };
  change(1);
  const harms = replicas.map((replica): Harm => ({ kind, workload: database.id, replica: replica.name }));
  return { harms, heal: () => change(-1) };
}
