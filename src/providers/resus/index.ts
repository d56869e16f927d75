// What a runbook can do without any provider. One line an action.
import type { Provider } from '../../ports.ts';
import { approve } from './actions/approve.ts';
import { human } from './actions/human.ts';
import { move } from './actions/move.ts';
import { probe } from './actions/probe.ts';
import { wait } from './actions/wait.ts';
import { ResusTools, type ResusConfig } from './tools.ts';

export const resus: Provider<ResusConfig, ResusTools> = {
  name: 'resus',
  open: (config) => new ResusTools(config),
  actions: [probe, wait, approve, human, move],
  probes: [],
  faults: [],
};
