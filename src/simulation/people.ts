// People: an on-call team that approves what asks for it, or lets it be; an operator who clicks at the worst moment; and in the calm
// somebody who asks for what the machine must not do alone. They know what the pages say, which may be wrong.
import { answersOf, askedSince } from '../core/runbook/approval.ts';
import { tasksOf } from '../core/runbook/human.ts';
import type { Request } from '../core/input.ts';
import type { Run } from '../core/state.ts';
import type { Instant, Actor, Hash, RunId, StepId, WorkloadId } from '../core/values.ts';
import type { Random } from './random.ts';
import type { Swarm } from './swarm.ts';
import type { Database } from './world/database.ts';
import type { Hospital } from './world/hospital.ts';

const names = ['ann', 'bob', 'cho', 'dee'] as const;
const person = (id: string): Actor => ({ kind: 'person', id });
const lookEveryMs = 10_000;
/** In the calm: so long without a writer for the users, and somebody asks for a failover. */
const patienceMs = 60_000;
/** What has failed so often after they asked for it again is not asked for any more. */
const mostRetries = 2;

export class People {
  readonly #hospital: Hospital;
  readonly #random: Random;
  readonly #swarm: Pick<Swarm, 'clicksEveryMs' | 'habit' | 'patient' | 'asks'>;
  /** How likely somebody answers at one look, drawn per schedule. */
  #answers: number;
  #isCalm = false;
  readonly #unservedSince = new Map<string, number>();
  /** How often they have asked for the same step again. */
  readonly #retried = new Map<string, number>();

  constructor(hospital: Hospital, random: Random, swarm: Pick<Swarm, 'clicksEveryMs' | 'habit' | 'patient' | 'asks'>) {
    this.#hospital = hospital;
    this.#random = random;
    this.#swarm = swarm;
    this.#answers = random.pick([0.1, 0.5, 0.9]);
    hospital.ground.clock.after(lookEveryMs, () => this.#look());
    if (swarm.clicksEveryMs > 0) this.#clickLater();
    for (const { atMs, what } of swarm.asks)
      hospital.ground.clock.after(atMs, () => {
        const workload = random.pick(hospital.workloads.databases).id;
        const request: Request =
          what.kind === 'drill' ? { kind: 'drill', gameday: 'region-loss' } : { kind: 'run', workload, mode: what.mode, reason: 'planned' };
        this.#click('ann', request);
      });
  }

  calm(): void {
    this.#isCalm = true;
    this.#answers = 0.8;
  }

  #look(): void {
    this.#hospital.ground.clock.after(lookEveryMs, () => this.#look());
    const { pages } = this.#hospital;
    for (const id of pages?.openRuns ?? []) {
      const run = pages?.runs.get(id);
      if (run !== undefined && this.#random.chance(this.#answers)) this.#answer(run);
    }
    // Nobody keeps their hand on the lever for long.
    const lets = this.#swarm.habit === 'stop' ? this.#answers / 3 : this.#answers;
    if (pages?.stopped !== undefined && (this.#isCalm || this.#random.chance(lets)))
      this.#click(this.#random.pick(names), { kind: 'release', reason: 'go on' });
    if (!this.#isCalm) return;
    for (const [workload, { maintenance }] of pages?.workloads ?? [])
      if (maintenance !== undefined) this.#click(this.#random.pick(names), { kind: 'end-maintenance', workload, reason: 'done' });
    this.#help();
  }
  /** What the run asks people now: its approval, or what to do with a step that failed. */
  #answer(run: Readonly<Run>): void {
    const [task] = tasksOf(run);
    if (task !== undefined) {
      // One in four forgets what is asked for, is told so, and is there at the next look.
      const gives = task.answer !== undefined && this.#random.chance(0.75);
      const answer = gives ? { answer: `change-${this.#random.between(1, 999)}` } : {};
      this.#click(this.#random.pick(names), { kind: 'confirm', run: run.id, step: task.step as StepId, ...answer });
      return;
    }
    if (askedSince(run) !== undefined) {
      const said = new Set(answersOf(run).map(({ by }) => by));
      const free = names.filter((name) => name !== run.requestedBy && !said.has(name));
      // Whoever reads what would be lost may accept it; in the calm there is nothing better to be had.
      const maxLossMs = this.#isCalm || this.#random.chance(0.5) ? 900_000 : undefined;
      const accepts = maxLossMs === undefined ? {} : { maxLossMs };
      if (free.length > 0) this.#click(this.#random.pick(free), { kind: 'approve', run: run.id, plan: run.hash, ...accepts });
      return;
    }
    const failed = run.status === 'running' ? [...run.steps].find(([, step]) => step.status === 'failed')?.[0] : undefined;
    if (failed === undefined) return;
    const key = `${run.id}/${failed}`;
    const retried = this.#retried.get(key) ?? 0;
    const isWorthIt = this.#random.chance(0.5) && retried < mostRetries;
    if (isWorthIt) this.#retried.set(key, retried + 1);
    this.#click(
      this.#random.pick(names),
      isWorthIt
        ? { kind: 'retry', run: run.id, step: failed as StepId, reason: 'try again' }
        : { kind: 'cancel', run: run.id, reason: 'not this way' },
    );
  }

  /** What a hospital does when the machine says that it must be asked. */
  #help(): void {
    const { workloads, ground, pages } = this.#hospital;
    for (const database of workloads.databases) {
      const route = workloads.routeOf(database.id);
      const replica = route === undefined ? undefined : database.replica(route);
      if (replica !== undefined && database.acceptsWrites(replica)) {
        this.#unservedSince.delete(database.id);
        continue;
      }
      const since = this.#unservedSince.get(database.id) ?? ground.now;
      this.#unservedSince.set(database.id, since);
      const { writer } = database;
      if (ground.now - since < patienceMs) continue;
      if (this.#isLeftFenced(database)) {
        // Its run is over and promoted nobody, and nobody is left who could take over: people give the old writer its storage back.
        if (writer !== undefined) writer.isFenced = false;
        database.refresh('operator');
      }
      if (pages?.workloads.get(database.id)?.openRun !== undefined) continue;
      if (this.#isLeftToTheMachine(database)) continue;
      const isWriterWell = writer !== undefined && database.acceptsWrites(writer);
      // An old writer that came back when the newer one was lost for good: people lead users to it, with what it has.
      const adopted = database.replica(pages?.workloads.get(database.id)?.primary ?? '');
      if (isWriterWell) workloads.route(database.id, writer.name, 'operator');
      else if (adopted !== undefined && database.acceptsWrites(adopted)) workloads.route(database.id, adopted.name, 'operator');
      else this.#click(this.#random.pick(names), { kind: 'run', workload: database.id, mode: 'failover', reason: 'nobody is served' });
    }
  }

  #isLeftFenced({ id, writer, replicas }: Database): boolean {
    const { pages, ground } = this.#hospital;
    const open = pages?.workloads.get(id)?.openRun;
    const isRunning = open !== undefined && pages?.runs.get(open)?.status === 'running';
    return !isRunning && writer?.isFenced === true && replicas.every((replica) => replica === writer || !ground.stands(replica.site));
  }

  /** Whether the machine alone has to act, and has not tried yet: its writer is lost for good, and nothing wants a person to begin. */
  #isLeftToTheMachine(database: Database): boolean {
    const { ground, pages } = this.#hospital;
    const { id, writer, replicas } = database;
    if (!this.#swarm.patient || writer === undefined) return false;
    const isRegion = !ground.stands(writer.site);
    if (!isRegion && writer.harm.dead === 0) return false;
    const tier = ground.estate.tiers[ground.estate.workloads[id]?.tier ?? ''];
    const level = isRegion ? tier?.automation.region : tier?.automation.replica;
    const state = pages?.workloads.get(id);
    if ((level !== 'automatic' && level !== 'approve') || state?.primary !== writer.name) return false;
    if ([...state.incidents].some((incident) => pages?.incidents.get(incident)?.treated.has(id) === true)) return false;
    return replicas.some((replica) => replica !== writer && !replica.isWriter && database.answers(replica));
  }

  #clickLater(): void {
    this.#hospital.ground.clock.after(this.#random.around(this.#swarm.clicksEveryMs), () => {
      if (this.#isCalm) return;
      const request = this.#worstMoment();
      if (request !== undefined) {
        this.#hospital.strike('people', []).heal();
        this.#click(this.#random.pick(names), request);
      }
      this.#clickLater();
    });
  }
  #worstMoment(): Request | undefined {
    const { pages, workloads, ground } = this.#hospital;
    const random = this.#random;
    const workload = random.pick(workloads.databases).id;
    const open = [...(pages?.openRuns ?? [])];
    const run = open.length === 0 ? undefined : pages?.runs.get(random.pick(open));
    const step = run === undefined || run.plan.steps.length === 0 ? undefined : random.pick(run.plan.steps).id;
    const habitual = random.chance(0.6) ? this.#habitual(workload) : undefined;
    if (habitual !== undefined) return habitual;
    switch (random.between(0, 13)) {
      case 0:
        return { kind: 'run', workload, mode: random.pick(['switchover', 'failover', 'failback']), reason: 'because' };
      case 1:
        return { kind: 'drill', gameday: 'region-loss' };
      case 2:
        return run === undefined ? undefined : { kind: 'cancel', run: run.id, reason: 'not now' };
      case 3:
        return run === undefined ? undefined : { kind: 'approve', run: run.id, plan: '0'.repeat(64) as Hash };
      case 4:
        return run === undefined
          ? { kind: 'cancel', run: 'none-1' as RunId, reason: 'not now' }
          : { kind: 'approve', run: run.id, plan: run.hash };
      case 5:
        return run === undefined ? undefined : { kind: 'pause', run: run.id, reason: 'wait', forMs: random.between(5_000, 60_000) };
      case 6:
        return run === undefined ? undefined : { kind: 'resume', run: run.id, reason: 'go on' };
      case 7:
        return run === undefined || step === undefined ? undefined : { kind: 'skip', run: run.id, step, reason: 'not needed' };
      case 8:
        return run === undefined || step === undefined ? undefined : { kind: 'retry', run: run.id, step, reason: 'again' };
      case 9:
        return pages?.stopped === undefined ? { kind: 'stop', reason: 'look first' } : { kind: 'release', reason: 'go on' };
      case 10: {
        const until = (ground.now + random.between(5_000, 90_000)) as Instant;
        return { kind: 'maintain', workload, until, reason: 'firmware' };
      }
      case 11:
        return { kind: 'end-maintenance', workload, reason: 'done' };
      case 12: {
        const incidents = [...(pages?.incidents.keys() ?? [])];
        return incidents.length === 0 ? undefined : { kind: 'acknowledge', incident: random.pick(incidents), reason: 'seen' };
      }
      default:
        return { kind: 'run', workload, mode: 'switchover', reason: 'maintenance' };
    }
  }
  #habitual(workload: WorkloadId): Request | undefined {
    const { pages, ground } = this.#hospital;
    const random = this.#random;
    switch (this.#swarm.habit) {
      case 'any':
        return undefined;
      case 'stop':
        return pages?.stopped === undefined ? { kind: 'stop', reason: 'look first' } : undefined;
      case 'maintain':
        return { kind: 'maintain', workload, until: (ground.now + random.between(30_000, 150_000)) as Instant, reason: 'firmware' };
      case 'acknowledge': {
        // One page in four is old: what it shows is over.
        const isOld = random.chance(0.25);
        const treated = [...(pages?.incidents.values() ?? [])].filter(
          (each) => isOld === (each.closedAt !== undefined) && each.treated.size > 0,
        );
        return treated.length === 0 ? undefined : { kind: 'acknowledge', incident: random.pick(treated).incident, reason: 'seen' };
      }
      case 'meddle': {
        const open = [...(pages?.openRuns ?? [])];
        const run = open.length === 0 ? undefined : pages?.runs.get(random.pick(open));
        return run === undefined ? undefined : this.#meddled(run);
      }
    }
  }
  /** Whatever can be done with a run, with the step at which it is. */
  #meddled(run: Readonly<Run>): Request {
    const random = this.#random;
    const step = (run.plan.steps.find(({ id }) => run.steps.get(id)?.status !== 'succeeded') ?? run.plan.steps[0])?.id ?? ('' as StepId);
    switch (random.between(0, 5)) {
      case 0:
      case 1:
        return { kind: 'skip', run: run.id, step, reason: 'not needed' };
      case 2:
        return { kind: 'retry', run: run.id, step, reason: 'again' };
      case 3:
        return { kind: 'pause', run: run.id, reason: 'wait', forMs: random.between(5_000, 60_000) };
      case 4:
        return { kind: 'resume', run: run.id, reason: 'go on' };
      default:
        return { kind: 'cancel', run: run.id, reason: 'not now' };
    }
  }
  #click(name: string, request: Request): void {
    this.#hospital.click(person(name), request, () => undefined);
  }
}
