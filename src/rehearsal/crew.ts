// The people of a rehearsal: whoever is asked approves after a drawn time, and where the machine must not act alone somebody asks for the
// failover. They accept the loss that they are shown; nobody clicks anything else.
import type { Event, EventData, EventType } from '../core/event.ts';
import type { Request } from '../core/input.ts';
import type { Spread } from '../core/objective/spread.ts';
import { isStepApproved } from '../core/runbook/approval.ts';
import type { Plan } from '../core/runbook/plan.ts';
import type { Actor, Hash, RunId } from '../core/values.ts';
import type { SimulatedController } from '../simulation/controller.ts';
import type { Random } from '../simulation/random.ts';
import type { Ground } from '../simulation/world/ground.ts';
import { drawMs } from './spread.ts';
import type { Task } from './task.ts';

const anyLossMs = 86_400_000;
/** When a request is refused or nobody leads, people try again, so often and so soon. */
const mostTries = 5;
const tryAgainMs = 5_000;
const person = (n: number): Actor => ({ kind: 'person', id: `person-${n}` });
const requester: Actor = { kind: 'person', id: 'requester' };

export class Crew {
  readonly #ground: Ground;
  readonly #controller: SimulatedController;
  readonly #task: Task;
  readonly #random: Random;
  readonly #plans = new Map<string, { readonly hash: Hash; readonly plan: Plan }>();
  #hasAsked = false;
  /** The code of the last refusal of something that they asked for. */
  refused: string | undefined;

  constructor(options: { ground: Ground; controller: SimulatedController; task: Task; random: Random }) {
    this.#ground = options.ground;
    this.#controller = options.controller;
    this.#task = options.task;
    this.#random = options.random;
  }

  planOf(run: string): Plan | undefined {
    return this.#plans.get(run)?.plan;
  }
  /** As the controller has it, for that is whom a real step asks. */
  isApproved(run: string, step: string): boolean {
    const known = this.#controller.known?.runs.get(run as RunId);
    return known !== undefined && isStepApproved(known, step);
  }
  askForSwitchover(): void {
    this.#click(requester, { kind: 'run', workload: this.#task.workload, mode: 'switchover', reason: 'rehearsed' });
  }

  /** An entry is durable. */
  see(event: Event): void {
    (this.#entries[event.type] as ((data: Event['data']) => void) | undefined)?.(event.data);
  }
  readonly #entries: { readonly [T in EventType]?: (data: EventData[T]) => void } = {
    PlanCompiled: ({ run, hash, plan }) => this.#plans.set(run, { hash, plan }),
    RunOpened: ({ run, approvalsNeeded, plan }) => this.#approve(run, approvalsNeeded, plan),
    ApprovalAsked: ({ run, people }) => this.#approve(run, people, this.#plans.get(run)?.hash),
    StepStarted: (data) => this.#askedByStep(data),
    ActionWithheld: (data) => this.#withheld(data),
  };

  #askedByStep({ run, step, uses, with: input }: EventData['StepStarted']): void {
    if (uses !== 'approve') return;
    const people = typeof input === 'object' && input !== null && 'people' in input ? Number(input['people']) : 1;
    const { plan, hash } = this.#plans.get(run) ?? {};
    const own = plan?.workload === this.#task.workload ? this.#task.steps[`${step} ${uses}`] : undefined;
    this.#approve(run, people, hash, own?.spread);
  }
  /** The machine must not act on this scope alone: once somebody has seen it, they ask. */
  #withheld({ guard, workload }: EventData['ActionWithheld']): void {
    if (guard !== 'automation' || workload !== this.#task.workload || this.#hasAsked) return;
    this.#hasAsked = true;
    this.#later(() => this.#click(requester, { kind: 'run', workload, mode: 'failover', reason: 'rehearsed' }));
  }
  #approve(run: RunId, people: number, plan: Hash | undefined, spread?: Spread): void {
    if (plan === undefined) return;
    for (let n = 1; n <= people; n += 1)
      this.#later(() => this.#click(person(n), { kind: 'approve', run, plan, maxLossMs: anyLossMs }), spread);
  }
  #later(run: () => void, spread = this.#task.assumptions.people.spread): void {
    this.#ground.clock.after(drawMs(spread, this.#random), run);
  }
  #click(by: Actor, request: Request, tries = 1): void {
    const again = (): void => {
      if (tries < mostTries) this.#ground.clock.after(tryAgainMs, () => this.#click(by, request, tries + 1));
    };
    // What is refused for good (an approval that nobody waits for) is refused every time.
    if (
      !this.#controller.request(by, request, (isAccepted, code) => {
        if (isAccepted) return;
        this.refused = code;
        again();
      })
    )
      again();
  }
}
