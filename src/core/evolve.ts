// What we know: one fact folded into the state. Total, never reads a clock, never refuses. The only code that changes it.
import { countDoubts, doubt } from './detection/doubt.ts';
import { decisionFolds, opened } from './decision/decision-folds.ts';
import { takes } from './decision/open-incidents.ts';
import { targetsOf, workloadsUnder } from './detection/targets.ts';
import { declaredAs, type Workload } from './estate.ts';
import type { Event, EventData } from './event.ts';
import { fold, type Folds, type Stamp } from './fold.ts';
import { drillFolds, openedDrill } from './gameday/drill-folds.ts';
import { openedRun, runFolds } from './runbook/run-folds.ts';
import type { Facts, State, WorkloadState } from './state.ts';
import type { Instant, WorkloadId } from './values.ts';

export type { Stamp };

/** Throws only when a blob that an entry names is missing: then the journal cannot be understood, and nothing may act on it. */
export function evolve(state: State, event: Event, stamp: Stamp, facts: Facts): void {
  const around = { stamp, state, facts };
  state.counts.set(event.type, (state.counts.get(event.type) ?? 0) + 1);
  state.epoch = stamp.epoch;
  const run = 'run' in event.data && event.data.run !== undefined ? state.runs.get(event.data.run) : undefined;
  if (run !== undefined) {
    run.events += 1;
    fold(runFolds, run, event, around);
  }
  const drill = 'drill' in event.data && event.data.drill !== undefined ? state.drills.get(event.data.drill) : undefined;
  if (drill !== undefined) fold(drillFolds, drill, event, around);
  fold(estateFolds, state, event, around);
}

export const estateFolds: Folds<State> = {
  ...decisionFolds,
  EpochBegan: (state, { controller }, { stamp }) => Object.assign(state, { controller, epochBeganAt: stamp.at }),
  EstateDeclared: (state, data, { facts, stamp }) => {
    const estate = facts.estates.get(data.estate);
    if (estate === undefined) throw new Error(`the estate ${data.estate} that the journal names is not in the blob store`);
    [state.estateHash, state.estate, state.targets] = [data.estate, estate, targetsOf(estate)];
    state.waitingEstate = undefined;
    for (const workload of Object.values(estate.workloads)) {
      if (!state.workloads.has(workload.id))
        state.workloads.set(workload.id, { ...newWorkload(workload, state), ...keptOf(workload, state) });
      state.undeclared.delete(workload.id);
    }
    for (const [id, workload] of state.workloads)
      if (declaredAs(estate.workloads, id) === undefined) {
        state.undeclared.set(id, workload);
        state.workloads.delete(id);
      }
    for (const id of state.verdicts.keys()) if (!state.targets.byId.has(id)) state.verdicts.delete(id);
    countDoubts(state, estate, state.targets, state.verdicts, stamp.at);
  },
  VerdictChanged: (state, { target, vantage, verdict }, { stamp }) => {
    let byVantage = state.verdicts.get(target);
    if (byVantage === undefined) state.verdicts.set(target, (byVantage = new Map()));
    const before = byVantage.get(vantage);
    byVantage.set(vantage, verdict);
    const change = { target, verdict, ...(before === undefined ? {} : { before }) };
    if (state.estate !== undefined && state.targets !== undefined) doubt(state, state.estate, state.targets, change, stamp.at);
  },
  UsersPathFailed: (state, { workload: id, population, lastGoodAt, because }) => {
    const workload = state.workloads.get(id);
    workload?.restored.delete(population);
    workload?.failing.set(population, { since: lastGoodAt, because });
  },
  UsersPathRestored: (state, { workload: id, population, firstGoodAt, timeline }) => {
    const workload = state.workloads.get(id);
    workload?.failing.delete(population);
    workload?.restored.set(population, { at: firstGoodAt, timeline });
  },
  IncidentOpened: (state, data, { stamp, facts }) => {
    const workloads = new Set(workloadsOf(state, facts, data));
    state.incidents.set(data.incident, {
      incident: data.incident,
      diagnosis: data.diagnosis,
      site: data.site,
      workloads,
      replica: data.replica,
      sentence: data.sentence,
      vantages: data.vantages,
      drill: data.drill,
      openedAt: stamp.at,
      closedAt: undefined,
      closedBecause: undefined,
      treated: new Set(),
      shadowed: new Set(),
      withheld: new Map(),
    });
    state.openIncidents.add(data.incident);
    for (const id of workloads) state.workloads.get(id)?.incidents.add(data.incident);
  },
  IncidentClosed: (state, { incident: id, because }, { stamp }) => {
    const incident = state.incidents.get(id);
    if (incident !== undefined) [incident.closedAt, incident.closedBecause] = [stamp.at, because];
    state.openIncidents.delete(id);
    for (const workload of incident?.workloads ?? []) state.workloads.get(workload)?.incidents.delete(id);
  },
  ActionWithheld: (state, { incident, workload, guard, because }) =>
    state.incidents.get(incident)?.withheld.set(workload, { guard, because }),
  RoleChanged: (state, { workload: id, primary, run }, { stamp }) => {
    const workload = state.workloads.get(id);
    if (workload === undefined) return;
    if (run === undefined) treatOutside(state, workload, primary);
    [workload.primary, workload.roleChangedAt, workload.isRoleOfRun] = [primary, stamp.at, run !== undefined];
  },
  RunOpened: (state, data, { stamp }) => {
    const workload = state.workloads.get(data.workload);
    if (workload !== undefined) [workload.runs, workload.openRun, workload.superseded] = [workload.runs + 1, data.run, undefined];
    state.openRuns.add(data.run);
    opened(state, data, stamp);
    const since = [...(workload?.failing.values() ?? [])].map((impact) => impact.since);
    state.runs.set(data.run, openedRun(data, stamp, Math.min(stamp.at, ...since) as Instant));
    const drill = data.drill === undefined ? undefined : state.drills.get(data.drill);
    // The incident of a drill moves every workload that it carries, and only one of them is practised.
    if (drill?.workload !== data.workload) return;
    if (drill.phase === 'failback') drill.failback = data.run;
    // A plan that gave way to a better one does not end what the drill practises.
    else if (drill.run === undefined || state.runs.get(drill.run)?.outcome === 'superseded') drill.run = data.run;
  },
  DrillOpened: (state, data, { stamp }) => {
    const spec = declaredAs(state.estate?.gamedays, data.gameday);
    if (spec === undefined) return;
    state.openDrill = data.drill;
    state.drills.set(data.drill, openedDrill(data, spec, stamp));
  },
  ScheduleMissed: (state, data) => {
    state.missed.push(data);
    if (state.missed.length > 100) state.missed.shift();
  },
};

/** Who moved the writer out of what is lost has treated that, as a run would have. */
function treatOutside(state: State, { id, primary, incidents }: WorkloadState, to: string): void {
  const { estate } = state;
  if (estate === undefined) return;
  for (const each of incidents) {
    const incident = state.incidents.get(each);
    const isHit = (name: string): boolean => {
      const replica = estate.workloads[id]?.replicas.find((one) => one.name === name);
      return incident !== undefined && replica !== undefined && takes(estate, incident, replica);
    };
    if (isHit(primary) && !isHit(to)) incident?.treated.add(id);
    // Back where it is lost: what others did has treated nothing, unless a run did something too.
    const isOfRun = (): boolean => [...state.runs.values()].some((run) => run.workload === id && run.incident === each);
    if (!isHit(primary) && isHit(to) && !isOfRun()) incident?.treated.delete(id);
  }
}

/** What an incident concerns: the list of a journal of 0.1, the one workload of a replica, or who has anything at or under the site. */
function workloadsOf(state: State, facts: Facts, data: EventData['IncidentOpened']): readonly WorkloadId[] {
  if (data.workloads !== undefined) return data.workloads;
  if (data.workload !== undefined) return [data.workload];
  const estate = data.estate === undefined ? undefined : facts.estates.get(data.estate);
  const targets = data.estate === state.estateHash || estate === undefined ? state.targets : targetsOf(estate);
  return targets === undefined ? [] : workloadsUnder(targets, data.site);
}

/** What stays true of a workload that was not declared for a while: a run is never opened under a name that another had. */
function keptOf({ id, replicas }: Workload, state: State): Partial<WorkloadState> {
  const before = state.undeclared.get(id);
  if (before === undefined) return {};
  const { runs, lastRunClosedAt, maintenance, superseded, primary, roleChangedAt, isRoleOfRun } = before;
  const openRun = before.openRun !== undefined && state.openRuns.has(before.openRun) ? before.openRun : undefined;
  const role = replicas.some(({ name }) => name === primary) ? { primary, roleChangedAt, isRoleOfRun } : {};
  return { runs, openRun, lastRunClosedAt, maintenance, superseded, ...role };
}

const newWorkload = ({ id, replicas }: Workload, state: State): WorkloadState => ({
  id,
  primary: replicas.find((each) => each.role === 'primary')?.name ?? '',
  roleChangedAt: 0 as Instant,
  isRoleOfRun: false,
  incidents: new Set([...state.openIncidents].filter((each) => state.incidents.get(each)?.workloads.has(id) === true)),
  runs: 0,
  openRun: undefined,
  lastRunClosedAt: undefined,
  maintenance: undefined,
  superseded: undefined,
  failing: new Map(),
  restored: new Map(),
});
