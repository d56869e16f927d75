// One run, from its approval to its last measured canary. `dueForRun` asks, from the state alone, what must happen
// now: the same answer after a restart as before it.
import { isSustained, pathId } from '../detection/sight.ts';
import type { Tier, Workload } from '../estate.ts';
import { rtoOfRun } from '../objective/target.ts';
import { worstOf } from '../objective/worst.ts';
import { saidStopped } from '../decision/hold.ts';
import { takes } from '../decision/open-incidents.ts';
import type { Due, View } from '../kernel.ts';
import type { Run } from '../state.ts';
import { earliest, later, type Instant } from '../values.ts';
import { isEnough, patienceMs } from './approval.ts';
import { changedSituation } from './situation.ts';
import { dueForSteps, type Ending } from './steps.ts';
import { dueForWait } from './wait.ts';
import { isWriterless } from './window.ts';

/** How long users may take to follow: name servers and clients may keep an old answer for a minute and more. */
const followMs = 180_000;
/** How long they have when nothing was moved: they may come back by themselves. */
const giveUpMs = 60_000;
/** How long a client that reports nothing may take to: its controller may have died, and it sends what it kept to the next one. */
const lateMs = 15_000;
const againMs = 1_000;
/** How long the canary clients have to read their ledgers back before the measurement is provisional. */
const ledgerMs = 30_000;

export function dueForRun(view: View, run: Readonly<Run>): Due {
  switch (run.status) {
    case 'awaiting-approval':
      return dueForApproval(view, run);
    case 'running':
      return dueForSteps(view, run);
    case 'executed':
      return dueForValidation(view, run);
    case 'measuring':
      return dueForMeasurement(view, run);
    case 'closed':
      return { events: [] };
    default:
      return { events: [] };
  }
}

function dueForApproval(view: View, run: Readonly<Run>): Due {
  const changed = changedSituation(view, run);
  if (changed !== undefined) return close(run, 'superseded', `${changed}; nothing was sent`);
  const approvals = run.approvals.filter((approval) => approval.at >= run.openedAt);
  const { paused } = run.control;
  const { stopped } = view.known;
  if (paused === undefined && stopped === undefined && isEnough(approvals, run.approvalsNeeded))
    return { events: [{ type: 'RunStarted', data: { run: run.id } }] };
  const expiresAt = later(run.openedAt, patienceMs(view.tierOf(run.workload)));
  if (view.now < expiresAt) {
    const wait = dueForWait(view, run);
    return wait.events.length > 0 ? wait : { events: [], wakeAt: earliest(expiresAt, wait.wakeAt) ?? expiresAt };
  }
  const people = new Set(approvals.map(({ by }) => by)).size;
  const held =
    paused !== undefined ? `; ${paused.by} had paused it and nobody resumed it` : stopped === undefined ? '' : `; ${saidStopped(stopped)}`;
  return close(run, 'cancelled', `${people} of ${run.approvalsNeeded} approvals came before it expired${held}`);
}

/** Executed; now the users' path decides when it is over. */
function dueForValidation(view: View, run: Readonly<Run>): Due {
  const workload = view.known.workloads.get(run.workload);
  const declared = view.known.estate?.workloads[run.workload];
  const tier = view.tierOf(run.workload);
  if (workload === undefined || declared === undefined || tier === undefined)
    return close(run, 'failed', 'its workload is no longer declared');
  const executedAt = run.executedAt ?? view.now;
  const settledAt = later(executedAt, tier.usersPath.sustainedMs + tier.usersPath.timeoutMs);
  const givenUpAt = later(executedAt, Math.max(run.outcome === 'succeeded' ? followMs : giveUpMs, rtoOfRun(view, run) ?? 0));
  // Nobody can be served: where the writer is now was lost in the meantime, or this run has stopped the old one and promoted none. The
  // next run waits for the end of this one.
  const isHopeless = isLostAgain(view, run, declared) || (isWriterless(run) && workload.primary !== run.plan.to);
  if (view.now < givenUpAt && !isHopeless) {
    if (workload.failing.size > 0) return { events: [], wakeAt: givenUpAt };
    // A path that never failed long enough to be called failing may yet be about to: give it the time that this takes.
    if (view.now < settledAt) return { events: [], wakeAt: settledAt };
    if (isAwaited(view, declared, tier.usersPath, executedAt))
      return { events: [], wakeAt: earliest(later(view.now, againMs), givenUpAt) ?? givenUpAt };
  }
  return {
    events: declared.usersPath.populations.map((population) => ({
      type: 'LedgerRequested' as const,
      data: { run: run.id, workload: run.workload, population: population.name, from: later(run.impactSince, -60_000) },
    })),
  };
}

/** Whether another incident than the one it was opened for takes the present writer away. */
function isLostAgain({ known }: View, run: Readonly<Run>, { replicas }: Workload): boolean {
  const state = known.workloads.get(run.workload);
  const writer = replicas.find(({ name }) => name === state?.primary);
  const { estate } = known;
  if (state === undefined || writer === undefined || estate === undefined) return false;
  return [...state.incidents].some((id) => {
    const incident = id === run.incident ? undefined : known.incidents.get(id);
    return incident !== undefined && takes(estate, incident, writer);
  });
}

/** Whether some population's good answers have not lasted yet since the execution: measured now, it would not be seen to recover. */
function isAwaited(view: View, { id, usersPath }: Workload, rule: Tier['usersPath'], executedAt: Instant): boolean {
  return usersPath.populations.some(({ name }) => {
    const path = view.seen.paths.get(pathId(id, name));
    if (path === undefined || path.lastSampleAt < executedAt) return view.now < later(executedAt, lateMs);
    return !isSustained(path, rule);
  });
}

function dueForMeasurement(view: View, run: Readonly<Run>): Due {
  const overdueAt = later(run.ledgerRequestedAt ?? view.now, ledgerMs);
  const isComplete = [...run.ledgersWanted.keys()].every((population) => run.ledgers.has(population));
  if (!isComplete && view.now < overdueAt) return { events: [], wakeAt: overdueAt };
  const measurement = worstOf([...run.ledgers.values()]);
  const provisional = !isComplete || measurement.canaries.unknown > 0;
  const unserved = failingWhenAsked(view, run);
  const outcome =
    run.outcome === 'succeeded' && measurement.restoredAt !== undefined && unserved.length === 0
      ? 'succeeded'
      : run.outcome === 'cancelled'
        ? 'cancelled'
        : 'failed';
  const because =
    run.outcome !== 'succeeded'
      ? run.outcomeBecause
      : measurement.restoredAt === undefined
        ? measurement.coverage === undefined
          ? "the users' path did not recover"
          : "nobody watched the users' path long enough to see it recover"
        : unserved.length === 0
          ? 'executed and validated'
          : `users were well for a while and are not now: the path of ${unserved.join(', ')} fails`;
  return {
    events: [{ type: 'RunMeasured', data: { run: run.id, measurement, provisional } }, ...close(run, outcome, because, 1).events],
  };
}

/** Populations that were not answered when the ledgers were asked for: the run gave up on them. What fails later is not its doing. */
const failingWhenAsked = ({ known }: View, { workload, ledgerRequestedAt }: Readonly<Run>): readonly string[] =>
  [...(known.workloads.get(workload)?.failing ?? [])].flatMap(([population, { since }]) =>
    since < (ledgerRequestedAt ?? Infinity) ? [population] : [],
  );

/** `more`: entries of this run that come before the closing one in the same turn. */
function close(run: Readonly<Run>, outcome: 'succeeded' | Ending['outcome'], because: string, more = 0): Due {
  return { events: [{ type: 'RunClosed', data: { run: run.id, outcome, fencing: run.fencing, events: run.events + more + 1, because } }] };
}
