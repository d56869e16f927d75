// All workloads of the hospital: their databases, where the name of each leads, and what mends itself without Resus: inner high
// availability, and a provider that finds an old writer come back.
import type { WorkloadId } from '../../core/values.ts';
import type { Harm } from '../truth.ts';
import { Database, type Cause } from './database.ts';
import type { Ground } from './ground.ts';
import type { Replica } from './replica.ts';

type Route = { readonly at: number; readonly replica: string };
/** How soon a provider sees that two replicas write, or that one which it gave up is back. */
const reconcileEveryMs = 5_000;

export class Workloads {
  readonly databases: readonly Database[];
  readonly #ground: Ground;
  readonly #byId: ReadonlyMap<string, Database>;
  readonly #routes = new Map<string, Route[]>();
  readonly #routing = new Map<string, { readonly to: string; readonly from: number; readonly until: number }>();
  readonly #innerHaMs: number | undefined;
  readonly #returning = new Set<Replica>();

  constructor(ground: Ground, innerHaMs: number | undefined) {
    this.#ground = ground;
    this.#innerHaMs = innerHaMs;
    this.databases = Object.values(ground.estate.workloads).map((workload) => new Database(ground, workload));
    this.#byId = new Map(this.databases.map((database) => [database.id, database]));
    for (const database of this.databases) this.route(database.id, database.writer?.name ?? '', 'operator');
    this.#reconcile();
  }

  database(id: string): Database | undefined {
    return this.#byId.get(id);
  }
  refresh(by: Cause): void {
    for (const database of this.databases) {
      database.refresh(by);
      this.#innerHa(database);
    }
  }

  /** What is gone with this site: replicas in it, and those whose writing instance is in it. */
  harmsOfLoss(site: string): Harm[] {
    return this.databases.flatMap((database) =>
      database.replicas
        .filter((replica) => replica.site === site || replica.zones.includes(site))
        .map((replica): Harm => ({ kind: 'dead', workload: database.id, replica: replica.name })),
    );
  }

  /** Where the name leads. */
  routeOf(workload: string): string | undefined {
    return this.#routes.get(workload)?.at(-1)?.replica;
  }
  routeShownAt(workload: string, at: number): string | undefined {
    return this.#routes.get(workload)?.findLast((route) => route.at <= at)?.replica;
  }
  routing(workload: string, to: string, until: number): void {
    this.#routing.set(workload, { to, from: this.#ground.now, until });
  }
  isRouting(workload: string, to: string, at: number): boolean {
    const routing = this.#routing.get(workload);
    return routing !== undefined && routing.to === to && routing.from <= at && at < routing.until;
  }
  route(workload: string, replica: string, by: 'provider' | 'operator'): void {
    const routes = this.#routes.get(workload) ?? [];
    this.#routes.set(workload, routes);
    if (routes.at(-1)?.replica === replica) return;
    routes.push({ at: this.#ground.now, replica });
    this.#ground.say({ kind: 'routed', workload: workload as WorkloadId, replica, by });
  }

  /** The instance that writes is gone and the other zone stands: the cluster moves by itself, if it can. */
  #innerHa(database: Database): void {
    const afterMs = this.#innerHaMs;
    if (afterMs === undefined) return;
    for (const replica of database.replicas) {
      if (replica.zones.length < 2 || !this.#ground.stands(replica.site) || database.runs(replica)) continue;
      this.#ground.clock.after(afterMs, () => {
        const other = (replica.zone + 1) % replica.zones.length;
        const site = replica.zones[other];
        if (database.runs(replica) || site === undefined || !this.#ground.stands(site) || (replica.instanceDead[other] ?? 0) > 0) return;
        replica.zone = other;
        this.#ground.say({ kind: 'moved-inside', workload: database.id, replica: replica.name });
        database.refresh('inner-ha');
      });
    }
  }

  /** An old writer that is reached again is told what has happened, and becomes a standby once it is rebuilt. */
  #reconcile(): void {
    for (const database of this.databases) {
      const { writer } = database;
      if (writer === undefined || !database.answers(writer)) continue;
      for (const replica of database.replicas) {
        if (replica === writer || replica.timeline === writer.timeline || this.#returning.has(replica)) continue;
        if (!database.answers(replica) || !this.#ground.network.canTalk(writer.node, replica.node)) continue;
        this.#returning.add(replica);
        this.#ground.clock.after(this.#ground.random.between(2_000, 20_000), () => {
          this.#returning.delete(replica);
          if (replica !== database.writer && database.answers(replica)) database.rejoin(replica, 'provider');
        });
      }
    }
    this.#ground.clock.after(reconcileEveryMs, () => this.#reconcile());
  }
}
