// The whole world of one schedule, put together: ground, workloads, providers, eyes, users, store and controllers. Faults and people
// change it through here.
import type { Estate } from '../../core/estate.ts';
import type { Evaluate } from '../../core/catalogue.ts';
import type { Input, Request } from '../../core/input.ts';
import type { Known } from '../../core/state.ts';
import type { Actor, Hash, Instant, Json } from '../../core/values.ts';
import { leaseRules } from '../../engine/leadership.ts';
import { digest, factsFor, SimulatedController } from '../controller.ts';
import { buildEstate, changedEstate } from '../estates.ts';
import type { Random } from '../random.ts';
import { Store } from '../store.ts';
import type { Swarm } from '../swarm.ts';
import type { Fact, Harm } from '../truth.ts';
import { drawBehaviour } from './behaviour.ts';
import { asBuilt } from './built.ts';
import { Ground } from './ground.ts';
import { Providers } from './providers.ts';
import { Population, type Desk } from './users.ts';
import { VantagePoint } from './vantages.ts';
import { Workloads } from './workloads.ts';

/** How far a controller's wall clock may be from true time, either way. */
export const mostSkewMs = 30_000;
/** Longest way from the decision to the wire that a lease covers, and how far the rates of clocks may differ. */
const clocks = { driftPpm: 500, slackMs: 500 } as const;

export type HospitalOptions = {
  readonly swarm: Swarm;
  readonly random: Random;
  readonly startAt: Instant;
  readonly evaluate: Evaluate;
  readonly record: (fact: Fact) => void;
  readonly counted: () => void;
  readonly broke: (sentence: string) => void;
  readonly scanEvery: number;
};

export class Hospital {
  readonly ground: Ground;
  readonly workloads: Workloads;
  readonly providers: Providers;
  readonly store: Store;
  readonly controllers: readonly SimulatedController[];
  readonly vantages: readonly VantagePoint[];
  readonly populations: readonly Population[];
  /** How often each fault struck. */
  readonly strikes = new Map<string, number>();
  readonly dies = { beforeAppend: 0, afterAppend: 0, betweenCommands: 0, stands: 0 };
  readonly #estates = new Map<Hash, Estate>();
  readonly #names: readonly string[];
  #declared: Hash;
  #strikeCount = 0;

  constructor(options: HospitalOptions) {
    const { swarm, random, evaluate } = options;
    const estate = buildEstate(swarm.shape, options.startAt);
    this.#declared = this.#keep(estate);
    this.#names = swarm.controllers.map(({ name }) => name);
    this.ground = new Ground(estate, options.startAt, random, options.record);
    this.ground.say({ kind: 'declared', world: asBuilt(estate, this.#names, mostSkewMs) });
    this.workloads = new Workloads(this.ground, swarm.shape.innerHaMs);
    for (const { replicas } of this.workloads.databases)
      for (const replica of replicas) [replica.lagMs, replica.fencingDemotes] = [swarm.lagMs, swarm.fencingDemotes];
    const struck = (fault: string): void => this.strike(fault, []).heal();
    this.providers = new Providers({
      ground: this.ground,
      workloads: this.workloads,
      behaviour: drawBehaviour(random, (fault) => swarm.enabled.has(fault)),
      random,
      struck,
    });
    this.store = new Store(this.ground);
    const rules = leaseRules({ leaseMs: swarm.leaseMs, ...clocks });
    const facts = factsFor(this.#estates, evaluate);
    this.controllers = swarm.controllers.map(
      ({ name, site }) =>
        new SimulatedController({
          name,
          site,
          ground: this.ground,
          store: this.store,
          providers: this.providers,
          random,
          rules,
          facts,
          declared: () => this.#declared,
          dies: this.dies,
          restartMs: () => random.between(1_000, 15_000),
          counted: options.counted,
          broke: options.broke,
          struck,
          scanEvery: options.scanEvery,
        }),
    );
    const desk: Desk = {
      report: (from, input, toldAt) => this.#report(from, input, toldAt),
      orders: (from, workload, population) =>
        this.controllers.flatMap((each) => (this.ground.network.canTalk(from, each.node) ? each.orders(workload, population) : [])),
    };
    this.vantages = Object.values(estate.sites).flatMap((site) =>
      site.vantages.map((declared) => new VantagePoint(declared, { ground: this.ground, workloads: this.workloads, desk, random })),
    );
    this.populations = this.workloads.databases.flatMap((database) => {
      const workload = estate.workloads[database.id];
      return (workload?.usersPath.populations ?? []).flatMap(({ name, site }) =>
        workload === undefined
          ? []
          : [new Population({ ground: this.ground, workloads: this.workloads, database, workload, population: name, site, random, desk })],
      );
    });
    for (const controller of this.controllers) this.ground.clock.after(random.between(0, 2_000), () => controller.start());
  }

  /** Something began; `heal` says that it ended. */
  strike(fault: string, harms: readonly Harm[]): { heal(): void } {
    const id = (this.#strikeCount += 1);
    this.strikes.set(fault, (this.strikes.get(fault) ?? 0) + 1);
    this.ground.say({ kind: 'struck', fault, id, harms });
    return { heal: () => this.ground.say({ kind: 'healed', fault, id }) };
  }

  /** Whoever believes that he leads, and can be reached. */
  get leaders(): readonly SimulatedController[] {
    return this.controllers.filter((each) => each.known !== undefined && each.isUp && !each.isPaused);
  }
  /** What a person finds on the pages of whoever leads. */
  get pages(): Known | undefined {
    return this.leaders[0]?.known;
  }
  click(by: Actor, request: Request, settle: (accepted: boolean, code?: string) => void): void {
    const leader = this.leaders[0];
    if (leader === undefined) return;
    this.ground.say({ kind: 'clicked', by, request });
    leader.request(by, request, settle);
  }
  /** The files change, and whoever leads reads them. */
  changeFiles(random: Random): void {
    const estate = changedEstate(this.ground.estate, random);
    this.#declared = this.#keep(estate);
    this.ground.say({ kind: 'declared', world: asBuilt(estate, this.#names, mostSkewMs) });
    for (const controller of this.controllers) controller.declare();
  }

  #keep(estate: Estate): Hash {
    const hash = digest(estate as unknown as Json);
    this.#estates.set(hash, estate);
    return hash;
  }
  #report(from: number, input: Input, toldAt?: Instant): boolean {
    let isTaken = false;
    for (const controller of this.controllers)
      if (this.ground.network.canTalk(from, controller.node) && controller.receive(input, toldAt)) {
        isTaken = true;
        if (input.kind === 'sampled' && !controller.isPaused && isRight(controller)) this.#told(controller.name, input);
      }
    return isTaken;
  }
  /** What a canary says of when it was answered is true only by a clock that is right. */
  #told(controller: string, { workload, population, samples }: Extract<Input, { kind: 'sampled' }>): void {
    const client = this.populations.find((each) => each.workload === workload && each.name === population);
    if (client === undefined || !isRight(client)) return;
    const goodAt = Math.max(...samples.map(({ ackedAt }) => ackedAt ?? 0)) as Instant;
    if (goodAt > 0) this.ground.say({ kind: 'reported', controller, workload, population, goodAt });
  }
}

/** As right as clocks are that are kept by a time service. */
const isRight = ({ skewMs }: { readonly skewMs: number }): boolean => Math.abs(skewMs) <= 300;
