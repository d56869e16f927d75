// A site that comes back while the writer that it had is being replaced: it is given back, and the new copy is left to whoever promotes.
import type { Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimSites } from '../../../src/lab/processes/claim-sites.ts';
import type { LabDatabase } from '../../../src/lab/processes/lab-database.ts';
import { ProcessHospital } from '../../../src/lab/processes/process-hospital.ts';

let hospital: ProcessHospital, claim: Server;
beforeAll(async () => {
  const claimed = await claimSites({ addresses: 'auto', ports: {} });
  claim = claimed.claim;
  hospital = await ProcessHospital.start({ sites: claimed.sites });
}, 90_000);
afterAll(async () => {
  await hospital?.close();
  claim?.close();
}, 30_000);
const database = (name: string): LabDatabase => hospital.databases.find((each) => each.name === name)!;

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
