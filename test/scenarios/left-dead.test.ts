// A database that stays dead is treated by whoever leads: also when the rest of its lost region is back, and by a leader that never saw
// it alive.
import { expect, test } from 'vitest';
import { open } from './stage.ts';

const around = ['web-a', 'db-a', 'web-b', 'db-b'];
const all = [...around, 'db'];

test('what is left of a lost region is treated like the region', () => {
  const { theatre } = open();
  theatre.pass(5_000);
  for (const probe of all) theatre.dark.add(`ehr/east/${probe}`).add(`ehr/west/${probe}`);
  theatre.canaries = 'bad';
  theatre.pass(20_000);
  expect(theatre.of('IncidentOpened').map(({ diagnosis }) => diagnosis)).toEqual(['RegionLost', 'RegionLost']);
  for (const probe of around) theatre.dark.delete(`ehr/east/${probe}`);
  theatre.pass(30_000);
  for (const probe of all) theatre.dark.delete(`ehr/west/${probe}`);
  theatre.until('RoleChanged');
  expect(theatre.of('RoleChanged'), theatre.transcript()).toMatchObject([{ primary: 'west' }]);
});

test('and is not when the database of the region is back as well', () => {
  const { theatre } = open();
  theatre.pass(5_000);
  for (const probe of all) theatre.dark.add(`ehr/east/${probe}`).add(`ehr/west/${probe}`);
  theatre.canaries = 'bad';
  theatre.pass(20_000);
  for (const probe of ['db', 'db-a', 'web-b', 'db-b']) theatre.dark.delete(`ehr/east/${probe}`);
  theatre.pass(30_000);
  for (const probe of all) theatre.dark.delete(`ehr/west/${probe}`);
  theatre.pass(30_000);
  expect(theatre.of('RunOpened'), theatre.transcript()).toEqual([]);
});

test('a leader that began after a database died says that it is dead', () => {
  const { theatre } = open();
  theatre.pass(5_000);
  theatre.dark.add('ehr/east/db');
  theatre.pass(1_000);
  theatre.restart();
  theatre.pass(30_000);
  expect(theatre.of('IncidentOpened'), theatre.transcript()).toMatchObject([{ diagnosis: 'ReplicaDown', replica: 'east' }]);
});

test('a probe that only listens still says nothing of its replica', () => {
  const { theatre } = open();
  theatre.pass(5_000);
  theatre.dark.add('ehr/east/web-a');
  theatre.pass(1_000);
  theatre.restart();
  theatre.pass(30_000);
  expect(theatre.of('IncidentOpened'), theatre.transcript()).toEqual([]);
});
