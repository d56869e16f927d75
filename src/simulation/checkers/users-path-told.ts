// What users feel is told by canaries: a path is called failing when they were not answered, and well when they are.
import type { Checker } from '../truth.ts';

/** A report may wait for a leader that stands still or is just taking over. */
const lateMs = 30_000;
/** A client whose clock was wrong may have what it could not report taken for news, and its news for late. */
const wrongClockMs = 120_000;
/** Whoever stood still writes down within this what he knew before. */
const awakeMs = 1_000;
/** A leader is heard of this often. */
const leaseMs = 10_000;
/** In the calm: a new leader takes over and hears of everything again. */
const slackMs = 60_000;

type Row = { from: number; to: number; count: number };
type Path = {
  /** The newest answered canaries without a long gap between two of them. */
  row: Row;
  /** Rows before it in which a restoration may lie. */
  past: readonly Row[];
  /** Times without an answered canary, of late, in their order. */
  gaps: readonly { readonly ms: number; readonly to: number }[];
  isFailing: boolean;
};

export const usersPathTold: Checker = {
  name: 'users-path-told',
  holds:
    'A path is said to fail only after so many canaries in a row were not answered, to be restored only after so many were, and in the calm both are said in time.',
  begin(violate, history) {
    const paths = new Map<string, Path>();
    let ledUntil = 0;
    let newsMs = lateMs;
    const resumedAt = new Map<string, number>();
    const ofPath = (workload: string, population: string): Path => {
      const id = `${workload}/${population}`;
      let path = paths.get(id);
      if (path === undefined) {
        const none = { from: -Infinity, to: -Infinity, count: 0 };
        paths.set(id, (path = { row: none, past: [], gaps: [], isFailing: false }));
      }
      return path;
    };
    /** Nobody was answered from `from` to `to`: was that told, where it had to be? */
    const unanswered = (workload: string, population: string, path: Path, from: number, to: number): void => {
      const { calmAt, world } = history;
      const canary = world.workloads[workload]?.canary;
      if (canary === undefined || calmAt === undefined || path.isFailing) return;
      const boundMs = canary.everyMs * canary.failures + slackMs;
      // Where nobody leads, as a game day took the place of the only controller that is left, nobody can say anything.
      const ms = Math.min(to, ledUntil) - Math.max(from, calmAt, history.leaders.get(history.epoch)?.since ?? 0);
      if (ms > boundMs) violate(to, `${population} gets no answer from ${workload} for ${ms} ms of calm, and nobody says so`);
    };
    return {
      lease: ({ at }) => (ledUntil = at + leaseMs),
      acknowledged({ workload, population, isCanary, at }) {
        if (!isCanary) return;
        const everyMs = history.world.workloads[workload]?.canary.everyMs ?? Infinity;
        const path = ofPath(workload, population);
        const ms = at - path.row.to;
        if (path.row.count > 0 && ms > everyMs * 1.5) {
          path.gaps = [...path.gaps.filter(({ to }) => to >= at - wrongClockMs), { ms, to: at }];
          unanswered(workload, population, path, path.row.to, at);
        }
        // A client that was silent for less than five intervals has not broken its row.
        const isNew = path.row.count === 0 || ms > everyMs * 6;
        if (isNew) path.past = [...path.past, path.row].filter(({ to }) => to >= at - newsMs);
        path.row = isNew ? { from: at, to: at, count: 1 } : { from: path.row.from, to: at, count: path.row.count + 1 };
      },
      struck({ fault }) {
        if (fault === 'canary-clock-wrong') newsMs = wrongClockMs;
      },
      controller({ controller, what, at }) {
        if (what === 'resumed') resumedAt.set(controller, at);
      },
      durable({ event, at, controller }) {
        if (event.type !== 'UsersPathFailed' && event.type !== 'UsersPathRestored') return;
        const { workload, population } = event.data;
        const path = ofPath(workload, population);
        const canary = history.world.workloads[workload]?.canary;
        path.isFailing = event.type === 'UsersPathFailed';
        if (canary === undefined || at - (resumedAt.get(controller) ?? -Infinity) < awakeMs) return;
        if (event.type === 'UsersPathFailed') {
          const openMs = at - path.row.to;
          const gapMs = Math.max(openMs, ...path.gaps.filter(({ to }) => to >= at - lateMs).map(({ ms }) => ms));
          if (gapMs < canary.everyMs * canary.failures - 1_000)
            violate(at, `the path of ${population} to ${workload} is said to fail; the longest wait for an answer was ${gapMs} ms`);
          return;
        }
        const rows = [path.row, ...path.past].filter(({ to }) => to >= at - newsMs);
        const isWell = rows.some(({ from, to, count }) => count >= canary.good && to - from >= canary.sustainedMs - 1_000);
        if (!isWell) violate(at, `the path of ${population} to ${workload} is said to be restored; only ${path.row.count} were answered`);
      },
      end({ at }) {
        const { calmAt, world } = history;
        if (calmAt === undefined) return;
        for (const [workload, { canary, populations }] of Object.entries(world.workloads))
          for (const population of populations) {
            const path = ofPath(workload, population);
            unanswered(workload, population, path, path.row.to, at);
            const wellMs = Math.min(path.row.to, at) - Math.max(path.gaps.at(-1)?.to ?? -Infinity, path.row.from, calmAt);
            const isAnswered = at - path.row.to <= canary.everyMs * 1.5;
            if (path.isFailing && isAnswered && wellMs > canary.sustainedMs + slackMs)
              violate(at, `${population} is answered by ${workload} for ${wellMs} ms of calm, and its path is still said to fail`);
          }
      },
    };
  },
};
