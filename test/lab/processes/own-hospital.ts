// The laboratory's hospital on real processes, one for all tests of a file: up before the first of them, gone after the last.
import type { Server } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import { claimSites } from '../../../src/lab/processes/claim-sites.ts';
import type { LabDatabase } from '../../../src/lab/processes/lab-database.ts';
import { ProcessHospital } from '../../../src/lab/processes/process-hospital.ts';

export type Own = { readonly hospital: ProcessHospital; readonly database: (name: string) => LabDatabase };

export function ownHospital(started: (own: Own) => void): void {
  let hospital: ProcessHospital | undefined, claim: Server | undefined;
  beforeAll(async () => {
    const claimed = await claimSites({ addresses: 'auto', ports: {} });
    claim = claimed.claim;
    const up = (hospital = await ProcessHospital.start({ sites: claimed.sites }));
    started({ hospital: up, database: (name) => up.databases.find((each) => each.name === name)! });
  }, 90_000);
  afterAll(async () => {
    await hospital?.close();
    claim?.close();
  }, 30_000);
}
