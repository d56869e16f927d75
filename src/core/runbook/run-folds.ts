// How a run changes with each fact about it. Steps change by the table in `transitions.ts`.
import type { EventData } from '../event.ts';
import type { Folds, Stamp } from '../fold.ts';
import type { Run } from '../state.ts';
import type { Instant } from '../values.ts';
import { letGo } from '../decision/decision-folds.ts';
import { controlFolds, newControl } from './control.ts';
import { asDone, isAbsolute } from './plan.ts';
import { answered, ended, newStep, observed, observing, started, type StepState } from './transitions.ts';

/** `StepFailed` and its like name a step; one that the plan does not have changes nothing. */
const at = (run: Run, step: string, change: (step: StepState) => void): void => {
  const state = run.steps.get(step);
  if (state !== undefined) change(state);
};

export const runFolds: Folds<Run> = {
  ...controlFolds,
  PlanCompiled: (run, { plan }) => {
    run.plan = plan;
    for (const step of plan.steps) run.steps.set(step.id, newStep());
  },
  ApprovalGiven: (run, { by, maxLossMs, acceptsUnknownLoss, emergency }, { stamp }) =>
    run.approvals.push({
      by,
      at: stamp.at,
      ...(maxLossMs === undefined ? {} : { maxLossMs }),
      ...(acceptsUnknownLoss === undefined ? {} : { acceptsUnknownLoss }),
      ...(emergency === undefined ? {} : { emergency }),
    }),
  RunStarted: (run, _, { stamp }) => Object.assign(run, { status: 'running', startedAt: stamp.at }),
  LookedAgain: (run, { step, holds }) => run.lookedAgain.set(step, holds),
  FenceStated: (run, { fence }) => (run.fencing = fence),
  RoleChanged: (run) => (run.isRoleTold = true),
  StepStarted: (run, data, { stamp }) => at(run, data.step, (step) => started(step, stamp.at, stamp.epoch, data, run.approvals.length)),
  StepAnswered: (run, data, { stamp }) => at(run, data.step, (step) => answered(step, stamp.at, data.outcome)),
  StepObserving: (run, data, { stamp }) => {
    const planned = run.plan.steps.find((each) => each.id === data.step);
    at(run, data.step, (step) => observing(step, stamp.epoch, data, planned !== undefined && isAbsolute(asDone(planned, step))));
  },
  StepObserved: (run, data, { stamp }) => {
    const planned = run.plan.steps.find((each) => each.id === data.step);
    at(run, data.step, (step) => observed(step, stamp.at, data.observed, planned === undefined ? 0 : asDone(planned, step).settleMs));
  },
  StepSkipped: (run, data, { stamp }) => at(run, data.step, (step) => ended(step, stamp.at, 'skipped', data.because)),
  StepFailed: (run, data, { stamp }) =>
    at(run, data.step, (step) => ended(step, stamp.at, 'failed', `${data.code}: ${data.because}`, data.code)),
  RunExecuted: (run, { outcome, because }, { stamp, state }) => {
    Object.assign(run, { status: 'executed', executedAt: stamp.at, outcome, outcomeBecause: because });
    letGo(state, run);
  },
  LedgerRequested: (run, { population, from }, { stamp }) => {
    run.status = 'measuring';
    run.ledgerRequestedAt ??= stamp.at;
    run.ledgersWanted.set(population, from);
  },
  LedgerReceived: (run, { population, measurement }) => run.ledgers.set(population, measurement),
  RunMeasured: (run, { measurement }) => (run.measurement = measurement),
  RunClosed: (run, { outcome, because }, { stamp, state }) => {
    Object.assign(run, { status: 'closed', closedAt: stamp.at, outcome, outcomeBecause: because });
    state.openRuns.delete(run.id);
    letGo(state, run);
    const workload = state.workloads.get(run.workload);
    // A plan that was given up for a better one has treated nothing, and the better one need not wait.
    if (outcome === 'superseded') {
      if (workload?.openRun === run.id) Object.assign(workload, { openRun: undefined, superseded: run.id });
      return;
    }
    if (workload?.openRun === run.id) workload.openRun = undefined;
    // What sent nothing needs no rest, and what saw at the last look that its reason was gone has treated nothing.
    const steps = [...run.steps.values()];
    const sentNothing = steps.every((step) => step.attempt === 0);
    if (workload !== undefined && !sentNothing) workload.lastRunClosedAt = stamp.at;
    if (sentNothing && steps.some((step) => step.failedAs === 'SITUATION_CHANGED')) return;
    if (run.incident !== undefined) state.incidents.get(run.incident)?.treated.add(run.workload);
  },
};

export const openedRun = (data: EventData['RunOpened'], stamp: Stamp, impactSince: Instant): Run => ({
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
  asks: data.asks ?? [],
  requestedBy: stamp.actor.id,
  openedAt: stamp.at,
  status: 'awaiting-approval',
  approvals: [],
  locks: data.locks ?? [],
  control: newControl(data.parent),
  startedAt: undefined,
  steps: new Map(),
  lookedAgain: new Map(),
  fencing: 'none',
  executedAt: undefined,
  isRoleTold: false,
  outcome: undefined,
  outcomeBecause: '',
  impactSince,
  ledgerRequestedAt: undefined,
  ledgersWanted: new Map(),
  ledgers: new Map(),
  measurement: undefined,
  closedAt: undefined,
  events: 1,
});
