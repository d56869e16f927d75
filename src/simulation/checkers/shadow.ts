// A machine on trial says what it would do. One that does it has ended the trial by itself.
import type { Checker, WorkloadAsBuilt } from '../truth.ts';

const scopes: Readonly<Record<string, 'replica' | 'zone' | 'region'>> = { ReplicaDown: 'replica', ZoneLost: 'zone', RegionLost: 'region' };

export const shadow: Checker = {
  name: 'shadow',
  holds:
    'Where the tier says shadow nothing is carried out for an incident; there alone it is said what would have been done, once for each, and nothing that may not be done.',
  begin(violate, history) {
    const said = new Set<string>();
    const isShadow = (promised: WorkloadAsBuilt | undefined, incident: string): boolean =>
      promised?.automation[scopes[history.incidents.get(incident)?.diagnosis ?? ''] ?? 'replica'] === 'shadow';
    return {
      executed({ call, at }) {
        const run = history.runs.get(call.run);
        if (run?.incident !== undefined && isShadow(run.promised, run.incident))
          violate(at, `${call.uses} of ${run.id} was carried out for ${run.incident}; the tier says shadow`);
      },
      durable({ event, at }) {
        if (event.type !== 'WouldHaveActed') return;
        const { incident, workload, to } = event.data;
        const promised = history.world.workloads[workload];
        const key = `${incident}/${workload}`;
        const where = promised?.replicas[to]?.residency;
        if (!isShadow(promised, incident)) violate(at, `it is said what would be done for ${workload} in ${incident}, outside shadow`);
        else if (said.has(key)) violate(at, `it is said again what would be done for ${workload} in ${incident}`);
        else if (promised !== undefined && where !== undefined && !promised.residency.includes(where))
          violate(at, `for ${workload} ${to} in ${where} would be made the writer; allowed: ${promised.residency.join(', ')}`);
        said.add(key);
      },
    };
  },
};
