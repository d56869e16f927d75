// A parent of a hospital that the test kills: prints the hospital's folder, then does what it is told on a line.
import { createInterface } from 'node:readline';
import { ProcessHospital } from '../../../src/lab/processes/process-hospital.ts';
import { claimSites } from '../../../src/lab/processes/claim-sites.ts';

const { sites } = await claimSites({ addresses: 'auto', ports: {} });
const hospital = await ProcessHospital.start({ sites, folder: process.argv[2] });
process.stdout.write(`${hospital.folder}\n`);
for await (const site of createInterface({ input: process.stdin })) {
  await hospital.lose(site, 'silent', 600_000);
  process.stdout.write(`lost ${site}\n`);
}
