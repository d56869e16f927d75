// What one workload needs now because of its open incidents, and how runs that people or drills ask for are opened.
// A refusal to act is journalled with its reason, once for each new reason.
import { compile } from '../runbook/compile.ts';
import { asDone, promotes } from '../runbook/plan.ts';
import { movesWriter } from '../runbook/window.ts';
import { refusal, type Refusal } from '../errors.ts';
import { declaredAs, type Mode, type Replica, type Workload } from '../estate.ts';
import type { Event } from '../event.ts';
import { rolesSeen } from '../detection/roles.ts';
import { isWithin } from '../detection/targets.ts';
import type { Due, View } from '../kernel.ts';
import type { Incident } from '../state.ts';
import { earliest, later, type DrillId, type IncidentId, type Result, type RunId, type SiteId, type WorkloadId } from '../values.ts';
import { moveOf, rule, type Case } from './guards.ts';
import { openIncidentsOf, takes } from './open-incidents.ts';
import { plannedMove, type Wish } from './planned-move.ts';
import { scopeOf } from './scope.ts';
import { released } from './waiting-estate.ts';
import { locksOf, saidTaken, takenOf } from './locks.ts';

/** How soon a refusal is thought over again when nothing new was seen. */
const lookAgainMs = 1_000;
/** How soon a role that somebody sees elsewhere is looked at again when nothing new was seen. */
const lookAtRolesMs = 250;

export function dueForWorkload(view: View, id: WorkloadId): Due {
  const estate = view.known.waitingEstate === undefined ? [] : released(view);
  if (estate.length > 0) return { events: estate };
  const until = view.known.workloads.get(id)?.maintenance?.until;
  if (until !== undefined && view.now >= until)
    return { events: [{ type: 'MaintenanceEnded', data: { workload: id, because: 'its time is over' } }] };
  const roles = rolesSeen(view, id);
  if (roles.kind === 'changed' && !isMoving(view, id))
    return {
      events: [
        { type: 'RoleChanged', data: { workload: id, primary: roles.to, because: `${roles.sentence}; ${doneBy(view, id, roles.to)}` } },
      ],
    };
  const due = dueForIncidents(view, id);
  const wakeAt = earliest(earliest(due.wakeAt, until), roles.kind === 'as-known' ? undefined : later(view.now, lookAtRolesMs));
  return wakeAt === undefined ? due : { ...due, wakeAt };
}

/** The newest run may have given up a promotion that took effect after all. */
function doneBy({ known }: View, id: WorkloadId, to: string): string {
  const run = known.runs.get(`${id}-${known.workloads.get(id)?.runs ?? 0}` as RunId);
  if (run === undefined || run.plan.to !== to || run.isRoleTold) return 'no run of Resus did that';
  const step = run.plan.steps.find((each) => promotes(asDone(each, run.steps.get(each.id))) && run.steps.get(each.id)?.status === 'failed');
  return step === undefined ? 'no run of Resus did that' : `run ${run.id} had given up its step ${step.id}`;
}

/** A run of the workload is between its fence and the answer of its promotion: the role is its to tell. */
function isMoving({ known }: View, id: WorkloadId): boolean {
  const open = known.workloads.get(id)?.openRun;
  const run = open === undefined ? undefined : known.runs.get(open);
  return run !== undefined && movesWriter(run);
}

function dueForIncidents(view: View, id: WorkloadId): Due {
  const [incident] = openIncidentsOf(view, id);
  return incident === undefined ? { events: [] } : decide(view, id, incident);
}

function decide(view: View, id: WorkloadId, incident: Readonly<Incident>): Due {
  const workload = view.known.estate?.workloads[id];
  const state = view.known.workloads.get(id);
  const tier = view.tierOf(id);
  const primary = workload?.replicas.find((replica) => replica.name === state?.primary);
  if (workload === undefined || state === undefined || tier === undefined || primary === undefined) return { events: [] };
  if (state.openRun !== undefined && view.known.runs.get(state.openRun)?.incident === incident.incident) return { events: [] };
  // Treated, and the writer is elsewhere: there is nothing to act on, and nothing to withhold.
  if (incident.treated.has(id) && view.known.estate !== undefined && !isWithin(view.known.estate, primary.site, incident.site))
    return { events: [] };
  const candidate = candidateFor(view, workload, primary, incident);
  const at: Case = { view, incident, workload, state, tier, primary, candidate };
  const ruling = rule(at);
  if (ruling.kind === 'hold') {
    const before = incident.withheld.get(id);
    const isNew = before?.guard !== ruling.guard;
    const events: Event[] = isNew
      ? [{ type: 'ActionWithheld', data: { incident: incident.incident, workload: id, guard: ruling.guard, because: ruling.because } }]
      : [];
    // Also while one guard waits, another may change its mind, and people ask why nothing is done.
    if (ruling.guard === 'automation') events.push(...shadowed(at));
    const lookAgainAt = later(view.now, lookAgainMs);
    return { events, wakeAt: earliest(ruling.until, lookAgainAt) ?? lookAgainAt };
  }
  const approvalsNeeded = ruling.asks.length > 0 ? Math.max(1, tier.approvals.people) : 0;
  const opened = openRun(view, {
    ...moveOf(at),
    incident: incident.incident,
    ...(incident.drill === undefined ? {} : { drill: incident.drill }),
    because: incident.sentence,
    reasons: ruling.reasons,
    approvalsNeeded,
    ...(ruling.asks.length === 0 ? {} : { asks: ruling.asks }),
  });
  if (opened.ok) return { events: opened.value };
  const said = incident.withheld.get(id)?.guard === 'plan';
  return {
    events: said
      ? []
      : [
          {
            type: 'ActionWithheld',
            data: { incident: incident.incident, workload: id, guard: 'plan', because: `${opened.error.code}: ${opened.error.message}` },
          },
        ],
  };
}

/** What the machine would do here if its tier let it: said once, when every other guard says go. */
function shadowed(at: Case): readonly Event[] {
  const { view, incident, workload, tier } = at;
  const { estate } = view.known;
  if (tier.automation[scopeOf[incident.diagnosis]] !== 'shadow' || estate === undefined) return [];
  if (incident.shadowed.has(workload.id) || incident.drill !== undefined) return [];
  const would = rule(at, 'automation');
  const plan = would.kind === 'act' ? compile(estate, view.facts.catalogue, moveOf(at)) : undefined;
  if (would.kind !== 'act' || plan?.ok !== true) return [];
  const { reasons, asks } = would;
  const { runbook, from, to } = plan.value;
  const hash = view.facts.digest(plan.value);
  return [
    { type: 'WouldHaveActed', data: { incident: incident.incident, workload: workload.id, plan: hash, runbook, from, to, reasons, asks } },
  ];
}

/** A lost zone is left inside the replica; a lost region needs another replica, outside it, and one that no other loss has taken. */
export function candidateFor(view: View, workload: Workload, primary: Replica, incident: Readonly<Incident>): Replica | undefined {
  const { estate } = view.known;
  if (estate === undefined) return undefined;
  if (incident.diagnosis === 'ZoneLost' && incident.site !== primary.site) return primary;
  if (incident.diagnosis === 'ReplicaDown' && workload.replicas.length === 1) return primary;
  const others = workload.replicas.filter((replica) => replica !== primary && !takes(estate, incident, replica));
  const open = openIncidentsOf(view, workload.id);
  return others.find((replica) => !open.some((each) => takes(estate, each, replica))) ?? others[0];
}

export type Opening = {
  readonly workload: Workload;
  readonly mode: Mode;
  readonly runbook: string;
  readonly from: Replica;
  readonly to: Replica;
  readonly leave?: SiteId;
  readonly byHand?: string;
  readonly incident?: IncidentId;
  readonly drill?: DrillId;
  readonly because: string;
  readonly reasons: readonly string[];
  readonly approvalsNeeded: number;
  readonly asks?: readonly string[];
  /** Of the record of a deviation. */
  readonly record?: string;
};

/** Characters of a plan as JSON: an entry has 60,000 bytes, and a plan is journalled whole or not at all. */
const mostPlan = 50_000;

/** The entries that open a run: its plan, whole, and why. */
export function openRun(view: View, opening: Opening): Result<readonly Event[], Refusal> {
  const { known, facts } = view;
  const state = known.workloads.get(opening.workload.id);
  if (known.estate === undefined || state === undefined)
    return refusal('NOTHING_DECLARED', 'No estate is declared.', 'Start `resus serve` with policies.');
  const plan = compile(known.estate, facts.catalogue, opening);
  if (!plan.ok) return plan;
  const size = JSON.stringify(plan.value).length;
  if (size > mostPlan)
    return refusal(
      'PLAN_TOO_LARGE',
      `The plan of ${plan.value.runbook} for ${opening.workload.id} has ${size} characters; at most ${mostPlan} can be journalled whole.`,
      'Split the runbook, or move long texts out of its steps.',
    );
  const locks = locksOf(plan.value, facts.catalogue, opening.workload);
  const taken = takenOf(known, locks);
  if (taken !== undefined)
    return refusal(
      'RESOURCE_HELD',
      `${upper(saidTaken(known, taken))}.`,
      `Wait for it (\`resus why ${taken.run}\`), or end it: \`resus cancel ${taken.run} --reason TEXT\`.`,
    );
  const run = `${opening.workload.id}-${state.runs + 1}` as RunId;
  const hash = facts.digest(plan.value);
  const { workload, mode, because, reasons, approvalsNeeded } = opening;
  return {
    ok: true,
    value: [
      {
        type: 'RunOpened',
        data: {
          run,
          workload: workload.id,
          mode,
          plan: hash,
          ...(opening.incident === undefined ? {} : { incident: opening.incident }),
          ...(opening.drill === undefined ? {} : { drill: opening.drill }),
          ...parentOf(view, state.superseded, opening.incident),
          because,
          reasons,
          approvalsNeeded,
          ...(opening.asks === undefined ? {} : { asks: opening.asks }),
          ...(locks.length === 0 ? {} : { locks }),
          ...(opening.record === undefined ? {} : { record: opening.record }),
        },
      },
      { type: 'PlanCompiled', data: { run, hash, plan: plan.value } },
    ],
  };
}

/** The run that gave way to this one: the incident that opens this was open when that closed. What comes later is no child of it. */
function parentOf({ known }: View, superseded: RunId | undefined, incident: IncidentId | undefined): { readonly parent?: RunId } {
  const closedAt = superseded === undefined ? undefined : known.runs.get(superseded)?.closedAt;
  const openedAt = incident === undefined ? undefined : known.incidents.get(incident)?.openedAt;
  return superseded === undefined || closedAt === undefined || openedAt === undefined || openedAt > closedAt ? {} : { parent: superseded };
}

/** The move that somebody asks for, from where the writer is now. */
export function planMove(
  view: View,
  id: WorkloadId,
  wish: Wish,
): Result<Omit<Opening, 'because' | 'reasons' | 'approvalsNeeded'>, Refusal> {
  const { estate } = view.known;
  const workload = declaredAs(estate?.workloads, id);
  const state = view.known.workloads.get(id);
  if (estate === undefined || workload === undefined || state === undefined)
    return refusal('WORKLOAD_UNKNOWN', `There is no workload ${id}.`, 'See `resus status` for the declared ones.');
  if (state.openRun !== undefined)
    return refusal(
      'RUN_OPEN',
      `Run ${state.openRun} of ${id} is open.`,
      `Wait for it (\`resus why ${state.openRun}\`), or end it: \`resus cancel ${state.openRun} --reason TEXT\`.`,
    );
  const from = workload.replicas.find((replica) => replica.name === state.primary);
  if (from === undefined)
    return refusal(
      'NO_STANDBY',
      `${id} has no replica ${state.primary} any more, which was the writer.`,
      'Declare it, or see `resus why`.',
    );
  return plannedMove(estate, { workload, from, wish });
}

const upper = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
