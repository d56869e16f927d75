// Places that are gone without a word: a region, a zone, and both replicas for one common cause.
import type { Fault } from './fault.ts';

export const losses: readonly Fault[] = [
  {
    name: 'region-lost',
    lastsMs: { least: 15_000, most: 200_000 },
    strike: (hospital, random) => loseSite(hospital, random.pick(['east', 'east', 'west', 'north'])),
  },
  {
    name: 'zone-lost',
    lastsMs: { least: 10_000, most: 150_000 },
    strike: (hospital, random) => {
      const zones = Object.values(hospital.ground.estate.sites).filter((site) => site.level === 'zone');
      return zones.length === 0 ? undefined : loseSite(hospital, random.pick(zones).id);
    },
  },
];

export function loseSite(hospital: Parameters<Fault['strike']>[0], site: string): ReturnType<Fault['strike']> {
  hospital.ground.lose(site, 1);
  hospital.workloads.refresh('fault');
  return {
    harms: hospital.workloads.harmsOfLoss(site),
    heal: () => {
      hospital.ground.lose(site, -1);
      hospital.workloads.refresh('fault');
    },
  };
}
