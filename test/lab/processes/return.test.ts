// A site that comes back while the writer that it had is being replaced: it is given back, and the new copy is left to whoever promotes.
import { expect, it } from 'vitest';
import { ownHospital, type Own } from './own-hospital.ts';

let hospital: Own['hospital'], database: Own['database'];
ownHospital((own) => void ({ hospital, database } = own));

it('is back at once; its old writer stays down until there is a new one to copy', { timeout: 60_000 }, async () => {
  const [east, west] = [database('ehr-east'), database('ehr-west')];
  hospital.decideOnRestore(
    (each) => (each.name === east.name ? 'rebuild' : 'resume'),
    () => west,
  );
  await hospital.lose('us-east-2', 'silent', 60_000);
  await hospital.restore('us-east-2');
  expect(hospital.lost()).toEqual([]);
  expect([east.isRunning(), await west.role()]).toEqual([false, 'standby']);
  await west.promote();
  await east.rebuildFrom(west);
  expect(await east.role()).toBe('standby');
});
