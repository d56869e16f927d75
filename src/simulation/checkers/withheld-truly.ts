// A reason not to act that is none leaves the ward without help and everybody content.
import type { EventData } from '../../core/event.ts';
import type { History, RunTold } from '../history.ts';
import type { Checker, WorkloadAsBuilt } from '../truth.ts';

type Case = {
  readonly history: History;
  readonly told: EventData['ActionWithheld'];
  readonly promised: WorkloadAsBuilt;
  readonly runs: readonly RunTold[];
  readonly ackedAt: number;
  readonly role: string | undefined;
  readonly leaderSince: number;
  readonly isStopped: boolean;
  readonly isMaintained: boolean;
  /** When the journal last had no room, or may have had none. */
  readonly journalSpentAt: number;
  readonly at: number;
};
const scopes: Readonly<Record<string, 'replica' | 'zone' | 'region'>> = { ReplicaDown: 'replica', ZoneLost: 'zone', RegionLost: 'region' };
const diagnosisOf = ({ history, told }: Case): string => history.incidents.get(told.incident)?.diagnosis ?? '';

/** By the name of the guard: whether its reason can be true. What is not here is not judged. */
const canBeTrue: Readonly<Record<string, (it: Case) => boolean>> = {
  untreated: ({ runs, told }) => runs.some((run) => run.incident === told.incident && run.closedAt !== undefined),
  free: ({ runs }) => runs.some((run) => run.closedAt === undefined),
  // A run of a moment ago by any clock that a controller may have; one that sent nothing has nothing to cool down from.
  cooldown: ({ runs, promised, history, at }) =>
    runs.some(
      (run) =>
        run.starts.size > 0 &&
        run.closedAt !== undefined &&
        at - run.closedAt <= Math.max(promised.cooldownMs * 3, 90_000) + 2 * history.world.skewMs,
    ),
  automation: (it) => ['manual', 'shadow'].includes(it.promised.automation[scopes[diagnosisOf(it)] ?? 'replica']),
  dependencies: ({ promised }) => promised.dependsOn.length > 0,
  locks: ({ history, promised, told }) =>
    [...history.runs.values()].some(
      (run) =>
        run.workload !== told.workload &&
        run.closedAt === undefined &&
        run.promised?.shares.some((each) => promised.shares.includes(each)) === true,
    ),
  'users-path': ({ ackedAt, promised, history, at }) => at - ackedAt <= 2 * promised.detectMs + promised.freshMs + 2 * history.world.skewMs,
  'inner-ha': (it) => it.promised.innerHaGraceMs !== undefined && diagnosisOf(it) !== 'RegionLost',
  residency: ({ promised }) => Object.values(promised.replicas).some(({ residency }) => !promised.residency.includes(residency ?? '')),
  vantages: () => false,
  // Every hospital has a plan for whatever it may lose.
  runbook: () => false,
  fencing: () => false,
  'blast-radius': () => false,
  stopped: ({ isStopped }) => isStopped,
  maintenance: ({ isMaintained }) => isMaintained,
  // It stands for at most 40 s, stretched to twice that.
  journal: ({ journalSpentAt, at }) => at - journalSpentAt <= 100_000,
  // Judged only in the calm, by a leader that had time to look.
  'standby-fit': ({ history, promised, role, told, leaderSince, at }) => {
    const waitMs = 3 * promised.freshMs;
    if (history.calmAt === undefined || at - history.calmAt < waitMs || at - leaderSince < waitMs) return true;
    return Object.keys(promised.replicas).some(
      (name) => name !== role && history.harms.stoodInTheWay(told.workload, name, at - waitMs, at),
    );
  },
};

export const withheldTruly: Checker = {
  name: 'withheld-truly',
  holds:
    'A reason not to act is true: a run that is open, a cooldown that is not over, users who were answered, a standby that is not fit.',
  begin(violate, history) {
    const acked = new Map<string, number>();
    const role = new Map<string, string>();
    const maintained = new Set<string>();
    let isStopped = false;
    let journalSpentAt = -Infinity;
    return {
      struck({ fault, at }) {
        if (fault === 'journal-spent') journalSpentAt = at;
      },
      acknowledged({ workload, at }) {
        acked.set(workload, at);
      },
      writer({ workload, replica, writes, by }) {
        if (writes && by !== 'fault') role.set(workload, replica);
      },
      durable({ event, epoch, at }) {
        if (event.type === 'ActingStopped' || event.type === 'ActingReleased') isStopped = event.type === 'ActingStopped';
        if (event.type === 'MaintenanceBegan') maintained.add(event.data.workload);
        if (event.type === 'MaintenanceEnded') maintained.delete(event.data.workload);
        if (event.type !== 'ActionWithheld') return;
        const { data: told } = event;
        const promised = history.world.workloads[told.workload];
        const judge = canBeTrue[told.guard];
        if (promised === undefined || judge === undefined) return;
        const it = {
          history,
          told,
          promised,
          runs: [...history.runs.values()].filter(({ workload }) => workload === told.workload),
          ackedAt: acked.get(told.workload) ?? -Infinity,
          role: role.get(told.workload),
          leaderSince: history.leaders.get(epoch)?.since ?? at,
          isStopped,
          isMaintained: maintained.has(told.workload),
          journalSpentAt,
          at,
        };
        if (!judge(it))
          violate(at, `${told.workload} is left alone in ${told.incident} for a reason that is not there: ${told.guard}, ${told.because}`);
      },
    };
  },
};
