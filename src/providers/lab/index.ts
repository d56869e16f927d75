// Faults that only the lab can inject. One line a fault.
import type { Provider } from '../../ports.ts';
import { killDatabase } from './faults/kill-database.ts';
import { loseSite } from './faults/lose-site.ts';
import { LabTools, type LabConfig } from './tools.ts';

export const lab: Provider<LabConfig, LabTools> = {
  name: 'lab',
  open: (config) => new LabTools(config),
  actions: [],
  probes: [],
  faults: [loseSite, killDatabase],
};
