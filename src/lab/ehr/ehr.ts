// The EHR of one zone as a process. It listens on a UNIX socket behind its zone's border and ends with its standard input.
import { rm } from 'node:fs/promises';
import { ehrApp } from './app.ts';
import { openObservations } from './observation-store.ts';
import type { EhrSettings } from './settings.ts';

const settings = JSON.parse(process.env['RESUS_EHR'] ?? '{}') as EhrSettings;
process.stdin.on('end', () => process.exit(0)).resume();

// A predecessor that was killed left its socket.
await rm(settings.listenOn, { force: true });
const store = openObservations(settings.databaseSocketFolder, `ehr ${settings.zone}`);
ehrApp(store, settings.switchFile).listen(settings.listenOn, (error) => {
  if (error !== undefined) throw error;
  process.stdout.write('ready\n');
});
