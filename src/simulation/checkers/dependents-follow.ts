// On the worst day a chain of workloads takes as long as its links: nobody adds a second of his own to each.
import type { Checker } from '../truth.ts';

/** The next one begins in the turn in which it may; this is for disks. */
const boundMs = 400;

export const dependentsFollow: Checker = {
  name: 'dependents-follow',
  holds:
    'A workload that waits for nothing but another one to be moved begins, or says what else it waits for, as soon as that is told to be moved.',
  begin(violate, history) {
    /** By workload: the incident for which it says that it waits for what it depends on. */
    const waiting = new Map<string, string>();
    const due = new Map<string, { readonly need: string; readonly at: number; readonly epoch: number }>();
    const judge = (at: number): void => {
      for (const [workload, { need, at: since, epoch }] of due) {
        if (at - since <= boundMs) continue;
        due.delete(workload);
        const isOpen = history.incidents.get(waiting.get(workload) ?? '')?.isOpen === true;
        if (isOpen && history.epoch === epoch)
          violate(at, `${workload} waits for ${need}, which is moved since ${at - since} ms: no run, and no other reason`);
      }
    };
    const forget = (): void => due.clear();
    return {
      controller: forget,
      'append-refused': forget,
      acknowledged: ({ at }) => judge(at),
      durable({ event, at, epoch }) {
        judge(at);
        if (event.type === 'ActionWithheld') {
          const { workload, incident, guard } = event.data;
          due.delete(workload);
          if (guard === 'dependencies') waiting.set(workload, incident);
          else waiting.delete(workload);
        }
        if (event.type === 'RunOpened') {
          due.delete(event.data.workload);
          waiting.delete(event.data.workload);
        }
        if (event.type !== 'RoleChanged') return;
        // Whose writer is elsewhere, whoever moved it, waits for nothing.
        waiting.delete(event.data.workload);
        due.delete(event.data.workload);
        if (event.data.run === undefined) return;
        for (const workload of waiting.keys()) {
          const needs = history.world.workloads[workload]?.dependsOn ?? [];
          if (needs.length === 1 && needs[0] === event.data.workload) due.set(workload, { need: event.data.workload, at, epoch });
        }
      },
    };
  },
};
