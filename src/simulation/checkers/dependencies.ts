// An imaging system that comes up before the record that it hangs on serves nobody, and takes the time of those who could move that.
import type { History } from '../history.ts';
import type { Checker } from '../truth.ts';

const scopes: Readonly<Record<string, 'replica' | 'zone' | 'region'>> = { ReplicaDown: 'replica', ZoneLost: 'zone', RegionLost: 'region' };

export const dependencies: Checker = {
  name: 'dependencies',
  holds:
    'For an incident no workload is moved before what it hard-depends on, if that has to be moved as well: until that was promoted, or the time to wait for it is over.',
  begin(violate, history) {
    /** As the journal has it: a role that changed and that nobody could know of yet keeps nobody waiting. */
    const primary = new Map<string, string>();
    const maintained = new Map<string, number>();
    const opened = new Set<string>();
    const executed = new Set<string>();
    const waitsFor = (need: string, incident: string, site: string, entryAt: number): string | undefined => {
      const open = [...history.runs.values()].find((run) => run.workload === need && run.closedAt === undefined);
      if (open !== undefined) {
        const isMoving = !executed.has(open.id) && (open.startedAt !== undefined || open.incident !== undefined);
        return isMoving && !isPromoted(history, open.id) ? `${open.id} has not promoted ${open.to}` : undefined;
      }
      const promised = history.world.workloads[need];
      const where = promised?.replicas[primary.get(need) ?? ''];
      if (promised === undefined || where === undefined || entryAt < (maintained.get(need) ?? -Infinity)) return undefined;
      const isLeftToPeople = promised.automation.region === 'manual' || promised.automation.region === 'shadow';
      if (isLeftToPeople || opened.has(`${incident}/${need}`)) return undefined;
      return where.region === site ? `it is lost as well, and no run of it has begun` : undefined;
    };
    return {
      declared({ world }) {
        for (const [id, { primary: name }] of Object.entries(world.workloads)) if (!primary.has(id)) primary.set(id, name);
      },
      durable({ event, entryAt, at }) {
        if (event.type === 'RoleChanged') primary.set(event.data.workload, event.data.primary);
        if (event.type === 'MaintenanceBegan') maintained.set(event.data.workload, event.data.until);
        if (event.type === 'MaintenanceEnded') maintained.delete(event.data.workload);
        if (event.type === 'RunExecuted') executed.add(event.data.run);
        if (event.type !== 'RunOpened' || event.data.incident === undefined) return;
        const { run, workload, incident: id } = event.data;
        const incident = history.incidents.get(id);
        const promised = history.runs.get(run)?.promised;
        if (
          incident !== undefined &&
          promised !== undefined &&
          entryAt - incident.openedEntryAt < promised.dependencyWaitMs[scopes[incident.diagnosis] ?? 'region']
        )
          for (const need of promised.dependsOn) {
            // Of a loss below a region each workload has its own.
            const site = incident.diagnosis === 'RegionLost' ? incident.site : '';
            const because = waitsFor(need, id, site, entryAt);
            if (because !== undefined) violate(at, `${run} opened before ${need}, on which ${workload} depends: ${because}`);
          }
        opened.add(`${id}/${workload}`);
      },
    };
  },
};

function isPromoted(history: History, run: string): boolean {
  return (history.executed.get(run) ?? []).some(({ call }) => call.effect === 'promotes' || call.effect === 'fences-and-promotes');
}
