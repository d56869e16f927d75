// Users who are led to a replica that does not write are users without a service.
import type { Call, Checker } from '../truth.ts';

/** For so long what was promoted may be slow to call itself the primary: that it calls itself a standby says nothing. */
const slowToTellMs = 120_000;

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
    /**
     * Most eyes had lost sight of the writer when this leader began, and have not had it back for long: it cannot have heard that others made
     * it the writer.
     */
    const isHiddenSince = ({ workload, epoch }: Call, replica: string, longMs: number, at: number): boolean => {
      const began = history.leaders.get(epoch)?.since ?? -Infinity;
      const eyes = Object.keys(history.world.vantages);
      const was = (eye: string, from: number, to: number): boolean => history.harms.wasHiddenFrom(workload, replica, eye, from, to);
      return eyes.filter((eye) => was(eye, began, began) && was(eye, at - longMs, at)).length > eyes.length / 2;
    };
    /** When it was said that a run had promoted, and that a step was sent, by the clocks of those who said it. */
    const toldAt = new Map<string, number>();
    const sentAt = new Map<string, { readonly at: number; readonly entryAt: number }>();
    let core: readonly string[] = [];
    /** Most eyes see whom it promoted minutes ago, and this leader has heard of it from them alone: whom they see is a standby. */
    const isToldStandby = ({ run, token, workload, to, epoch }: Call, at: number): boolean => {
      const { calmAt = Infinity, world, leaders, drills, harms } = history;
      const isOld = (sentAt.get(token)?.entryAt ?? 0) - (toldAt.get(run) ?? Infinity) > slowToTellMs;
      if (!isOld || (leaders.get(epoch)?.since ?? 0) < calmAt || [...drills.values()].some(({ isOpen }) => isOpen)) return false;
      return core.filter((eye) => harms.hiddenFrom(workload, to, eye, at) === 0).length * 2 > Object.keys(world.vantages).length;
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
      calm({ vantages }) {
        core = vantages;
      },
      durable({ event, at, entryAt }) {
        if (event.type === 'RoleChanged' && event.data.run !== undefined) toldAt.set(event.data.run, entryAt);
        if (event.type === 'StepStarted') sentAt.set(event.data.token, { at, entryAt });
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
        const longMs = detectMs + freshMs;
        const isHidden = writer !== undefined && isHiddenSince(call, writer, longMs, at) && !isToldStandby(call, at);
        // By a clock that is far off nearly all that a leader hears is too old to count.
        const sent = sentAt.get(call.token);
        const isClockOff = sent !== undefined && Math.abs(sent.entryAt - sent.at) > freshMs / 4;
        const isUnknown = isHidden || isClockOff || seenForMs(call.workload, at) <= longMs;
        if (promotedBy.get(call.run) === call.to && isUnknown) return;
        if (writer !== call.to && !history.writersOf(call.workload).has(call.to))
          violate(at, `${call.run} led the users of ${call.workload} to ${call.to} while ${writer ?? 'nobody'} was the writer`);
      },
    };
  },
};
