// What name servers answer. One line a probe.
import type { Provider } from '../../ports.ts';
import { dns as probe } from './probes/dns.ts';

export const dns: Provider<undefined, undefined> = { name: 'dns', open: () => undefined, actions: [], probes: [probe], faults: [] };
