// What others do without asking Resus: move the writer by hand, lead the users elsewhere, change the files.
import type { Fault } from './fault.ts';
import { onlyResus } from './fault.ts';

/** Nobody moves a writer by hand and back within minutes. */
const leastBetweenMs = 120_000;

export const outside: readonly Fault[] = [
  {
    name: 'role-changed-outside',
    strike: (hospital, random) => {
      const database = random.pick(hospital.workloads.databases);
      const { writer } = database;
      if (hospital.ground.now - database.changedByHandAt < leastBetweenMs) return undefined;
      const to = database.replicas.find((replica) => replica !== writer && replica.isLinked);
      if (writer === undefined || to === undefined || !database.acceptsWrites(writer)) return undefined;
      database.changedByHandAt = hospital.ground.now;
      // By hand, and well: writes stop, the rest arrives, the standby is promoted, the users are led there.
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
      return { harms: [], heal: () => undefined };
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
