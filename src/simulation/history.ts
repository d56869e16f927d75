// What truth adds up to so far: who writes, which faults stand, what the store holds of each run. Folded once from the facts and read
// by all checkers; nothing in it comes from an engine.
import type { FenceKind, Mode } from '../core/estate.ts';
import type { EventData, EventType } from '../core/event.ts';
import type { PlannedStep } from '../core/runbook/plan.ts';
import type { Actor } from '../core/values.ts';
import { Harms } from './harms.ts';
import type { Call, Fact, FactOf, Watch, WorkloadAsBuilt, WorldAsBuilt } from './truth.ts';

export type StartTold = { readonly attempt: number; readonly epoch: number; readonly at: number; readonly uses: string };
/** A run as the store has it. Instants are true time, but for those that end in `EntryAt`: they are what its controllers wrote. */
export type RunTold = {
  readonly id: string;
  readonly workload: string;
  readonly mode: Mode;
  readonly hash: string;
  readonly incident: string | undefined;
  readonly drill: string | undefined;
  readonly reasons: readonly string[];
  readonly approvalsNeeded: number;
  readonly requestedBy: Actor;
  readonly openedAt: number;
  readonly openedEntryAt: number;
  /** What was promised when it opened: a change of the files does not change a run. */
  readonly promised: WorkloadAsBuilt | undefined;
  /** The newest write that anybody was acknowledged before it opened. */
  readonly ackedBefore: number;
  from: string;
  to: string;
  steps: readonly PlannedStep[];
  readonly starts: Map<string, StartTold[]>;
  readonly failedAt: Map<string, number>;
  readonly skipped: Set<string>;
  fence: FenceKind | 'none';
  readonly approvals: (EventData['ApprovalGiven'] & { readonly at: number })[];
  startedAt: number | undefined;
  closedAt: number | undefined;
};
export type IncidentTold = EventData['IncidentOpened'] & { readonly openedEntryAt: number; isOpen: boolean; closedAt: number };
export type DrillTold = {
  readonly id: string;
  readonly gameday: string;
  readonly workload: string;
  readonly openedAt: number;
  readonly gatesHeld: Set<string>;
  gateShut: boolean;
  readonly intended: Map<string, number>;
  isOpen: boolean;
};

/** When, by which clock, in which term and by whom an entry was written. */
type Told = { readonly at: number; readonly entryAt: number; readonly epoch: number; readonly actor: Actor };

const noWorld: WorldAsBuilt = { workloads: {}, vantages: {}, controllers: [], regions: {}, gamedays: {}, skewMs: 0 };

export class History {
  world: WorldAsBuilt = noWorld;
  /** By workload: the replicas that accept writes. */
  readonly writers = new Map<string, Set<string>>();
  /** By workload: the replica whose storage was the last to be made to refuse writes, and that has not written since. */
  readonly refusing = new Map<string, string>();
  readonly harms = new Harms();
  readonly runs = new Map<string, RunTold>();
  readonly incidents = new Map<string, IncidentTold>();
  readonly drills = new Map<string, DrillTold>();
  /** Every mutation that was carried out, by run. */
  readonly executed = new Map<string, FactOf<'executed'>[]>();
  /** By epoch: who leads, and since when. */
  readonly leaders = new Map<number, { readonly controller: string; readonly since: number }>();
  epoch = 0;
  calmAt: number | undefined;
  readonly #acked = new Map<string, number>();
  readonly #standing = new Map<string, FactOf<'struck' | 'drill-fault'>>();
  readonly #down = new Set<string>();
  /** Stretches in which nothing was wrong with anything; the last one may be open. */
  readonly #quiet: { readonly from: number; to: number }[] = [];

  see(fact: Fact): void {
    (this.#facts[fact.kind] as ((fact: Fact) => void) | undefined)?.(fact);
  }
  readonly #facts: Watch = {
    declared: ({ world, at }) => {
      this.world = withBefore(this.world, world);
      this.harms.watchedBy(Object.keys(world.vantages));
      this.#settle(at);
    },
    acknowledged: ({ workload, at }) => this.#acked.set(workload, at),
    writer: ({ workload, replica, writes }) => {
      const writers = this.writersOf(workload);
      if (writes) writers.add(replica);
      else writers.delete(replica);
      if (writes && this.refusing.get(workload) === replica) this.refusing.delete(workload);
    },
    executed: (fact) => {
      pushTo(this.executed, fact.call.run, fact);
      if (fact.fenced === 'storage') this.refusing.set(fact.call.workload, fact.call.from);
    },
    struck: (fact) => this.#strike(`fault/${fact.id}`, fact),
    healed: ({ id, at }) => this.#heal(`fault/${id}`, at),
    'drill-fault': (fact) => {
      if (fact.what === 'stands') this.#strike(`${fact.drill}/${fact.fault}`, fact);
      else this.#heal(`${fact.drill}/${fact.fault}`, fact.at);
    },
    controller: ({ controller, what, at }) => {
      if (what === 'started' || what === 'resumed') this.#down.delete(controller);
      else this.#down.add(controller);
      this.#settle(at);
    },
    lease: ({ controller, epoch, what, at }) => {
      if (what === 'renewed') return;
      this.epoch = epoch;
      this.leaders.set(epoch, { controller, since: at });
    },
    durable: (fact) => {
      const told = { at: fact.at, entryAt: fact.entryAt, epoch: fact.epoch, actor: fact.actor };
      (this.#entries[fact.event.type] as ((data: object, told: Told) => void) | undefined)?.(fact.event.data, told);
    },
    calm: ({ at }) => {
      this.calmAt = at;
      this.#settle(at);
    },
  };

  writersOf(workload: string): Set<string> {
    let writers = this.writers.get(workload);
    if (writers === undefined) this.writers.set(workload, (writers = new Set()));
    return writers;
  }
  /** The run whose call has this token. */
  runOf(token: string | undefined): RunTold | undefined {
    return token === undefined ? undefined : this.runs.get(token.slice(0, token.lastIndexOf('/')));
  }
  regionOf(site: string): string {
    return this.world.regions[site] ?? site;
  }
  /** The longest unbroken stretch between these instants in which no fault stood and every controller ran, or after the calm began. */
  quietMs(from: number, to: number): number {
    return this.#quiet.reduce((most, quiet) => Math.max(most, Math.min(quiet.to, to) - Math.max(quiet.from, from)), 0);
  }

  #strike(id: string, fact: FactOf<'struck' | 'drill-fault'>): void {
    if (this.#standing.has(id)) return;
    this.#standing.set(id, fact);
    this.harms.change(fact.harms, 1, fact.at);
    this.#settle(fact.at);
  }
  #heal(id: string, at: number): void {
    const fact = this.#standing.get(id);
    if (fact === undefined) return;
    this.#standing.delete(id);
    this.harms.change(fact.harms, -1, at);
    this.#settle(at);
  }
  #settle(at: number): void {
    const last = this.#quiet.at(-1);
    const isOpen = last?.to === Infinity;
    const isQuiet = this.calmAt !== undefined || (this.#standing.size === 0 && this.#down.size === 0);
    // A fault that strikes and heals in one instant breaks the stretch as well.
    if (last !== undefined && isOpen && this.calmAt !== at) {
      if (this.calmAt !== undefined) return;
      last.to = at;
    }
    if (isQuiet && this.#quiet.at(-1)?.to !== Infinity) this.#quiet.push({ from: at, to: Infinity });
  }

  readonly #entries: { readonly [T in EventType]?: (data: EventData[T], told: Told) => void } = {
    RunOpened: (data, told) => this.runs.set(data.run, this.#opened(data, told)),
    PlanCompiled: ({ run, plan }) => this.#of(run, (it) => ([it.from, it.to, it.steps] = [plan.from, plan.to, plan.steps])),
    ApprovalGiven: (data, { at }) => this.#of(data.run, (it) => it.approvals.push({ ...data, at })),
    RunStarted: ({ run }, { at }) => this.#of(run, (it) => (it.startedAt = at)),
    FenceStated: ({ run, fence }) => this.#of(run, (it) => (it.fence = fence)),
    StepStarted: ({ run, step, attempt, uses }, { at, epoch }) =>
      this.#of(run, (it) => pushTo(it.starts, step, { attempt, epoch, at, uses })),
    StepFailed: ({ run, step }, { at }) => this.#of(run, (it) => it.failedAt.set(step, at)),
    StepSkipped: ({ run, step }) => this.#of(run, (it) => it.skipped.add(step)),
    RunClosed: ({ run }, { at }) => this.#of(run, (it) => (it.closedAt = at)),
    IncidentOpened: (data, { entryAt }) =>
      this.incidents.set(data.incident, { ...data, openedEntryAt: entryAt, isOpen: true, closedAt: Infinity }),
    IncidentClosed: ({ incident }, { at }) => {
      const it = this.incidents.get(incident);
      if (it !== undefined) [it.isOpen, it.closedAt] = [false, at];
    },
    DrillOpened: ({ drill: id, gameday, workload }, { at }) =>
      this.drills.set(id, {
        id,
        gameday,
        workload,
        openedAt: at,
        gatesHeld: new Set(),
        gateShut: false,
        intended: new Map(),
        isOpen: true,
      }),
    GateChecked: ({ drill, gate, holds }) =>
      this.#ofDrill(drill, (it) => {
        if (holds) it.gatesHeld.add(gate);
        else it.gateShut = true;
      }),
    FaultIntended: ({ drill, fault }, { at }) => this.#ofDrill(drill, (it) => it.intended.set(fault, at)),
    DrillClosed: ({ drill }) => this.#ofDrill(drill, (it) => (it.isOpen = false)),
  };
  #of(run: string, change: (run: RunTold) => void): void {
    const it = this.runs.get(run);
    if (it !== undefined) change(it);
  }
  #ofDrill(drill: string, change: (drill: DrillTold) => void): void {
    const it = this.drills.get(drill);
    if (it !== undefined) change(it);
  }

  #opened(data: EventData['RunOpened'], told: Told): RunTold {
    return {
      id: data.run,
      workload: data.workload,
      mode: data.mode,
      hash: data.plan,
      incident: data.incident,
      drill: data.drill,
      reasons: data.reasons,
      approvalsNeeded: data.approvalsNeeded,
      requestedBy: told.actor,
      openedAt: told.at,
      openedEntryAt: told.entryAt,
      promised: this.world.workloads[data.workload],
      ackedBefore: this.#acked.get(data.workload) ?? 0,
      from: '',
      to: '',
      steps: [],
      starts: new Map(),
      failedAt: new Map(),
      skipped: new Set(),
      fence: 'none',
      approvals: [],
      startedAt: undefined,
      closedAt: undefined,
    };
  }
}

/** What is declared mid-run is not in force everywhere at once: where the old and the new differ, either may have been acted upon. */
function withBefore(before: WorldAsBuilt, world: WorldAsBuilt): WorldAsBuilt {
  const workloads = Object.entries(world.workloads).map(([id, now]): [string, WorkloadAsBuilt] => {
    const was = before.workloads[id];
    if (was === undefined) return [id, now];
    return [
      id,
      {
        ...now,
        detectMs: Math.min(was.detectMs, now.detectMs),
        freshMs: Math.max(was.freshMs, now.freshMs),
        approvalExpireMs: Math.max(was.approvalExpireMs, now.approvalExpireMs),
        cooldownMs: Math.min(was.cooldownMs, now.cooldownMs),
      },
    ];
  });
  return { ...world, workloads: Object.fromEntries(workloads) };
}

/** Moves the writer's role to another replica. */
export const promotes = (call: Pick<Call, 'effect' | 'from' | 'to'>): boolean =>
  (call.effect === 'promotes' || call.effect === 'fences-and-promotes') && call.from !== call.to;
/** Proofs; the other two kinds are claims. */
export const isProof = (fence: FenceKind | 'none'): boolean => fence !== 'none' && fence !== 'provider-asserted' && fence !== 'break-glass';

function pushTo<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
