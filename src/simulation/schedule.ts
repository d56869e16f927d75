// One schedule, from its seed alone: a phase in which faults strike, then a calm in which everything must converge. What happened is
// told to the checkers as it happens; the digest is over the journal and the calls that providers carried out.
import type { Evaluate } from '../core/catalogue.ts';
import { later, type Hash, type Instant } from '../core/values.ts';
import { sha256 } from '../journal/hash.ts';
import { observe } from './checkers/index.ts';
import { allFaults, faults } from './faults/index.ts';
import type { Fault, Struck } from './faults/fault.ts';
import { calm } from './calm.ts';
import { People } from './people.ts';
import { Random } from './random.ts';
import { drawSwarm, type Swarm } from './swarm.ts';
import { drawTheme } from './themes.ts';
import type { Checker, Fact, Violation } from './truth.ts';
import { servedWithinMs } from './world/built.ts';
import { Hospital } from './world/hospital.ts';

export type ScheduleOptions = {
  readonly seed: number;
  readonly evaluate: Evaluate;
  readonly checkers: readonly Checker[];
  /** Check after each so many turns that nothing was forgotten; 1 checks all. */
  readonly scanEvery?: number;
  /** Every fact, for those who look at one schedule. */
  readonly told?: (fact: Fact) => void;
};
export type ScheduleResult = {
  readonly seed: number;
  readonly swarm: Swarm;
  readonly violations: readonly Violation[];
  /** Inputs that engines turned. */
  readonly inputs: number;
  readonly virtualMs: number;
  readonly strikes: ReadonlyMap<string, number>;
  /** SHA-256 over the durable lines and the calls that were carried out. */
  readonly digest: Hash;
  /** Long enough, enough eyes and controllers, enough inputs, and something struck. */
  readonly counts: boolean;
};

/** When every schedule begins, in virtual time. */
export const startAt = Date.UTC(2026, 0, 1) as Instant;
const calmMs = servedWithinMs + 30_000;

export function runSchedule({ seed, evaluate, checkers, scanEvery = 8, told }: ScheduleOptions): ScheduleResult {
  const swarm = drawSwarm(new Random(seed, 'swarm'), allFaults, drawTheme(new Random(seed, 'theme')));
  const observer = observe(checkers);
  const broken: Violation[] = [];
  const executed: string[] = [];
  let inputs = 0;
  const hospital = new Hospital({
    swarm,
    random: new Random(seed, 'world'),
    startAt,
    evaluate,
    record: (fact) => {
      observer.see(fact);
      if (fact.kind === 'executed') executed.push(JSON.stringify(fact));
      told?.(fact);
    },
    counted: () => (inputs += 1),
    broke: (sentence) => void broken.push({ at: hospital.ground.now, checker: 'engine', sentence }),
    scanEvery,
  });
  const people = new People(hospital, new Random(seed, 'people'), swarm);
  const storm = new Storm(hospital, new Random(seed, 'faults'), swarm);
  const { clock } = hospital.ground;
  clock.after(swarm.quietMs, () => storm.begin());
  clock.runUntil(later(startAt, swarm.safetyMs));
  storm.end();
  calm(hospital, people, new Random(seed, 'calm'), swarm.patient);
  clock.runUntil(later(clock.now, calmMs));
  hospital.ground.say({ kind: 'end' });
  const virtualMs = clock.now - startAt;
  const isCounted = virtualMs >= 600_000 && hospital.vantages.length >= 3 && swarm.controllers.length >= 2 && inputs >= 1_000;
  return {
    seed,
    swarm,
    violations: [...broken, ...observer.violations].sort((a, b) => a.at - b.at),
    inputs,
    virtualMs,
    strikes: hospital.strikes,
    digest: sha256([...hospital.store.lines, ...executed].join('\n')),
    counts: isCounted && hospital.strikes.size > 0,
  };
}

/** Strikes at drawn moments with what the schedule drew, until it is told to end. */
class Storm {
  readonly #hospital: Hospital;
  readonly #random: Random;
  readonly #swarm: Swarm;
  readonly #enabled: readonly Fault[];
  readonly #standing = new Set<() => void>();
  #isOver = false;

  constructor(hospital: Hospital, random: Random, swarm: Swarm) {
    this.#hospital = hospital;
    this.#random = random;
    this.#swarm = swarm;
    this.#enabled = faults.filter(({ name }) => swarm.enabled.has(name));
  }

  begin(): void {
    const { dies } = this.#hospital;
    if (this.#swarm.enabled.has('controller-crash')) {
      for (const point of ['beforeAppend', 'afterAppend', 'betweenCommands'] as const) dies[point] = this.#random.next() * 0.03;
    }
    if (this.#swarm.enabled.has('controller-stands')) dies.stands = this.#random.next() * 0.1;
    this.#next();
  }
  #next(): void {
    if (this.#isOver || this.#enabled.length === 0) return;
    this.#hospital.ground.clock.after(this.#random.around(this.#swarm.betweenMs), () => {
      if (!this.#isOver) this.#strike(this.#random.pick(this.#enabled));
      this.#next();
    });
  }
  #strike(fault: Fault): void {
    const struck: Struck | undefined = fault.strike(this.#hospital, this.#random);
    if (struck === undefined) return;
    const told = this.#hospital.strike(fault.name, struck.harms);
    const heal = (): void => {
      if (!this.#standing.delete(heal)) return;
      struck.heal();
      told.heal();
    };
    this.#standing.add(heal);
    const { lastsMs } = fault;
    if (lastsMs === undefined) return heal();
    this.#hospital.ground.clock.after(this.#random.between(lastsMs.least, lastsMs.most) * this.#swarm.stretch, heal);
  }

  /** What stands is healed, and nothing strikes any more. */
  end(): void {
    this.#isOver = true;
    Object.assign(this.#hospital.dies, { beforeAppend: 0, afterAppend: 0, betweenCommands: 0, stands: 0 });
    for (const heal of [...this.#standing]) heal();
  }
}
