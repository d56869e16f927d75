// The control planes of a rehearsal: they carry out each step of the plan by its effect alone (promotes, fences, routes, restarts,
// nothing), and take as long as was drawn for it. One whose site is lost answers nobody.
import type { Catalogue } from '../core/catalogue.ts';
import { answerTo } from '../core/input.ts';
import type { Command } from '../core/kernel.ts';
import { stepTiming } from '../core/objective/timing.ts';
import type { Observed, Outcome } from '../core/outcome.ts';
import { promotes, type Plan } from '../core/runbook/plan.ts';
import { later, type Instant, type Json } from '../core/values.ts';
import { Random } from '../simulation/random.ts';
import type { Database } from '../simulation/world/database.ts';
import type { Ground } from '../simulation/world/ground.ts';
import type { Caller, ControlPlanes } from '../simulation/world/providers.ts';
import type { Workloads } from '../simulation/world/workloads.ts';
import { drawMs } from './spread.ts';
import type { Task } from './task.ts';

type Step = Extract<Command, { kind: 'apply' | 'observe' }>;
type Operation = { readonly endsAt: Instant; is: 'underway' | 'done' | 'undone'; because: string };
type Doing = { readonly plan: Plan; readonly database: Database; readonly token: string };
export type PlanesOptions = {
  readonly ground: Ground;
  readonly workloads: Workloads;
  readonly catalogue: Catalogue;
  readonly task: Task;
  readonly seed: number;
  /** Of a run, once its plan is durable. */
  readonly planOf: (run: string) => Plan | undefined;
  /** Whether people have said yes to this step. */
  readonly isApproved: (run: string, step: string) => boolean;
};

const latencyMs = { least: 5, most: 60 };
const lookAgainMs = 1_000;

export class Planes implements ControlPlanes {
  readonly #at: PlanesOptions;
  readonly #network: Random;
  readonly #operations = new Map<string, Operation>();

  constructor(options: PlanesOptions) {
    this.#at = options;
    this.#network = new Random(options.seed, 'network');
  }

  call(caller: Caller, command: Command, deadlineInMs: number): void {
    if (command.kind !== 'apply' && command.kind !== 'observe') return;
    const { clock } = this.#at.ground;
    let isAnswered = false;
    const settle = (result: Outcome | Observed): void => {
      if (isAnswered) return;
      isAnswered = true;
      giveUp.off = true;
      caller.answer(answerTo(command, result));
    };
    const giveUp = clock.after(deadlineInMs, () => settle({ kind: 'unknown', message: 'no answer in time' }));
    clock.after(this.#latency(), () => {
      const result = command.kind === 'apply' ? this.#apply(command as Step) : this.#look(command as Step);
      clock.after(this.#latency(), () => settle(result));
    });
  }
  #latency(): number {
    return this.#network.between(latencyMs.least, latencyMs.most);
  }

  #apply(command: Step): Outcome {
    const gone = this.#gone(command);
    if (gone !== undefined) return { kind: 'failed', code: 'UNREACHABLE', message: `${gone} does not answer`, retriable: true };
    if (command.uses === 'approve') return { kind: 'accepted', checkAt: later(this.#at.ground.now, lookAgainMs) };
    const known = this.#operations.get(command.token);
    if (known?.is === 'underway') return { kind: 'accepted', checkAt: known.endsAt };
    const doing = this.#doing(command);
    if (doing === undefined) return { kind: 'failed', code: 'NOT_FOUND', message: 'no such plan', retriable: false };
    const obstacle = this.#obstacle(command, doing);
    if (obstacle !== undefined) return { kind: 'failed', code: 'NOT_POSSIBLE', message: obstacle, retriable: true };
    const operation: Operation = { endsAt: later(this.#at.ground.now, this.#drawMs(command, doing)), is: 'underway', because: '' };
    this.#operations.set(command.token, operation);
    this.#begin(command, doing);
    this.#at.ground.clock.at(operation.endsAt, () => {
      const because = this.#finish(command, doing);
      operation.is = because === undefined ? 'done' : 'undone';
      operation.because = because ?? '';
    });
    return { kind: 'accepted', checkAt: operation.endsAt };
  }

  #look(command: Step): Observed {
    const gone = this.#gone(command);
    if (gone !== undefined) return { kind: 'unknown', message: `${gone} does not answer` };
    if (command.uses === 'approve')
      return this.#at.isApproved(command.run, command.step)
        ? { kind: 'holds', data: {} }
        : { kind: 'underway', checkAt: later(this.#at.ground.now, lookAgainMs) };
    const operation = this.#operations.get(command.token);
    if (operation?.is === 'underway') return { kind: 'underway', checkAt: operation.endsAt };
    if (operation?.is === 'done') return { kind: 'holds', data: this.#outputs(command) };
    return { kind: 'absent', because: operation?.because ?? 'it was never asked for' };
  }

  /** The control plane that the call needs and that is lost. */
  #gone(command: Step): string | undefined {
    const { ground, catalogue } = this.#at;
    const needed = catalogue.actions.get(command.uses)?.needs(command.with) ?? [];
    const gone = needed.find(({ site }) => ground.estate.sites[site] !== undefined && !ground.stands(site));
    return gone === undefined ? undefined : `${gone.service} in ${gone.site}`;
  }
  #doing({ run, token }: Step): Doing | undefined {
    const plan = this.#at.planOf(run);
    const database = plan === undefined ? undefined : this.#at.workloads.database(plan.workload);
    return plan === undefined || database === undefined ? undefined : { plan, database, token };
  }
  #effect(command: Step): string {
    return this.#at.catalogue.actions.get(command.uses)?.effect ?? 'nothing';
  }
  /** The same attempt at the same step takes as long in every rehearsal of this seed, whatever else is drawn. */
  #drawMs(command: Step, { plan }: Doing): number {
    const { task, catalogue, seed } = this.#at;
    const own = plan.workload === task.workload ? task.steps[`${command.step} ${command.uses}`] : undefined;
    const timing = own ?? stepTiming(command, catalogue.actions.get(command.uses), undefined, undefined);
    return drawMs(timing.spread, new Random(seed, `${plan.workload}/${command.step}/${command.uses}/${command.attempt}`));
  }

  #obstacle(command: Step, { plan, database }: Doing): string | undefined {
    if (!promotes({ effect: this.#effect(command) as never })) return undefined;
    const to = database.replica(plan.to);
    if (to === undefined) return `there is no ${plan.to}`;
    if (plan.from === plan.to)
      return this.#otherZone(plan, database) === undefined ? `${plan.to} has no other zone that stands` : undefined;
    if (!database.answers(to)) return `${plan.to} does not answer`;
    return plan.mode === 'failover' || to.isLinked || to.isWriter ? undefined : `${plan.to} does not follow ${plan.from}`;
  }
  #otherZone(plan: Plan, database: Database): number | undefined {
    const to = database.replica(plan.to);
    const zone = to?.zones.findIndex(
      (site, index) => site !== plan.leave && index !== (plan.leave === undefined ? to.zone : -1) && this.#at.ground.stands(site),
    );
    return zone === undefined || zone < 0 ? undefined : zone;
  }

  /** A planned promotion stops the old writer first; a fence does so when it is done. */
  #begin(command: Step, { plan, database }: Doing): void {
    if (this.#effect(command) !== 'fences-and-promotes' || plan.from === plan.to) return;
    const from = database.replica(plan.from);
    const to = database.replica(plan.to);
    const { ground } = this.#at;
    if (from === undefined || to === undefined || to.isWriter || !ground.stands(from.site) || !ground.network.canTalk(to.node, from.node))
      return;
    from.isFenced = true;
    database.refresh('provider');
  }

  /** Undefined when its goal holds now, else why it does not. */
  #finish(command: Step, doing: Doing): string | undefined {
    const { plan, database, token } = doing;
    const { workloads, ground } = this.#at;
    const effect = this.#effect(command);
    const from = database.replica(plan.from);
    const to = database.replica(plan.to);
    if (effect === 'routes') workloads.route(plan.workload, plan.to, 'provider');
    if (effect === 'fences' && from !== undefined) from.isFenced = true;
    if (effect === 'restarts' && to !== undefined) to.harm.databaseDead = 0;
    if (promotes({ effect: effect as never }) || effect === 'restarts') {
      const because = effect === 'restarts' ? undefined : this.#obstacle(command, doing);
      if (because !== undefined) {
        if (from !== undefined) from.isFenced = false;
        database.refresh('provider');
        return because;
      }
      if (plan.from === plan.to) {
        const zone = this.#otherZone(plan, database);
        if (to !== undefined && zone !== undefined) {
          to.zone = zone;
          to.harm.databaseDead = 0;
        }
      } else if (to !== undefined && effect !== 'restarts') {
        database.promote(to, 'provider', token);
        if (from !== undefined && plan.mode !== 'failover') ground.clock.after(1_000, () => database.rejoin(from, 'provider'));
      }
    }
    database.refresh('provider');
    return undefined;
  }

  #outputs(command: Step): Json {
    const { task } = this.#at;
    const plan = this.#at.planOf(command.run);
    const given = task.outputs[command.uses] ?? {};
    const effect = this.#effect(command);
    const isPlanned = plan?.mode !== 'failover' || plan.from === plan.to;
    const fencing = effect === 'fences' || isPlanned ? 'storage-fenced' : 'provider-asserted';
    return typeof given === 'object' && given !== null && 'fencing' in given ? { ...given, fencing } : given;
  }
}
