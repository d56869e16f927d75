// More than one loss at a time. A region that is back in part is no way out; and a loss in which the writer is not keeps nobody from
// treating the one in which it is, however much wider it is.
import { expect, test } from 'vitest';
import type { Estate, Site } from '../../src/core/estate.ts';
import type { SiteId } from '../../src/core/values.ts';
import { estate, workload } from '../core/estate.ts';
import { Theatre } from '../core/theatre.ts';
import { WorkingStage } from './stage.ts';

const probes = ['web-a', 'db-a', 'web-b', 'db-b', 'db'];
/** All of it, and not the vantage that stands there. */
const lose = ({ dark }: Theatre, replica: string): void => {
  for (const probe of probes) dark.add(`ehr/${replica}/${probe}`);
};
const westThenEast = (declared: Estate): Theatre => {
  const stage = new WorkingStage();
  const theatre = new Theatre(declared, stage.play);
  stage.theatre = theatre;
  theatre.pass(5_000);
  lose(theatre, 'west');
  theatre.until('IncidentOpened');
  theatre.canaries = 'bad';
  lose(theatre, 'east');
  theatre.pass(20_000, () => theatre.of('RunOpened').length > 0);
  return theatre;
};

test('a standby that is back in part is not a way out while its own loss is open', () => {
  const stage = new WorkingStage();
  const theatre = new Theatre(estate, stage.play);
  stage.theatre = theatre;
  theatre.pass(5_000);
  lose(theatre, 'east');
  lose(theatre, 'west');
  theatre.canaries = 'bad';
  theatre.pass(20_000);
  expect(theatre.of('IncidentOpened').map(({ site }) => site)).toEqual(['us-east-2', 'us-west-2']);
  for (const probe of probes.slice(1)) theatre.dark.delete(`ehr/west/${probe}`);
  theatre.pass(20_000);
  expect(theatre.of('RunOpened'), theatre.transcript()).toEqual([]);
  expect(theatre.of('ActionWithheld').map(({ guard }) => guard)).toContain('standby-fit');
  theatre.dark.delete('ehr/west/web-a');
  theatre.until('RoleChanged');
  theatre.canaries = 'good';
  theatre.until('RunClosed');
  expect(theatre.of('RunClosed')).toMatchObject([{ run: 'ehr-1', outcome: 'succeeded' }]);
});

test('a lost region without the writer does not keep the writer in a lost zone', () => {
  const stage = new WorkingStage();
  const theatre = new Theatre(estate, stage.play);
  [stage.theatre, theatre.writerZone] = [theatre, 'us-east-2a'];
  theatre.pass(5_000);
  theatre.dark.add('us-west-2');
  theatre.until('ActionWithheld');
  expect(theatre.of('ActionWithheld')).toMatchObject([{ guard: 'primary' }]);
  theatre.dark.add('us-east-2a');
  theatre.pass(20_000, () => theatre.of('RunOpened').length > 0);
  expect(theatre.of('RunOpened'), theatre.transcript()).toMatchObject([{ incident: 'incident-2', mode: 'failover' }]);
});

test('a lost region without the writer does not hide the loss of the one in which it is', () => {
  const theatre = westThenEast(estate);
  expect(
    theatre.of('ActionWithheld').map(({ incident, guard }) => `${incident} ${guard}`),
    theatre.transcript(),
  ).toEqual(['incident-1 primary', 'incident-2 standby-fit']);
});

test('of two others the one is taken that is not lost itself', () => {
  const third = { ...workload.replicas[1]!, name: 'north', site: 'us-north-1' as SiteId };
  const site = (id: string, parent: string): Site => ({ ...estate.sites['us-west-2a']!, id: id as SiteId, parent: parent as SiteId });
  const declared: Estate = {
    ...estate,
    sites: {
      ...estate.sites,
      'us-north-1': { ...estate.sites['us-west-2']!, id: 'us-north-1' as SiteId, vantages: [] },
      'us-north-1a': site('us-north-1a', 'us-north-1'),
      'us-north-1b': site('us-north-1b', 'us-north-1'),
    },
    workloads: {
      ehr: {
        ...workload,
        replicas: [
          ...workload.replicas,
          { ...third, probes: third.probes.map((probe) => ({ ...probe, site: probe.site.replace('west-2', 'north-1') as SiteId })) },
        ],
        replication: ['west', 'north'].map((to) => ({ ...workload.replication[0]!, to })),
      },
    },
  };
  const theatre = westThenEast(declared);
  expect(
    theatre.of('PlanCompiled').map(({ plan }) => `${plan.from} to ${plan.to}`),
    theatre.transcript(),
  ).toEqual(['east to north']);
});
