// Every fault that a schedule may draw, by name. Those of the providers strike inside the calls themselves (`world/behaviour.ts`).
import type { Fault } from './fault.ts';
import { losses } from './losses.ts';

export const faults: readonly Fault[] = [...losses];
export const faultsOfProviders = [
  'provider-throttles',
  'provider-drops-reply',
  'provider-late-request',
  'provider-slow-operation',
  'provider-read-back-lags',
  'repeated-outcome',
] as const;
export const faultsOfMoments = ['controller-crash'] as const;
export const allFaults: readonly string[] = [...faults.map(({ name }) => name), ...faultsOfProviders, ...faultsOfMoments, 'people'];
