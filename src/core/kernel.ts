// The three functions that hold every decision: `admit` (what we accept), `evolve` (what we know) and `due` (what
// must happen now). They dispatch to the nouns and do nothing else.
import { dueForWorkload } from './decision/decide.ts';
import { orderOf } from './decision/dependencies.ts';
import { diagnose, type Finding } from './detection/diagnosis.ts';
import { dueForRegion } from './detection/incident.ts';
import type { Bench } from './detection/quorum.ts';
import type { Seen } from './detection/sight.ts';
import { regionOf } from './detection/targets.ts';
import type { Tier } from './estate.ts';
import type { Event, EventData, EventType } from './event.ts';
import { dueForDrill } from './gameday/drill.ts';
import type { Command, Input } from './input.ts';
import { dueForRun } from './runbook/run.ts';
import { isPromoted } from './runbook/window.ts';
import type { Facts, Known, Run } from './state.ts';
import type { Instant, SiteId, WorkloadId } from './values.ts';

/** Everything that a decision may look at. Read-only. */
export type View = {
  readonly facts: Facts;
  readonly known: Known;
  readonly seen: Seen;
  readonly now: Instant;
  bench(): Bench | undefined;
  /** What ails a region, found once a view however many workloads ask: a view is made when all verdicts of its turn are in. */
  diagnosisOf(region: SiteId): Finding | undefined;
  tierOf(workload: WorkloadId): Tier | undefined;
};
/** What must happen now, and when time alone changes the answer. */
export type Due = { readonly events: readonly Event[]; readonly wakeAt?: Instant };
/** What is decided on its own: a region, a workload, a run, a drill. */
export type Unit = `region:${string}` | `workload:${string}` | `run:${string}` | `drill:${string}`;

export function viewOf(facts: Facts, known: Known, seen: Seen, now: Instant): View {
  const findings = new Map<SiteId, Finding>();
  let seat: Bench | undefined;
  const bench = (): Bench | undefined => {
    const { estate, targets } = known;
    if (estate === undefined || targets === undefined) return undefined;
    if (seat?.targets === targets) return seat;
    // An estate that waited may come into force within a turn.
    findings.clear();
    const { verdicts, doubts, accused, epochBeganAt: began } = known;
    return (seat = { estate, targets, verdicts, doubts, accused, began, seen, now });
  };
  return {
    facts,
    known,
    seen,
    now,
    bench,
    diagnosisOf: (region) => {
      const from = bench();
      let finding = findings.get(region);
      if (from !== undefined && finding === undefined) findings.set(region, (finding = diagnose(from, region)));
      return finding;
    },
    tierOf: (workload) => known.estate?.tiers[known.estate.workloads[workload]?.tier ?? ''],
  };
}

/** The same state gives the same answer; asking twice without applying the events asks for the same events. */
export function due(view: View, unit: Unit): Due {
  const at = unit.indexOf(':');
  const id = unit.slice(at + 1);
  switch (unit.slice(0, at)) {
    case 'region':
      return dueForRegion(view, id as never);
    case 'workload':
      return dueForWorkload(view, id as WorkloadId);
    case 'run': {
      const run = view.known.runs.get(id as never);
      return run === undefined ? { events: [] } : dueForRun(view, run);
    }
    case 'drill': {
      const drill = view.known.drills.get(id as never);
      return drill === undefined ? { events: [] } : dueForDrill(view, drill);
    }
    default:
      return { events: [] };
  }
}

/** Every unit there is: what a new leader asks first, and what the simulator asks to see that nothing was forgotten. */
export function allUnits(known: Known): Unit[] {
  const regions = new Set<string>();
  for (const target of known.targets?.byId.values() ?? [])
    if (target.workload !== undefined && known.estate) regions.add(regionOf(known.estate, target.site) ?? '');
  return [
    ...[...regions].filter((id) => id !== '').map((id): Unit => `region:${id}`),
    ...[...known.workloads.keys()].map((id): Unit => `workload:${id}`),
    ...[...known.openRuns].map((id): Unit => `run:${id}`),
    ...(known.openDrill === undefined ? [] : [`drill:${known.openDrill}` as Unit]),
  ];
}

/** Who waits for this workload to be moved. */
const after = (known: Known, id: WorkloadId): readonly Unit[] =>
  known.estate === undefined ? [] : (orderOf(known.estate).after.get(id) ?? []).map((each): Unit => `workload:${each}`);
/** What may end such a wait: the writer is elsewhere, or nothing moves it any more. */
const mayFree: ReadonlySet<EventType> = new Set(['RoleChanged', 'RunClosed', 'RunExecuted', 'RunOpened']);
/** A writer that only changes its zone changes no role. */
const isMovedInside = (run: Readonly<Run>, type: EventType): boolean =>
  run.plan.from === run.plan.to && (type === 'StepAnswered' || type === 'StepObserved') && isPromoted(run);
/** Those that were kept from acting by a resource that another run held. */
const lockedOut = (known: Known): readonly Unit[] =>
  [...known.openIncidents].flatMap((id) =>
    [...(known.incidents.get(id)?.withheld ?? [])].flatMap(([workload, { guard }]): Unit[] =>
      guard === 'locks' ? [`workload:${workload}`] : [],
    ),
  );
const concernsAll: ReadonlySet<EventType> = new Set(['EstateDeclared', 'EpochBegan', 'ActingStopped', 'ActingReleased']);
/** The units whose answer this event may change. */
export function touchedBy(known: Known, event: Event): readonly Unit[] {
  const { data } = event;
  const units: Unit[] = [];
  if ('run' in data && data.run !== undefined) {
    units.push(`run:${data.run}`);
    const run = known.runs.get(data.run);
    if (run?.drill !== undefined && event.type !== 'StepObserving' && event.type !== 'StepObserved') units.push(`drill:${run.drill}`);
    if (run !== undefined && (event.type === 'RunClosed' || event.type === 'RoleChanged')) units.push(`workload:${run.workload}`);
    if (run !== undefined && (mayFree.has(event.type) || isMovedInside(run, event.type))) units.push(...after(known, run.workload));
    if (run !== undefined && run.locks.length > 0 && (event.type === 'RunClosed' || event.type === 'RunExecuted'))
      units.push(...lockedOut(known));
  }
  if ('drill' in data && data.drill !== undefined) units.push(`drill:${data.drill}`);
  // What waited for its end comes into force by the workload.
  const closed = event.type === 'DrillClosed' && known.waitingEstate !== undefined ? known.drills.get(event.data.drill) : undefined;
  if (closed !== undefined) units.push(`workload:${closed.workload}`);
  if (event.type === 'RoleChanged' && event.data.run === undefined) {
    const { workload } = event.data;
    const run = known.workloads.get(workload)?.openRun;
    units.push(`workload:${workload}`, ...after(known, workload), ...(run === undefined ? [] : [`run:${run}` as Unit]));
    if (known.openDrill !== undefined) units.push(`drill:${known.openDrill}`);
  }
  if (event.type === 'IncidentOpened' || event.type === 'IncidentClosed') {
    const incident = known.incidents.get(event.data.incident);
    // In the order in which they are to move, where nothing else decides.
    const rank = known.estate === undefined ? undefined : orderOf(known.estate).rank;
    const concerned = [...(incident?.workloads ?? [])].sort((a, b) => (rank?.get(a) ?? 0) - (rank?.get(b) ?? 0));
    for (const id of concerned) units.push(`workload:${id}`, ...after(known, id));
    // A run under way may no longer be the right one.
    for (const id of incident?.workloads ?? []) {
      const run = known.workloads.get(id)?.openRun;
      if (run !== undefined) units.push(`run:${run}`);
    }
    if (known.openDrill !== undefined) units.push(`drill:${known.openDrill}`);
  }
  if (event.type === 'UsersPathFailed' || event.type === 'UsersPathRestored') {
    units.push(`workload:${event.data.workload}`);
    const run = known.workloads.get(event.data.workload)?.openRun;
    if (run !== undefined) units.push(`run:${run}`);
    if (known.openDrill !== undefined) units.push(`drill:${known.openDrill}`);
  }
  if (event.type === 'VerdictChanged') {
    const target = known.targets?.byId.get(event.data.target);
    const region = target?.workload !== undefined && known.estate ? regionOf(known.estate, target.site) : undefined;
    if (region !== undefined) units.push(`region:${region}`);
    if (known.openDrill !== undefined) units.push(`drill:${known.openDrill}`);
  }
  if (event.type === 'MaintenanceBegan' || event.type === 'MaintenanceEnded') {
    units.push(`workload:${event.data.workload}`, ...after(known, event.data.workload));
    if (known.openDrill !== undefined) units.push(`drill:${known.openDrill}`);
  }
  if (event.type === 'IncidentAcknowledged')
    for (const id of known.incidents.get(event.data.incident)?.workloads ?? []) units.push(`workload:${id}`);
  if (concernsAll.has(event.type)) units.push(...allUnits(known));
  return units;
}

/** Whom a sample concerns that says nothing new of its target, yet contradicts the role that the journal knows. */
export function strangeTo(known: Known, target: string, role: string | undefined): Unit | undefined {
  const { workload, replica } = (role === undefined ? undefined : known.targets?.byId.get(target)) ?? {};
  if (workload === undefined) return undefined;
  const isKnown = (known.workloads.get(workload)?.primary === replica) === (role === 'primary');
  return isKnown ? undefined : `workload:${workload}`;
}

/** The command that a fact implies, if any: the only way a command comes to be. */
const commands: { readonly [T in EventType]?: (known: Known, data: EventData[T]) => Command | undefined } = {
  StepStarted: (known, { run, step, attempt, uses, with: input, token, deadline }) => ({
    kind: 'apply',
    run,
    step,
    attempt,
    look: 0,
    uses,
    with: input,
    token,
    // The call ends before its step does: what became of it is then looked at.
    deadline: known.runs.get(run)?.steps.get(step)?.inFlightUntil ?? deadline,
  }),
  StepObserving: (known, { run, step, attempt, look, deadline }) => {
    const planned = known.runs.get(run)?.plan.steps.find((each) => each.id === step);
    const state = known.runs.get(run)?.steps.get(step);
    if (planned === undefined || state === undefined) return undefined;
    return {
      kind: 'observe',
      run,
      step,
      attempt,
      look,
      uses: state.uses === '' ? planned.uses : state.uses,
      with: state.with,
      token: `${run}/${step}`,
      deadline,
    };
  },
  FaultIntended: (known, data) => faultCommand(known, 'inject', data, 0),
  FaultReverting: (known, data) => faultCommand(known, 'revert', data, data.attempt),
  FaultChecking: (known, data) => faultCommand(known, 'check', data, data.look),
};
export function commandOf(known: Known, event: Event): Command | undefined {
  const row = commands[event.type] as ((known: Known, data: unknown) => Command | undefined) | undefined;
  return row?.(known, event.data);
}

function faultCommand(
  known: Known,
  kind: 'inject' | 'revert' | 'check',
  data: { readonly drill: string; readonly fault: string; readonly deadline: Instant },
  attempt: number,
): Command | undefined {
  const drill = known.drills.get(data.drill as never);
  const spec = drill?.spec.practises.kind === 'fault' ? drill.spec.practises.faults.find((each) => each.id === data.fault) : undefined;
  if (drill === undefined || spec === undefined) return undefined;
  return {
    kind,
    drill: drill.id,
    fault: spec.id,
    attempt,
    uses: spec.uses,
    with: spec.with,
    token: `${drill.id}/${spec.id}`,
    leaseMs: spec.leaseMs,
    deadline: data.deadline,
  };
}

export { admit } from './admit.ts';
export { evolve } from './evolve.ts';
export type { Command, Input };
