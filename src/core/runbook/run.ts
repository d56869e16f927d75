// One run, from its approval to its last measured canary. `dueForRun` asks, from the state alone, what must happen
// now: the same answer after a restart as before it.
import type { Event } from '../event.ts';
import { describe } from '../detection/describe.ts';
import { isWithin, regionOf } from '../detection/targets.ts';
import { worstOf } from '../objective/worst.ts';
import type { Due, View } from '../kernel.ts';
import type { Run } from '../state.ts';
import { earliest, later, type Instant, type Json } from '../values.ts';
import { approvedBy } from './approval.ts';
import { scopeOf } from './compile.ts';
import { expand } from './expand.ts';
import type { PlannedStep } from './plan.ts';
import { isInFlight, isOver, type StepState } from './transitions.ts';

/** How long a look at the provider may take before it counts as lost. */
const lookMs = 8_000;
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
  const people = approvedBy(run, run.openedAt);
  if (people.size >= run.approvalsNeeded) return { events: [{ type: 'RunStarted', data: { run: run.id } }] };
  const tier = view.tierOf(run.workload);
  const expiresAt = later(run.openedAt, tier?.approvals.expireMs ?? 3_600_000);
  if (view.now < expiresAt) return { events: [], wakeAt: expiresAt };
  return close(run, 'cancelled', `${people.size} of ${run.approvalsNeeded} approvals came before it expired`);
}

function dueForSteps(view: View, run: Readonly<Run>): Due {
  const events: Event[] = newRole(view, run);
  let wakeAt: Instant | undefined;
  const failed = [...run.steps.values()].some((step) => step.status === 'failed');
  for (const planned of run.plan.steps) {
    const step = run.steps.get(planned.id);
    if (step === undefined || isOver(step)) continue;
    if (step.status === 'pending') {
      if (failed || !planned.needs.every((need) => isDone(run.steps.get(need)))) continue;
      events.push(...beginning(view, run, planned, step));
    } else {
      const due = continuing(view, run, planned, step, failed);
      events.push(...due.events);
      wakeAt = earliest(wakeAt, due.wakeAt);
    }
  }
  if (events.length > 0) return { events };
  const steps = [...run.steps.values()];
  if (failed && !steps.some(isInFlight)) {
    const [id, step] = [...run.steps].find(([, each]) => each.status === 'failed') ?? [];
    return {
      events: [{ type: 'RunExecuted', data: { run: run.id, outcome: 'failed', because: `step ${id ?? '?'}: ${step?.because ?? ''}` } }],
    };
  }
  if (steps.every(isDone))
    return { events: [{ type: 'RunExecuted', data: { run: run.id, outcome: 'succeeded', because: 'every step holds' } }] };
  return wakeAt === undefined ? { events: [] } : { events: [], wakeAt };
}

/** Known to everybody as soon as the promoting step holds, whatever becomes of the rest of the run. */
function newRole(view: View, run: Readonly<Run>): Event[] {
  const promoted = run.plan.steps.some(
    (step) => (step.effect === 'promotes' || step.effect === 'fences-and-promotes') && run.steps.get(step.id)?.status === 'succeeded',
  );
  if (!promoted || view.known.workloads.get(run.workload)?.primary === run.plan.to) return [];
  return [
    {
      type: 'RoleChanged',
      data: { workload: run.workload, primary: run.plan.to, run: run.id, because: `run ${run.id} promoted ${run.plan.to}` },
    },
  ];
}

const isDone = (step: Readonly<StepState> | undefined): boolean => step?.status === 'succeeded' || step?.status === 'skipped';
/** Everything that expressions may speak of when a step starts. */
function stepScope(view: View, run: Readonly<Run>): Record<string, Json> {
  const steps = Object.fromEntries([...run.steps].map(([id, step]) => [id, { status: step.status, outputs: step.outputs }]));
  const workload = view.known.estate?.workloads[run.workload];
  const from = workload?.replicas.find((replica) => replica.name === run.plan.from);
  const to = workload?.replicas.find((replica) => replica.name === run.plan.to);
  if (workload === undefined || from === undefined || to === undefined) return { steps };
  return { ...scopeOf({ workload, from, to, ...(run.plan.leave === undefined ? {} : { leave: run.plan.leave }) }), steps };
}

/** The first attempt: `when`, then the last look before anything that cannot be taken back, the fence, the call. */
function beginning(view: View, run: Readonly<Run>, planned: PlannedStep, step: Readonly<StepState>): Event[] {
  const fail = (code: string, because: string): Event[] => [{ type: 'StepFailed', data: { run: run.id, step: planned.id, code, because } }];
  if (planned.when !== undefined) {
    const when = view.facts.catalogue.evaluate(planned.when, stepScope(view, run));
    if (!when.ok) return fail('EXPRESSION_FAILED', when.message);
    if (when.value !== true)
      return [{ type: 'StepSkipped', data: { run: run.id, step: planned.id, because: `\`when\` is ${JSON.stringify(when.value)}` } }];
  }
  const changesWriter = planned.effect === 'fences' || planned.effect === 'promotes' || planned.effect === 'fences-and-promotes';
  const events: Event[] = [];
  if (changesWriter && run.incident !== undefined && !run.lookedAgain.has(planned.id)) {
    const look = lastLook(view, run);
    events.push({ type: 'LookedAgain', data: { run: run.id, step: planned.id, ...look } });
    if (!look.holds) return [...events, ...fail('SITUATION_CHANGED', look.sentence)];
  }
  if (changesWriter && run.fencing === 'none')
    events.push({
      type: 'FenceStated',
      data: {
        run: run.id,
        step: planned.id,
        fence: 'provider-asserted',
        sentence: `${planned.uses} fences the old writer as part of the same call; that is the provider's word, not a proof, until its own event says so.`,
      },
    });
  const start = attempt(view, run, planned, step);
  return [...events, ...start];
}

function attempt(view: View, run: Readonly<Run>, planned: PlannedStep, step: Readonly<StepState>): Event[] {
  const input = expand(planned.with, stepScope(view, run), view.facts.catalogue.evaluate, 'now');
  if (!input.ok) return [{ type: 'StepFailed', data: { run: run.id, step: planned.id, code: 'EXPRESSION_FAILED', because: input.error } }];
  return [
    {
      type: 'StepStarted',
      data: {
        run: run.id,
        step: planned.id,
        attempt: step.attempt + 1,
        uses: planned.uses,
        with: input.value,
        token: `${run.id}/${planned.id}`,
        deadline: later(view.now, planned.timeoutMs),
      },
    },
  ];
}

/** A step that is under way: wait, look, try again when that is proven safe, or give up. */
function continuing(view: View, run: Readonly<Run>, planned: PlannedStep, step: Readonly<StepState>, runFailed: boolean): Due {
  const { now, known } = view;
  const look = (): Due => ({
    events: [
      {
        type: 'StepObserving',
        data: { run: run.id, step: planned.id, attempt: step.attempt, look: step.look + 1, deadline: later(now, lookMs) },
      },
    ],
  });
  const fail = (code: string, because: string): Due => ({
    events: [{ type: 'StepFailed', data: { run: run.id, step: planned.id, code, because } }],
  });
  const lost = step.epoch < known.epoch;
  const mayRetry = step.attempt <= planned.retries && !runFailed;
  switch (step.status) {
    case 'applying':
      return lost || now >= step.inFlightUntil ? look() : { events: [], wakeAt: step.inFlightUntil };
    case 'observing':
      return lost || now >= step.nextAt ? look() : { events: [], wakeAt: step.nextAt };
    case 'underway':
      if (now >= later(step.deadline, lookMs))
        return fail('TIMED_OUT', `not done ${planned.timeoutMs} ms after it was sent; the provider is still working`);
      return now >= step.nextAt ? look() : { events: [], wakeAt: step.nextAt };
    case 'in-doubt':
      if (now >= later(step.deadline, Math.max(lookMs, planned.settleMs * 2)))
        return fail('UNKNOWN_OUTCOME', `nobody could say whether it took effect: ${step.because}`);
      return now >= step.nextAt ? look() : { events: [], wakeAt: step.nextAt };
    case 'absent':
      if (step.isAbsentTwice && now >= step.inFlightUntil)
        return mayRetry ? { events: attempt(view, run, planned, step) } : fail('DID_NOT_TAKE_EFFECT', step.because);
      return now >= step.nextAt ? look() : { events: [], wakeAt: step.nextAt };
    case 'waiting':
      if (step.nextAt === Infinity || !mayRetry) return fail('REFUSED', step.because);
      return now >= step.nextAt ? { events: attempt(view, run, planned, step) } : { events: [], wakeAt: step.nextAt };
    case 'pending':
    case 'succeeded':
    case 'failed':
    case 'skipped':
      return { events: [] };
    default:
      return { events: [] };
  }
}

/** The diagnosis again, from what is fresh now: it must still be the site that the plan leaves. */
function lastLook(view: View, run: Readonly<Run>): { holds: boolean; sentence: string } {
  const incident = run.incident === undefined ? undefined : view.known.incidents.get(run.incident);
  const bench = view.bench();
  const region = incident && bench && regionOf(bench.estate, incident.site);
  const finding = region && view.diagnosisOf(region);
  if (incident === undefined || bench === undefined || finding === undefined)
    return { holds: false, sentence: 'There is no incident to look at again.' };
  const to = bench.estate.workloads[run.workload]?.replicas.find((replica) => replica.name === run.plan.to);
  // A wider loss is as good a reason, as long as the writer is not moved into it.
  const same = finding.diagnoses.find((each) =>
    each.kind === 'ReplicaDown'
      ? each.workload === run.workload && each.replica === incident.replica
      : isWithin(bench.estate, incident.site, each.site) && !(to !== undefined && isWithin(bench.estate, to.site, each.site)),
  );
  return same !== undefined
    ? { holds: true, sentence: describe(bench, same).sentence }
    : { holds: false, sentence: `${incident.diagnosis} of ${incident.site} no longer holds on fresh observations; nothing was sent.` };
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
  const givenUpAt = later(executedAt, Math.max(60_000, tier.rtoMs));
  if (view.now < givenUpAt) {
    if (workload.failing.size > 0) return { events: [], wakeAt: givenUpAt };
    // A path that never failed long enough to be called failing may yet be about to: give it the time that this takes.
    if (view.now < settledAt) return { events: [], wakeAt: settledAt };
  }
  return {
    events: declared.usersPath.populations.map((population) => ({
      type: 'LedgerRequested' as const,
      data: { run: run.id, workload: run.workload, population: population.name, from: later(run.openedAt, -60_000) },
    })),
  };
}

function dueForMeasurement(view: View, run: Readonly<Run>): Due {
  const overdueAt = later(run.ledgerRequestedAt ?? view.now, ledgerMs);
  const isComplete = [...run.ledgersWanted.keys()].every((population) => run.ledgers.has(population));
  if (!isComplete && view.now < overdueAt) return { events: [], wakeAt: overdueAt };
  const measurement = worstOf([...run.ledgers.values()]);
  const provisional = !isComplete || measurement.canaries.unknown > 0;
  const outcome = run.outcome === 'succeeded' && measurement.restoredAt !== undefined ? 'succeeded' : 'failed';
  const because =
    run.outcome !== 'succeeded'
      ? run.outcomeBecause
      : measurement.restoredAt === undefined
        ? measurement.coverage === undefined
          ? "the users' path did not recover"
          : "nobody watched the users' path long enough to see it recover"
        : 'executed and validated';
  return {
    events: [{ type: 'RunMeasured', data: { run: run.id, measurement, provisional } }, ...close(run, outcome, because, 1).events],
  };
}

/** `more`: entries of this run that come before the closing one in the same turn. */
function close(run: Readonly<Run>, outcome: 'succeeded' | 'failed' | 'cancelled', because: string, more = 0): Due {
  return { events: [{ type: 'RunClosed', data: { run: run.id, outcome, fencing: run.fencing, events: run.events + more + 1, because } }] };
}
