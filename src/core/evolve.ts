// What we know: one fact folded into the state. Total, never reads a clock, never refuses. The only code that changes it.
import { countDoubts, doubt } from './detection/doubt.ts';
import { targetsOf } from './detection/targets.ts';
import type { Event } from './event.ts';
import { newFault } from './gameday/fault.ts';
import { evolveFault } from './gameday/fault.ts';
import { answered, ended, newStep, observed, observing, started } from './runbook/transitions.ts';
import type { Drill, Facts, Run, State, WorkloadState } from './state.ts';
import type { Actor, Instant, WorkloadId } from './values.ts';

export type Stamp = { readonly at: Instant; readonly epoch: number; readonly actor: Actor };

export function evolve(state: State, event: Event, stamp: Stamp, facts: Facts): void {
  state.counts.set(event.type, (state.counts.get(event.type) ?? 0) + 1);
  state.epoch = stamp.epoch;
  const run = 'run' in event.data && event.data.run !== undefined ? state.runs.get(event.data.run) : undefined;
  if (run !== undefined) {
    run.events += 1;
    evolveRun(state, run, event, stamp);
  }
  const drill = 'drill' in event.data && event.data.drill !== undefined ? state.drills.get(event.data.drill) : undefined;
  if (drill !== undefined) evolveDrill(state, drill, event, stamp);
  evolveEstate(state, event, stamp, facts);
}

function evolveEstate(state: State, event: Event, stamp: Stamp, facts: Facts): void {
  switch (event.type) {
    case 'EpochBegan':
      [state.controller, state.epochBeganAt] = [event.data.controller, stamp.at];
      return;
    case 'EstateDeclared': {
      const estate = facts.estates.get(event.data.estate);
      if (estate === undefined) throw new Error(`the estate ${event.data.estate} that the journal names is not in the blob store`);
      [state.estateHash, state.estate, state.targets] = [event.data.estate, estate, targetsOf(estate)];
      for (const workload of Object.values(estate.workloads))
        if (!state.workloads.has(workload.id))
          state.workloads.set(workload.id, newWorkload(workload.id, workload.replicas.find((each) => each.role === 'primary')?.name ?? ''));
      for (const id of state.workloads.keys()) if (estate.workloads[id] === undefined) state.workloads.delete(id);
      for (const id of state.verdicts.keys()) if (!state.targets.byId.has(id)) state.verdicts.delete(id);
      countDoubts(state.doubts, estate, state.targets, state.verdicts);
      return;
    }
    case 'VerdictChanged': {
      const { target, vantage, verdict } = event.data;
      let byVantage = state.verdicts.get(target);
      if (byVantage === undefined) state.verdicts.set(target, (byVantage = new Map()));
      const before = byVantage.get(vantage);
      byVantage.set(vantage, verdict);
      const change = { target, verdict, ...(before === undefined ? {} : { before }) };
      if (state.estate !== undefined && state.targets !== undefined) doubt(state.doubts, state.estate, state.targets, change);
      return;
    }
    case 'UsersPathFailed': {
      const workload = state.workloads.get(event.data.workload);
      workload?.restored.delete(event.data.population);
      workload?.failing.set(event.data.population, { since: event.data.lastGoodAt, because: event.data.because });
      return;
    }
    case 'UsersPathRestored': {
      const workload = state.workloads.get(event.data.workload);
      workload?.failing.delete(event.data.population);
      workload?.restored.set(event.data.population, { at: event.data.firstGoodAt, timeline: event.data.timeline });
      return;
    }
    case 'IncidentOpened':
      state.incidents.set(event.data.incident, {
        ...event.data,
        openedAt: stamp.at,
        closedAt: undefined,
        closedBecause: undefined,
        treated: new Set(),
        withheld: new Map(),
      });
      state.openIncidents.add(event.data.incident);
      return;
    case 'IncidentClosed': {
      const incident = state.incidents.get(event.data.incident);
      if (incident !== undefined) [incident.closedAt, incident.closedBecause] = [stamp.at, event.data.because];
      state.openIncidents.delete(event.data.incident);
      return;
    }
    case 'ActionWithheld':
      state.incidents.get(event.data.incident)?.withheld.set(event.data.workload, { guard: event.data.guard, because: event.data.because });
      return;
    case 'RoleChanged': {
      const workload = state.workloads.get(event.data.workload);
      if (workload !== undefined) workload.primary = event.data.primary;
      return;
    }
    case 'RunOpened': {
      const workload = state.workloads.get(event.data.workload);
      if (workload !== undefined) [workload.runs, workload.openRun] = [workload.runs + 1, event.data.run];
      state.openRuns.add(event.data.run);
      state.runs.set(event.data.run, openedRun(event.data, stamp));
      const drill = event.data.drill === undefined ? undefined : state.drills.get(event.data.drill);
      if (drill?.phase === 'failback') drill.failback = event.data.run;
      else if (drill !== undefined) drill.run ??= event.data.run;
      return;
    }
    case 'DrillOpened': {
      const spec = state.estate?.gamedays[event.data.gameday];
      if (spec === undefined) return;
      state.openDrill = event.data.drill;
      state.drills.set(event.data.drill, {
        id: event.data.drill,
        gameday: event.data.gameday,
        workload: event.data.workload,
        spec,
        by: stamp.actor.id,
        openedAt: stamp.at,
        phase: 'gates',
        phaseAt: stamp.at,
        faults: new Map(),
        gates: [],
        expectations: [],
        run: undefined,
        failback: undefined,
        stopping: undefined,
        verdict: undefined,
        verdictBecause: '',
        closedAt: undefined,
      });
      return;
    }
    case 'ScheduleMissed':
      state.missed.push(event.data);
      if (state.missed.length > 100) state.missed.shift();
      return;
    default:
      return;
  }
}

const newWorkload = (id: WorkloadId, primary: string): WorkloadState => ({
  id,
  primary,
  runs: 0,
  openRun: undefined,
  lastRunClosedAt: undefined,
  failing: new Map(),
  restored: new Map(),
});

function openedRun(data: Extract<Event, { type: 'RunOpened' }>['data'], stamp: Stamp): Run {
  return {
    id: data.run,
    workload: data.workload,
    mode: data.mode,
    hash: data.plan,
    // Its own entry, in the same turn, brings the plan.
    plan: { workload: data.workload, mode: data.mode, runbook: '', from: '', to: '', steps: [] },
    incident: data.incident,
    drill: data.drill,
    because: data.because,
    reasons: data.reasons,
    approvalsNeeded: data.approvalsNeeded,
    requestedBy: stamp.actor.id,
    openedAt: stamp.at,
    status: 'awaiting-approval',
    approvals: [],
    startedAt: undefined,
    steps: new Map(),
    lookedAgain: new Map(),
    fencing: 'none',
    executedAt: undefined,
    outcome: undefined,
    outcomeBecause: '',
    ledgerRequestedAt: undefined,
    ledgersWanted: new Map(),
    ledgers: new Map(),
    measurement: undefined,
    closedAt: undefined,
    events: 1,
  };
}

function evolveRun(state: State, run: Run, event: Event, { at, epoch }: Stamp): void {
  const step = 'step' in event.data ? run.steps.get(event.data.step) : undefined;
  switch (event.type) {
    case 'PlanCompiled':
      state.runs.set(run.id, { ...run, plan: event.data.plan, steps: new Map(event.data.plan.steps.map((each) => [each.id, newStep()])) });
      return;
    case 'ApprovalGiven':
      run.approvals.push({ by: event.data.by, at });
      return;
    case 'RunStarted':
      [run.status, run.startedAt] = ['running', at];
      return;
    case 'LookedAgain':
      run.lookedAgain.set(event.data.step, event.data.holds);
      return;
    case 'FenceStated':
      run.fencing = event.data.fence;
      return;
    case 'StepStarted':
      if (step !== undefined) started(step, at, epoch, event.data);
      return;
    case 'StepAnswered':
      if (step !== undefined) answered(step, at, event.data.outcome);
      return;
    case 'StepObserving':
      if (step !== undefined) observing(step, epoch, event.data);
      return;
    case 'StepObserved':
      if (step !== undefined)
        observed(step, at, event.data.observed, run.plan.steps.find((each) => each.id === event.data.step)?.settleMs ?? 0);
      return;
    case 'StepSkipped':
      if (step !== undefined) ended(step, at, 'skipped', event.data.because);
      return;
    case 'StepFailed':
      if (step !== undefined) ended(step, at, 'failed', `${event.data.code}: ${event.data.because}`);
      return;
    case 'RunExecuted':
      [run.status, run.executedAt, run.outcome, run.outcomeBecause] = ['executed', at, event.data.outcome, event.data.because];
      return;
    case 'LedgerRequested':
      run.status = 'measuring';
      run.ledgerRequestedAt ??= at;
      run.ledgersWanted.set(event.data.population, event.data.from);
      return;
    case 'LedgerReceived':
      run.ledgers.set(event.data.population, event.data.measurement);
      return;
    case 'RunMeasured':
      run.measurement = event.data.measurement;
      return;
    case 'RunClosed': {
      [run.status, run.closedAt, run.outcome, run.outcomeBecause] = ['closed', at, event.data.outcome, event.data.because];
      state.openRuns.delete(run.id);
      const workload = state.workloads.get(run.workload);
      if (workload?.openRun === run.id) [workload.openRun, workload.lastRunClosedAt] = [undefined, at];
      if (run.incident !== undefined) state.incidents.get(run.incident)?.treated.add(run.workload);
      return;
    }
    default:
      return;
  }
}

function evolveDrill(state: State, drill: Drill, event: Event, stamp: Stamp): void {
  switch (event.type) {
    case 'DrillPhaseEntered':
      [drill.phase, drill.phaseAt] = [event.data.phase, stamp.at];
      return;
    case 'GateChecked':
      drill.gates.push({ gate: event.data.gate, holds: event.data.holds });
      return;
    case 'FaultIntended':
      drill.faults.set(event.data.fault, newFault(event.data, stamp));
      return;
    case 'FaultAnswered':
    case 'FaultBit':
    case 'FaultReverting':
    case 'FaultReverted':
    case 'FaultChecking':
    case 'FaultChecked': {
      const fault = drill.faults.get(event.data.fault);
      if (fault !== undefined) evolveFault(fault, event, stamp);
      return;
    }
    case 'DrillStopping':
      drill.stopping ??= { verdict: event.data.verdict, because: event.data.because };
      return;
    case 'ExpectationChecked':
      drill.expectations.push({ expectation: event.data.expectation, holds: event.data.holds });
      return;
    case 'DrillClosed':
      [drill.phase, drill.closedAt, drill.verdict, drill.verdictBecause] = ['closed', stamp.at, event.data.verdict, event.data.because];
      if (state.openDrill === drill.id) state.openDrill = undefined;
      return;
    default:
      return;
  }
}
