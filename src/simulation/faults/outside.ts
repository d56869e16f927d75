// What others do without asking Resus: move the writer by hand, lead the users elsewhere, change the files.
import type { Request } from '../../core/input.ts';
import type { RunId } from '../../core/values.ts';
import type { Database } from '../world/database.ts';
import type { Hospital } from '../world/hospital.ts';
import type { Fault } from './fault.ts';
import { onlyResus } from './fault.ts';

/** Nobody moves a writer by hand and back within minutes. */
const leastBetweenMs = 120_000;

const watchEveryMs = 250;
/** So long after they saw a run move the writer others try to take it back. */
const triesMs = 20_000;

const isWatched = new WeakSet<Database>();

export const outside: readonly Fault[] = [
  {
    name: 'role-changed-outside',
    strike: (hospital, random) =>
      moveByHand(hospital, random.pick(hospital.workloads.databases)) ? { harms: [], heal: () => undefined } : undefined,
  },
  {
    // Whoever is on duty there sees a run begin to move the writer, has it wait after that, moves it back by hand, and
    // lets the run go on.
    name: 'taken-back',
    lastsMs: { least: 60_000, most: 120_000 },
    strike: (hospital, random) => {
      const database = random.pick(hospital.workloads.databases);
      if (isWatched.has(database)) return undefined;
      isWatched.add(database);
      const before = database.writer;
      const beganAt = hospital.ground.now;
      const click = (request: Request): void => hospital.click({ kind: 'person', id: 'eve' }, request, () => undefined);
      let isOver = false;
      let run: RunId | undefined;
      /** When they begin to move it back; they give up after a while. */
      let from = Infinity;
      const watch = (): void => {
        const { writer } = database;
        const { now, clock } = hospital.ground;
        if (isOver || database.changedByHandAt >= beganAt || now > from + triesMs) return;
        const open = hospital.pages?.workloads.get(database.id)?.openRun;
        if (writer === before && before?.isFenced === true && open !== undefined && run === undefined) {
          run = open;
          click({ kind: 'pause', run: open, reason: 'I take it back', forMs: 60_000 });
          clock.after(random.between(14_000, 45_000), () => click({ kind: 'resume', run: open, reason: 'it is back' }));
        }
        if (from === Infinity && writer !== before) from = now + random.between(500, 4_000);
        if (now < from || !moveByHand(hospital, database)) clock.after(watchEveryMs, watch);
      };
      watch();
      return {
        harms: [],
        heal: () => {
          isOver = true;
          isWatched.delete(database);
        },
      };
    },
  },
  {
    name: 'files-changed',
    strike: (hospital, random) => {
      hospital.changeFiles(random);
      return { harms: onlyResus, heal: () => undefined };
    },
  },
];

/** By hand, and well: writes stop, the rest arrives, the standby is promoted, the users are led there. False when that cannot be done now. */
function moveByHand(hospital: Hospital, database: Database): boolean {
  const { writer } = database;
  if (hospital.ground.now - database.changedByHandAt < leastBetweenMs) return false;
  const to = database.replicas.find((replica) => replica !== writer && replica.isLinked);
  if (writer === undefined || to === undefined || !database.acceptsWrites(writer)) return false;
  database.changedByHandAt = hospital.ground.now;
  writer.isFenced = true;
  database.refresh('operator');
  hospital.ground.clock.after(to.lagMs + 500, () => {
    const isDone = database.writer === writer && database.answers(to);
    if (isDone) database.promote(to, 'operator');
    else if (writer.isWriter) writer.isFenced = false;
    database.refresh('operator');
    if (!isDone) return;
    hospital.workloads.route(database.id, to.name, 'operator');
    hospital.ground.clock.after(1_000, () => database.rejoin(writer, 'operator'));
  });
  return true;
}
