// Hours in which nothing is lost: probes that get lost now and then, reports that are late, processes that restart and are back before
// anybody may call them lost, controllers that die, stand still or have wrong clocks, and one vantage at a time that cannot be trusted.
// Whatever failover is decided then is counted, and it is false when truth knows of no loss.
import type { Evaluate } from '../core/catalogue.ts';
import { later, type Hash } from '../core/values.ts';
import { sha256 } from '../journal/hash.ts';
import { observe } from './checkers/index.ts';
import { realLoss } from './checkers/real-loss.ts';
import type { Fault } from './faults/fault.ts';
import { controllerFaults, eyeFaults } from './faults/resus.ts';
import { Random } from './random.ts';
import { startAt } from './schedule.ts';
import { drawSwarm, type Swarm } from './swarm.ts';
import { Hospital } from './world/hospital.ts';

export type QuietOptions = {
  readonly seed: number;
  readonly hours: number;
  readonly evaluate: Evaluate;
  /** For those who want to see that a failover would be counted: something happens to the hospital, once, after ten minutes. */
  readonly disturb?: (hospital: Hospital) => void;
};
export type QuietRan = {
  readonly seed: number;
  readonly hours: number;
  readonly inputs: number;
  /** Runs that an incident opened. */
  readonly decisions: number;
  /** What was sent to promote somebody. */
  readonly promotions: number;
  /** One sentence for each decision, or step that changes the writer, for which there was no loss. */
  readonly falseOnes: readonly string[];
  /** Something that no fault explains: a bug. */
  readonly broken: readonly string[];
  readonly strikes: readonly (readonly [fault: string, count: number])[];
  /** SHA-256 over the durable lines. */
  readonly digest: Hash;
};

const hourMs = 3_600_000;
/** Between two probes of one target: from what life-critical systems are given to what a department is. */
const pacesMs = [5_000, 15_000, 30_000] as const;
/** Mean times between two restarts of a process, two faults of controllers, and how long a vantage is the bad one. */
const everyMs = { restart: 600_000, controller: 1_200_000, vantage: 1_800_000 } as const;
const jitter = { loses: 0.005, lateMs: 1_500 } as const;
const automatic = { replica: 'automatic', zone: 'automatic', region: 'automatic' } as const;

export function runQuiet({ seed, hours, evaluate, disturb }: QuietOptions): QuietRan {
  const swarm = drawQuiet(new Random(seed, 'swarm'));
  const observer = observe([realLoss]);
  const broken: string[] = [];
  let [inputs, decisions, promotions] = [0, 0, 0];
  const hospital = new Hospital({
    swarm,
    random: new Random(seed, 'world'),
    startAt,
    evaluate,
    record: (fact) => {
      observer.see(fact);
      if (fact.kind !== 'durable') return;
      if (fact.event.type === 'RunOpened' && fact.event.data.incident !== undefined) decisions += 1;
      if (fact.event.type === 'StepStarted' && fact.event.data.step === 'promote') promotions += 1;
    },
    counted: () => (inputs += 1),
    broke: (sentence) => void broken.push(sentence),
    scanEvery: Infinity,
  });
  const random = new Random(seed, 'faults');
  const { clock } = hospital.ground;
  for (const vantage of hospital.vantages) vantage.jitter = jitter;
  repeat(hospital, random, everyMs.restart, () => restart(hospital, random, swarm.shape.intervalMs));
  repeat(hospital, random, everyMs.controller, () => strike(hospital, random, random.pick(controllerFaults)));
  badVantage(hospital, random);
  if (disturb !== undefined) clock.after(600_000, () => disturb(hospital));
  clock.runUntil(later(startAt, hours * hourMs));
  return {
    seed,
    hours,
    inputs,
    decisions,
    promotions,
    falseOnes: observer.violations.map(({ sentence }) => sentence),
    broken,
    strikes: [...hospital.strikes],
    digest: sha256(hospital.store.lines.join('\n')),
  };
}

/** Everything is left to the machine, providers behave, and nobody clicks. */
function drawQuiet(random: Random): Swarm {
  const drawn = drawSwarm(random, []);
  const eyes = drawn.shape.name === 'two-domains' ? ['east', 'west', 'campus'] : drawn.shape.eyes;
  return {
    ...drawn,
    shape: {
      ...drawn.shape,
      automation: automatic,
      accepts: ['storage-fenced', 'provider-asserted'],
      blastRadius: undefined,
      eyes,
      intervalMs: random.pick(pacesMs),
    },
    enabled: new Set(),
    clicksEveryMs: 0,
    leaseMs: 10_000,
  };
}

function repeat(hospital: Hospital, random: Random, meanMs: number, run: () => void): void {
  hospital.ground.clock.after(random.around(meanMs), () => {
    run();
    repeat(hospital, random, meanMs, run);
  });
}
function strike(hospital: Hospital, random: Random, fault: Fault): void {
  const struck = fault.strike(hospital, random);
  if (struck === undefined) return;
  const told = hospital.strike(fault.name, struck.harms);
  const { lastsMs } = fault;
  const heal = (): void => {
    struck.heal();
    told.heal();
  };
  if (lastsMs === undefined) return heal();
  hospital.ground.clock.after(random.between(lastsMs.least, lastsMs.most), heal);
}

/** One process of one replica is gone, for less than the shortest row of failures lasts; never while another is. */
function restart(hospital: Hospital, random: Random, intervalMs: number): void {
  const { databases } = hospital.workloads;
  if (databases.some(({ replicas }) => replicas.some(({ harm }) => harm.dead > 0))) return;
  const database = random.pick(databases);
  const replica = random.pick(database.replicas);
  const change = (by: 1 | -1): void => {
    replica.harm.dead += by;
    database.refresh('fault');
  };
  change(1);
  const told = hospital.strike('restart', [{ kind: 'dead', workload: database.id, replica: replica.name }]);
  hospital.ground.clock.after(random.between(1_000, Math.round(intervalMs * 1.6)), () => {
    change(-1);
    told.heal();
  });
}

/** There is always one that is not to be trusted, and never two. */
function badVantage(hospital: Hospital, random: Random): void {
  const fault = random.pick(eyeFaults.filter(({ name }) => name.startsWith('vantage') || name === 'reports-reordered'));
  const struck = fault.strike(hospital, random);
  const told = struck === undefined ? undefined : hospital.strike(fault.name, struck.harms);
  hospital.ground.clock.after(random.around(everyMs.vantage), () => {
    struck?.heal();
    told?.heal();
    badVantage(hospital, random);
  });
}
