// The metrics: names, shapes, and what they are worth now. Counters are folds over the journal's state, so they do not fall
// when the controller starts again; what the journal does not hold (requests, samples) is counted where it passes.
import { standing } from '../detection/quorum.ts';
import { rolesSeen } from '../detection/roles.ts';
import type { View } from '../kernel.ts';
import type { WorkloadId } from '../values.ts';
import { waitOf } from '../runbook/wait.ts';
import { fleet, lastClosedRun } from './fleet.ts';
import { phases } from '../objective/measurement.ts';
import type { DrillVerdict } from '../gameday/phases.ts';

const drillVerdicts: readonly DrillVerdict[] = ['passed', 'failed', 'inconclusive', 'aborted', 'refused'];

export type Metric = {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly labels: readonly string[];
};
const gauge = (name: string, help: string, ...labels: string[]): Metric => ({ name, help, type: 'gauge', labels });
const counter = (name: string, help: string, ...labels: string[]): Metric => ({ name, help, type: 'counter', labels });

/** Read from the state at each scrape. Times are in seconds, instants in Unix seconds. */
export const stateMetrics = {
  primary: gauge(
    'resus_workload_primary_info',
    'The replica that has the writer role, as the journal knows it; always 1.',
    'workload',
    'replica',
    'site',
    'tier',
  ),
  state: gauge('resus_workload_state_info', 'The one word that `resus status` shows; always 1.', 'workload', 'state'),
  replicaUp: gauge('resus_replica_up', 'Whether the quorum calls every target of the replica up.', 'workload', 'replica'),
  targetUp: gauge('resus_target_up', 'Whether the quorum calls the target up; absent while it cannot say.', 'workload', 'target'),
  splitBrain: gauge(
    'resus_split_brain',
    'Whether two replicas are seen as the primary at once: nothing is done, people must look.',
    'workload',
  ),
  pathHealthy: gauge(
    'resus_users_path_healthy',
    'Whether canaries of the population are answered; 0 also when none are sent.',
    'workload',
    'population',
  ),
  pathLastGood: gauge(
    'resus_users_path_last_good_timestamp_seconds',
    'When the last canary of the population was read back.',
    'workload',
    'population',
  ),
  lag: gauge('resus_replication_lag_seconds', 'Age of the newest heartbeat seen on the standby.', 'workload', 'replica'),
  openIncidents: gauge('resus_open_incidents', 'Open incidents that touch the workload.', 'workload'),
  openRuns: gauge('resus_open_runs', 'Open runs of the workload by status.', 'workload', 'status'),
  runWaiting: gauge(
    'resus_run_waiting',
    'Whether the open run waits for people, by what it waits for; always 1.',
    'workload',
    'run',
    'wait',
  ),
  runWaitingUntil: gauge(
    'resus_run_waiting_until_timestamp_seconds',
    'When that wait ends by itself, and the run with it.',
    'workload',
    'run',
    'wait',
  ),
  rto: gauge('resus_rto_target_seconds', 'Recovery time objective of the tier.', 'workload'),
  rpo: gauge('resus_rpo_target_seconds', 'Recovery point objective of the tier.', 'workload'),
  rta: gauge('resus_run_rta_seconds', "Recovery time achieved on the users' path by the newest closed run.", 'workload', 'mode'),
  rpa: gauge('resus_run_rpa_seconds', 'Recovery point achieved by the newest closed run; an upper bound.', 'workload', 'mode'),
  phase: gauge('resus_run_phase_seconds', 'The phases of that recovery time.', 'workload', 'mode', 'phase'),
  canaries: gauge('resus_run_canaries', 'Canary writes of the newest closed run by what became of them.', 'workload', 'result'),
  drillSuccess: gauge('resus_drill_last_success_timestamp_seconds', 'When the game day last passed; 0 if never.', 'gameday', 'workload'),
  drillDue: gauge('resus_drill_interval_target_seconds', 'How often the tier wants the workload drilled.', 'workload'),
  vantageLastSeen: gauge(
    'resus_vantage_last_seen_timestamp_seconds',
    'When the vantage last sampled anything; 0 if not since this controller began.',
    'vantage',
  ),
  stopped: gauge('resus_acting_stopped', 'Whether somebody has stopped acting: nothing new is started.'),
  maintained: gauge('resus_workload_maintained', 'Whether somebody maintains the workload: automatic failover is withheld.', 'workload'),
  epoch: gauge('resus_epoch', 'The epoch in which this controller leads.'),
  drills: counter('resus_drills_total', 'Drills that ended.', 'gameday', 'verdict'),
  runs: counter('resus_runs_total', 'Runs that closed.', 'workload', 'mode', 'outcome'),
  steps: counter('resus_steps_total', 'Steps that ended.', 'uses', 'outcome'),
  entries: counter('resus_journal_entries_total', 'Journal entries by type.', 'type'),
  missed: counter('resus_schedules_missed_total', 'Scheduled drills that did not start.'),
} as const;
/** Counted or known where they happen, in `api/`. */
export const liveMetrics = {
  build: gauge('resus_build_info', 'The version that runs; always 1.', 'version', 'floor', 'log'),
  ready: gauge('resus_ready', 'Whether the controller acts: it leads and its journal is durable.'),
  observations: counter(
    'resus_observations_total',
    'Samples that a vantage reported, by whether the target was good.',
    'vantage',
    'result',
  ),
  canarySamples: counter(
    'resus_canary_samples_total',
    'Canaries that a population reported, by whether they were read back.',
    'workload',
    'population',
    'result',
  ),
  requests: counter('resus_http_requests_total', 'Requests answered.', 'method', 'route', 'status'),
  streams: gauge('resus_event_streams', 'Readers of the event stream that are connected.'),
  checkpointSize: gauge('resus_checkpoint_entries', 'Journal entries under the newest signed checkpoint.'),
} as const;
export const allMetrics: readonly Metric[] = [...Object.values(stateMetrics), ...Object.values(liveMetrics)];

export type Reading = { readonly metric: Metric; readonly labels: Readonly<Record<string, string>>; readonly value: number };

/** Everything in `stateMetrics` that has a value now. Of one metric, no two readings have the same labels. */
export function readings(view: View): readonly Reading[] {
  const out: Reading[] = [];
  const put = (metric: Metric, labels: Readonly<Record<string, string>>, value: number): void => void out.push({ metric, labels, value });
  const is = (fact: boolean): number => (fact ? 1 : 0);
  const { known } = view;
  const m = stateMetrics;
  put(m.epoch, {}, known.epoch);
  put(m.stopped, {}, is(known.stopped !== undefined));
  for (const at of fleet(view)) {
    const { workload } = at;
    put(
      m.primary,
      { workload, replica: at.primary, site: at.replicas.find((each) => each.name === at.primary)?.site ?? '', tier: at.tier },
      1,
    );
    put(m.state, { workload, state: at.state }, 1);
    if (at.pending?.includes('rto') !== true) put(m.rto, { workload }, at.rtoMs / 1000);
    if (at.pending?.includes('rpo') !== true) put(m.rpo, { workload }, at.rpoMs / 1000);
    put(m.drillDue, { workload }, (view.tierOf(workload)?.drillEveryMs ?? 0) / 1000);
    put(m.openIncidents, { workload }, known.workloads.get(workload)?.incidents.size ?? 0);
    for (const status of ['awaiting-approval', 'running', 'executed', 'measuring'])
      put(m.openRuns, { workload, status }, is(at.openRun?.status === status));
    put(m.maintained, { workload }, is(at.maintenance !== undefined));
    const open = at.openRun === undefined ? undefined : known.runs.get(at.openRun.run);
    const wait = open === undefined ? undefined : waitOf(view, open);
    if (open !== undefined && wait !== undefined) {
      put(m.runWaiting, { workload, run: open.id, wait: wait.kind }, 1);
      put(m.runWaitingUntil, { workload, run: open.id, wait: wait.kind }, wait.until / 1000);
    }
    put(m.splitBrain, { workload }, is(rolesSeen(view, workload).kind === 'split'));
    for (const replica of at.replicas) {
      put(m.replicaUp, { workload, replica: replica.name }, is(replica.verdict === 'up'));
      if (replica.lagMs !== undefined) put(m.lag, { workload, replica: replica.name }, replica.lagMs / 1000);
    }
    for (const path of at.usersPath) {
      put(m.pathHealthy, { workload, population: path.population }, is(path.state === 'healthy'));
      if (path.lastGoodAt !== undefined) put(m.pathLastGood, { workload, population: path.population }, path.lastGoodAt / 1000);
    }
    measured(view, workload, put);
  }
  targets(view, put);
  for (const vantage of known.targets?.vantages ?? []) put(m.vantageLastSeen, { vantage: vantage.id }, lastSeenAt(view, vantage.id) / 1000);
  folded(view, put);
  return out;
}

type Put = (metric: Metric, labels: Readonly<Record<string, string>>, value: number) => void;

function measured(view: View, workload: WorkloadId, put: Put): void {
  const state = view.known.workloads.get(workload);
  const run = state && lastClosedRun(view, state);
  const measurement = run?.measurement;
  if (run === undefined || measurement === undefined) return;
  const labels = { workload, mode: run.mode };
  if (measurement.rtaMs !== undefined) put(stateMetrics.rta, labels, measurement.rtaMs / 1000);
  if (measurement.rpaMs !== undefined) put(stateMetrics.rpa, labels, measurement.rpaMs / 1000);
  for (const phase of phases) {
    const ms = measurement.phasesMs?.[phase];
    if (ms !== undefined) put(stateMetrics.phase, { ...labels, phase }, ms / 1000);
  }
  for (const result of ['acknowledged', 'lost', 'duplicated', 'unknown'] as const)
    put(stateMetrics.canaries, { workload, result }, measurement.canaries[result]);
}

function targets(view: View, put: Put): void {
  const bench = view.bench();
  if (bench === undefined) return;
  for (const target of bench.targets.byId.values()) {
    if (target.workload === undefined) continue;
    const says = standing(bench, target, 'nowhere');
    if (says !== 'unknown') put(stateMetrics.targetUp, { workload: target.workload, target: target.id }, says === 'up' ? 1 : 0);
  }
}

function lastSeenAt(view: View, vantage: string): number {
  let last = 0;
  for (const byVantage of view.seen.cells.values()) last = Math.max(last, byVantage.get(vantage as never)?.lastAt ?? 0);
  return last;
}

/** Every verdict of every declared game day is there from the start, at 0, so that a first failure is an increase. */
function folded(view: View, put: Put): void {
  const { known } = view;
  const lastPassed = new Map<string, number>();
  const drills = new Tally(['gameday', 'verdict']);
  for (const gameday of Object.values(known.estate?.gamedays ?? {}))
    for (const verdict of drillVerdicts) drills.add([gameday.id, verdict], 0);
  for (const drill of known.drills.values()) {
    if (drill.verdict === undefined) continue;
    drills.add([drill.gameday, drill.verdict], 1);
    if (drill.verdict === 'passed' && drill.closedAt !== undefined) lastPassed.set(drill.gameday, drill.closedAt);
  }
  for (const gameday of Object.values(known.estate?.gamedays ?? {}))
    put(stateMetrics.drillSuccess, { gameday: gameday.id, workload: gameday.workload }, (lastPassed.get(gameday.id) ?? 0) / 1000);
  const runs = new Tally(['workload', 'mode', 'outcome']);
  const steps = new Tally(['uses', 'outcome']);
  for (const run of known.runs.values()) {
    if (run.status === 'closed') runs.add([run.workload, run.mode, run.outcome ?? ''], 1);
    for (const planned of run.plan.steps) {
      const status = run.steps.get(planned.id)?.status;
      if (status === 'succeeded' || status === 'failed' || status === 'skipped') steps.add([planned.uses, status], 1);
    }
  }
  drills.put(stateMetrics.drills, put);
  runs.put(stateMetrics.runs, put);
  steps.put(stateMetrics.steps, put);
  for (const [type, count] of known.counts) put(stateMetrics.entries, { type }, count);
  put(stateMetrics.missed, {}, known.counts.get('ScheduleMissed') ?? 0);
}

class Tally {
  readonly #names: readonly string[];
  readonly #counts = new Map<string, { readonly values: readonly string[]; count: number }>();
  constructor(names: readonly string[]) {
    this.#names = names;
  }
  add(values: readonly string[], count: number): void {
    const key = values.join('\n');
    const cell = this.#counts.get(key);
    if (cell === undefined) this.#counts.set(key, { values, count });
    else cell.count += count;
  }
  put(metric: Metric, put: Put): void {
    for (const { values, count } of this.#counts.values())
      put(metric, Object.fromEntries(this.#names.map((name, at) => [name, values[at] ?? ''])), count);
  }
}
