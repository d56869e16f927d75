// What goes wrong with Resus itself: its controllers die, stand still and wake, have wrong clocks; its eyes die, lie, are late; its
// journal takes nothing. Whatever it does then, no healthy writer may stop because of it.
import type { Random } from '../random.ts';
import type { Harm } from '../truth.ts';
import { mostSkewMs, type Hospital } from '../world/hospital.ts';
import { onlyResus, type Fault, type Struck } from './fault.ts';

const onlyUs = (heal: () => void): Struck => ({ harms: onlyResus, heal });
const nothing = (): void => undefined;

export const controllerFaults: readonly Fault[] = [
  {
    name: 'controller-dies',
    strike: (hospital, random) => {
      random.pick(hospital.controllers).crash();
      return onlyUs(nothing);
    },
  },
  {
    name: 'controller-paused',
    lastsMs: { least: 500, most: 40_000 },
    strike: (hospital, random) => {
      // The one that leads more often: that is where it hurts.
      const controller = hospital.leaders[0] ?? random.pick(hospital.controllers);
      controller.pause();
      return onlyUs(() => controller.resume());
    },
  },
  {
    name: 'controller-clock-wrong',
    lastsMs: { least: 10_000, most: 120_000 },
    strike: (hospital, random) => {
      const controller = random.pick(hospital.controllers);
      const skewMs = drawSkew(random, mostSkewMs);
      controller.skewMs = skewMs;
      return onlyUs(() => (controller.skewMs === skewMs ? (controller.skewMs = 0) : undefined));
    },
  },
  {
    name: 'controller-clock-jumps',
    strike: (hospital, random) => {
      random.pick(hospital.controllers).skewMs = drawSkew(random, mostSkewMs);
      return onlyUs(nothing);
    },
  },
];

export const eyeFaults: readonly Fault[] = [
  {
    name: 'vantage-dead',
    lastsMs: { least: 10_000, most: 120_000 },
    strike: (hospital, random) => {
      const vantage = random.pick(hospital.vantages);
      vantage.dead += 1;
      return onlyUs(() => (vantage.dead -= 1));
    },
  },
  {
    name: 'vantage-lies',
    lastsMs: { least: 20_000, most: 150_000 },
    strike: (hospital, random) => {
      // One liar at a time: of three eyes, two that lie are a majority.
      if (hospital.vantages.some(({ lying, lyingAboutRoles }) => lying + lyingAboutRoles > 0)) return undefined;
      const vantage = random.pick(hospital.vantages);
      if (random.chance(0.4)) {
        vantage.lyingAboutRoles += 1;
        return { harms: everyReplica(hospital, vantage.id), heal: () => (vantage.lyingAboutRoles -= 1) };
      }
      vantage.lying += 1;
      return { harms: everyReplica(hospital, vantage.id), heal: () => (vantage.lying -= 1) };
    },
  },
  {
    name: 'vantage-clock-wrong',
    lastsMs: { least: 20_000, most: 150_000 },
    strike: (hospital, random) => {
      const vantage = random.pick(hospital.vantages);
      const skewMs = drawSkew(random, worstAgentMs);
      vantage.skewMs = skewMs;
      return onlyUs(() => (vantage.skewMs === skewMs ? (vantage.skewMs = 0) : undefined));
    },
  },
  {
    name: 'reports-reordered',
    lastsMs: { least: 20_000, most: 120_000 },
    strike: (hospital, random) => {
      const vantage = random.pick(hospital.vantages);
      vantage.reorders += 1;
      return onlyUs(() => (vantage.reorders -= 1));
    },
  },
  {
    name: 'canary-client-dead',
    lastsMs: { least: 20_000, most: 120_000 },
    strike: (hospital, random) => {
      const population = random.pick(hospital.populations);
      population.silent += 1;
      return onlyUs(() => (population.silent -= 1));
    },
  },
  {
    name: 'canary-clock-wrong',
    lastsMs: { least: 20_000, most: 120_000 },
    strike: (hospital, random) => {
      const population = random.pick(hospital.populations);
      population.skewMs = drawSkew(random, worstAgentMs);
      return onlyUs(() => (population.skewMs = 0));
    },
  },
];

export const journalFaults: readonly Fault[] = (['unwritable', 'full', 'spent'] as const).map((what) => ({
  name: `journal-${what}`,
  lastsMs: { least: 3_000, most: 40_000 },
  strike: (hospital) => {
    const { harm } = hospital.store;
    const change = (by: 1 | -1): void => {
      harm[what] += by;
      if (what === 'spent') for (const controller of hospital.controllers) controller.headroom(harm.spent > 0);
    };
    change(1);
    return onlyUs(() => change(-1));
  },
}));

/** Either way; often small. Agents' clocks may be worse than a controller's. */
const drawSkew = (random: Random, most: number): number => random.pick([1, -1]) * random.between(500, random.pick([2_000, 10_000, most]));
const worstAgentMs = 90_000;
const everyReplica = (hospital: Hospital, vantage: string): readonly Harm[] =>
  hospital.workloads.databases.flatMap((database) =>
    database.replicas.map((replica): Harm => ({ kind: 'lied-about', workload: database.id, replica: replica.name, by: [vantage] })),
  );
