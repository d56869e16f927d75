// What can be learned of anything that speaks HTTP. One line a probe.
import type { Provider } from '../../ports.ts';
import { http } from './probes/http.ts';

export const web: Provider<undefined, undefined> = { name: 'web', open: () => undefined, actions: [], probes: [http], faults: [] };
