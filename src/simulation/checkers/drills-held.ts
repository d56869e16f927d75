// Whoever has pulled the lever, or has the machine open, did not mean that it may be practised on.
import type { Checker } from '../truth.ts';

export const drillsHeld: Checker = {
  name: 'drills-held',
  holds: 'While people hold everything, or maintain the workload, no game day begins a fault of it.',
  begin(violate, history) {
    let isStopped = false;
    const maintained = new Map<string, number>();
    return {
      durable({ event, entryAt, at }) {
        if (event.type === 'ActingStopped') isStopped = true;
        if (event.type === 'ActingReleased') isStopped = false;
        if (event.type === 'MaintenanceBegan') maintained.set(event.data.workload, event.data.until);
        if (event.type === 'MaintenanceEnded') maintained.delete(event.data.workload);
        if (event.type !== 'FaultIntended') return;
        const { drill, fault } = event.data;
        const workload = history.drills.get(drill)?.workload ?? '';
        if (isStopped) violate(at, `${drill} begins ${fault} while acting is stopped`);
        else if (entryAt < (maintained.get(workload) ?? -Infinity)) violate(at, `${drill} begins ${fault} while ${workload} is maintained`);
      },
    };
  },
};
