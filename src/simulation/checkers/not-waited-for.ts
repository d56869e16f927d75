// Users of a place that is lost again do not come back while somebody waits for them there.
import type { Checker } from '../truth.ts';

/** It is asked in the turn in which the incident opens; this is for disks. */
const boundMs = 3_000;

export const notWaitedFor: Checker = {
  name: 'not-waited-for',
  holds: 'A run whose new place is lost while it waits for users to be well is measured at once, so that the next one may begin.',
  begin(violate, history) {
    /** By run: that it has executed, and waits for users. */
    const waiting = new Set<string>();
    const due = new Map<string, { readonly incident: string; readonly at: number; readonly epoch: number }>();
    const primary = new Map<string, string>();
    const judge = (at: number): void => {
      for (const [run, { incident, at: since, epoch }] of due) {
        if (at - since <= boundMs) continue;
        due.delete(run);
        if (history.epoch === epoch && history.incidents.get(incident)?.isOpen === true)
          violate(at, `${run} waits for users since ${at - since} ms where ${incident} has taken their writer away`);
      }
    };
    const over = (run: string): void => {
      waiting.delete(run);
      due.delete(run);
    };
    const forget = (): void => due.clear();
    return {
      controller: forget,
      'append-refused': forget,
      acknowledged: ({ at }) => judge(at),
      durable({ event, at, epoch }) {
        judge(at);
        if (event.type === 'RoleChanged') primary.set(event.data.workload, event.data.primary);
        if (event.type === 'RunExecuted') waiting.add(event.data.run);
        if (event.type === 'LedgerRequested' || event.type === 'RunClosed') over(event.data.run);
        if (event.type !== 'IncidentOpened') return;
        const { incident, diagnosis, site, workload, replica } = event.data;
        for (const id of waiting) {
          const run = history.runs.get(id);
          const writer = primary.get(run?.workload ?? '');
          if (run === undefined || writer === undefined || writer !== run.to || run.from === run.to) continue;
          const isRegion = diagnosis === 'RegionLost' && run.promised?.replicas[writer]?.region === site;
          const isReplica = diagnosis === 'ReplicaDown' && workload === run.workload && replica === writer;
          if (isRegion || isReplica) due.set(id, { incident, at, epoch });
        }
      },
    };
  },
};
