// Every fault that a schedule may draw, by name. Those of the providers strike inside the calls themselves (`world/behaviour.ts`).
import type { Fault } from './fault.ts';
import { losses } from './losses.ts';
import { outside } from './outside.ts';
import { partitions } from './partitions.ts';
import { processes } from './processes.ts';
import { controllerFaults, eyeFaults, journalFaults } from './resus.ts';

export const faults: readonly Fault[] = [
  ...losses,
  ...partitions,
  ...processes,
  ...controllerFaults,
  ...eyeFaults,
  ...journalFaults,
  ...outside,
];
export const faultsOfProviders = [
  'provider-throttles',
  'provider-drops-reply',
  'provider-late-request',
  'provider-slow-operation',
  'provider-read-back-lags',
  'repeated-outcome',
] as const;
export const faultsOfMoments = ['controller-crash', 'controller-stands'] as const;
/** What a schedule draws from. */
export const allFaults: readonly string[] = [...faults.map(({ name }) => name), ...faultsOfProviders, ...faultsOfMoments, 'people'];
