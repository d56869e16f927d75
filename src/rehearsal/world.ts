// The simulated world with this workload's estate in it: the same ground, databases, eyes, users, store and controller (with the real
// engine) as in a fault schedule, but every machine of Resus is well, and control planes take the time that was drawn.
import type { Catalogue } from '../core/catalogue.ts';
import type { Event } from '../core/event.ts';
import { later, type Hash, type Instant, type Json, type SiteId } from '../core/values.ts';
import { leaseRules } from '../engine/leadership.ts';
import { digest, SimulatedController } from '../simulation/controller.ts';
import { Random } from '../simulation/random.ts';
import { Store } from '../simulation/store.ts';
import type { Fact } from '../simulation/truth.ts';
import { Ground } from '../simulation/world/ground.ts';
import { Population, type Desk } from '../simulation/world/users.ts';
import { VantagePoint } from '../simulation/world/vantages.ts';
import { Workloads } from '../simulation/world/workloads.ts';
import { Crew } from './crew.ts';
import { Planes } from './planes.ts';
import { drawMs } from './spread.ts';
import type { Task } from './task.ts';

/** A durable entry, by the clock of who wrote it. */
export type Entry = { readonly at: Instant; readonly event: Event };
/** The store and the controller stand at a place of their own, which nothing kills. */
const spread = 'store' as SiteId;
const clocks = { leaseMs: 10_000, driftPpm: 500, slackMs: 500 } as const;
const isWellMs = 15_000;

export class World {
  readonly ground: Ground;
  readonly workloads: Workloads;
  readonly controller: SimulatedController;
  readonly populations: readonly Population[];
  readonly crew: Crew;
  readonly store: Store;
  readonly entries: Entry[] = [];
  /** Acknowledged writes of this workload that the last promotion did not have. */
  lostWrites = 0;
  /** What no rehearsal explains: a bug. */
  broke: string | undefined;
  /** From here on everything has been seen to be well. */
  readonly readyAt: Instant;
  readonly #task: Task;

  constructor(task: Task, catalogue: Catalogue, seed: number, startAt: Instant) {
    this.#task = task;
    const { estate, assumptions } = task;
    const random = new Random(seed, 'world');
    this.ground = new Ground(estate, startAt, random, (fact) => this.#see(fact));
    const workload = estate.workloads[task.workload];
    this.workloads = new Workloads(this.ground, workload?.localHa === undefined ? undefined : workload.localHa.graceMs / 2);
    this.store = new Store(this.ground);
    const hash = digest(estate as unknown as Json);
    const planes = new Planes({
      ground: this.ground,
      workloads: this.workloads,
      catalogue,
      task,
      seed,
      planOf: (run) => this.crew.planOf(run),
      isApproved: (run, step) => this.crew.isApproved(run, step),
    });
    this.controller = new SimulatedController({
      name: 'controller',
      site: spread,
      ground: this.ground,
      store: this.store,
      providers: planes,
      random,
      rules: leaseRules(clocks),
      facts: { floor: 'simulation', catalogue, estates: new Map([[hash, estate]]), digest },
      declared: (): Hash => hash,
      dies: { beforeAppend: 0, afterAppend: 0, betweenCommands: 0, stands: 0 },
      restartMs: () => 1_000,
      counted: () => undefined,
      broke: (sentence) => (this.broke ??= sentence),
      struck: () => undefined,
      scanEvery: Infinity,
    });
    this.crew = new Crew({ ground: this.ground, controller: this.controller, task, random: new Random(seed, 'people') });
    const desk: Desk = {
      report: (from, input) => this.ground.network.canTalk(from, this.controller.node) && this.controller.receive(input),
      orders: (from, id, population) =>
        this.ground.network.canTalk(from, this.controller.node) ? this.controller.orders(id, population) : [],
    };
    for (const site of Object.values(estate.sites))
      for (const declared of site.vantages)
        new VantagePoint(declared, { ground: this.ground, workloads: this.workloads, desk, random, isPaced: true });
    const kept = {
      ttlMs: Math.max(1, drawMs(assumptions['dns-ttl'].spread, random)),
      clientMs: drawMs(assumptions['client-caches'].spread, random),
    };
    this.populations = this.workloads.databases.flatMap((database) => this.#populationsOf(database.id, kept, random, desk));
    const lagMs = drawMs(assumptions['replication-lag'].spread, random);
    for (const database of this.workloads.databases) for (const replica of database.replicas) replica.lagMs = lagMs;
    const tier = workload === undefined ? undefined : estate.tiers[workload.tier];
    const paceMs = Math.max(tier?.detection.intervalMs ?? 0, tier?.usersPath.intervalMs ?? 0);
    // Where in a client's TTL the impact falls is as good as drawn; by then the standby has had something.
    this.readyAt = later(
      startAt,
      isWellMs + 6 * paceMs + lagMs + random.between(0, kept.ttlMs) + (kept.clientMs === 0 ? 0 : random.between(0, kept.clientMs)),
    );
    this.ground.clock.after(0, () => this.controller.start());
  }

  get estate(): Task['estate'] {
    return this.ground.estate;
  }
  #populationsOf(id: string, kept: { readonly ttlMs: number; readonly clientMs: number }, random: Random, desk: Desk): Population[] {
    const { ground, workloads } = this;
    const workload = ground.estate.workloads[id];
    const database = workloads.database(id);
    if (workload === undefined || database === undefined) return [];
    const timeoutMs = ground.estate.tiers[workload.tier]?.usersPath.timeoutMs ?? 2_000;
    return workload.usersPath.populations.map(
      ({ name, site }) =>
        new Population({
          ground,
          workloads,
          database,
          workload,
          population: name,
          site,
          random,
          desk,
          habits: { ...kept, keepsStale: false, timeoutMs },
        }),
    );
  }

  /** What the scenario takes away, now; or a person asks for a planned move. */
  strike(): void {
    const { loss, workload } = this.#task;
    if (loss.kind === 'none') this.crew.askForSwitchover();
    if (loss.kind === 'site') this.ground.lose(loss.site, 1);
    const replica = loss.kind === 'replica' ? this.workloads.database(workload)?.replica(loss.replica) : undefined;
    if (replica !== undefined) replica.harm.databaseDead += 1;
    this.workloads.refresh('fault');
  }

  #see(fact: Fact): void {
    if (fact.kind === 'durable') {
      this.entries.push({ at: fact.entryAt, event: fact.event });
      this.crew.see(fact.event);
    }
    if (fact.kind === 'writer' && fact.workload === this.#task.workload && fact.missing !== undefined)
      this.lostWrites = fact.missing.writes;
  }
}
