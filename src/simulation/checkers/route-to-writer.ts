// Users who are led to a replica that does not write are users without a service.
import type { Checker } from '../truth.ts';

export const routeToWriter: Checker = {
  name: 'route-to-writer',
  holds:
    'No run leads users to a replica before that replica was made the writer, nor after others made another one it and there was time to see that.',
  begin(violate, history) {
    /** By workload: who has the role, whether or not it can write at this instant. */
    const role = new Map<string, string>();
    /** Since people last moved it by hand: how long it has written at a stretch. Nobody can know of it before a row of looks has said so. */
    const byHand = new Map<string, { since: number | undefined; longestMs: number }>();
    const seenForMs = (workload: string, at: number): number => {
      const { since, longestMs } = byHand.get(workload) ?? { since: undefined, longestMs: Infinity };
      return Math.max(longestMs, since === undefined ? 0 : at - since);
    };
    const promotedBy = new Map<string, string>();
    /** Most eyes had lost sight of it before this leader began: it cannot have heard that others made it the writer. */
    const isHiddenSince = (workload: string, replica: string, epoch: number, at: number): boolean => {
      const ledForMs = at - (history.leaders.get(epoch)?.since ?? -Infinity);
      const eyes = Object.keys(history.world.vantages);
      return eyes.filter((eye) => history.harms.hiddenFrom(workload, replica, eye, at) >= ledForMs).length > eyes.length / 2;
    };
    return {
      declared({ world }) {
        for (const [id, { primary }] of Object.entries(world.workloads)) if (!role.has(id)) role.set(id, primary);
      },
      writer({ workload, replica, writes, by, at }) {
        const isMoved = writes && by === 'operator' && role.get(workload) !== replica;
        if (isMoved) byHand.set(workload, { since: at, longestMs: 0 });
        else if (role.get(workload) === replica && byHand.has(workload))
          byHand.set(workload, { since: writes ? at : undefined, longestMs: seenForMs(workload, at) });
        // One that only comes back from a fault may be the old writer of a split.
        if (!writes || by === 'fault') return;
        role.set(workload, replica);
      },
      executed({ call, changed, at }) {
        if (call.effect === 'promotes' || call.effect === 'fences-and-promotes') {
          role.set(call.workload, call.to);
          byHand.delete(call.workload);
          promotedBy.set(call.run, call.to);
        }
        if (call.effect !== 'routes' || !changed) return;
        const writer = role.get(call.workload);
        const { detectMs = 0, freshMs = 0 } = history.runs.get(call.run)?.promised ?? {};
        const isUnseen = seenForMs(call.workload, at) <= detectMs + freshMs;
        if (
          promotedBy.get(call.run) === call.to &&
          (isUnseen || (writer !== undefined && isHiddenSince(call.workload, writer, call.epoch, at)))
        )
          return;
        if (writer !== call.to && !history.writersOf(call.workload).has(call.to))
          violate(at, `${call.run} led the users of ${call.workload} to ${call.to} while ${writer ?? 'nobody'} was the writer`);
      },
    };
  },
};
