// What can be learned below every application protocol. One line a probe.
import type { Provider } from '../../ports.ts';
import { tcp } from './probes/tcp.ts';

export const net: Provider<undefined, undefined> = { name: 'net', open: () => undefined, actions: [], probes: [tcp], faults: [] };
