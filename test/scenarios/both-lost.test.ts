// Both regions are lost at once, and one comes back in part: as long as its own loss is not over nobody is moved there, and nothing
// is opened only to be closed again.
import { expect, test } from 'vitest';
import { estate } from '../core/estate.ts';
import { Theatre } from '../core/theatre.ts';
import { WorkingStage } from './stage.ts';

test('a standby that is back in part is not a way out while its own loss is open', () => {
  const stage = new WorkingStage();
  const theatre = new Theatre(estate, stage.play);
  stage.theatre = theatre;
  theatre.pass(5_000);
  const probes = ['web-a', 'db-a', 'web-b', 'db-b', 'db'];
  for (const probe of probes) theatre.dark.add(`ehr/east/${probe}`).add(`ehr/west/${probe}`);
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
