// A machine that moves the writer again and again does more harm than the fault.
import type { Checker } from '../truth.ts';

export const cooldown: Checker = {
  name: 'cooldown',
  holds: 'No run opens for an incident before the cooldown since the last run of its workload is over.',
  begin(violate, history) {
    const sent = new Set<string>();
    const closed = new Map<string, { id: string; entryAt: number }>();
    return {
      durable({ event, entryAt, at }) {
        // What sent nothing has moved nothing.
        if (event.type === 'StepStarted') sent.add(event.data.run);
        if (event.type === 'IncidentAcknowledged')
          for (const id of event.data.workload === undefined ? [...closed.keys()] : [event.data.workload]) closed.delete(id);
        if (event.type === 'RunClosed') {
          const workload = history.runs.get(event.data.run)?.workload;
          // A run that a changed situation replaced has its place taken by its child: nothing was moved in between.
          if (workload !== undefined && sent.has(event.data.run) && (event.data.outcome as string) !== 'superseded')
            closed.set(workload, { id: event.data.run, entryAt });
        }
        if (event.type !== 'RunOpened' || event.data.incident === undefined) return;
        const last = closed.get(event.data.workload);
        const promised = history.runs.get(event.data.run)?.promised;
        if (last !== undefined && promised !== undefined && entryAt - last.entryAt < promised.cooldownMs)
          violate(
            at,
            `${event.data.run} opened ${entryAt - last.entryAt} ms after ${last.id} closed; the cooldown is ${promised.cooldownMs} ms`,
          );
      },
    };
  },
};
