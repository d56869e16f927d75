// The control planes: they take a call as it comes over the wire, carry it out or turn it away, and answer, late, twice or not at all.
// Every mutation names its goal; what is already so is not done again.
import { effectOf, lateRequestMs } from '../actions.ts';
import { answerTo } from '../../core/input.ts';
import type { Command, Input } from '../../core/kernel.ts';
import type { Observed, Outcome } from '../../core/outcome.ts';
import { later, type Instant, type Json } from '../../core/values.ts';
import type { Arranged } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Call } from '../truth.ts';
import type { Behaviour } from './behaviour.ts';
import { DrillFaults } from './drill-faults.ts';
import type { Ground } from './ground.ts';
import { goalShown, operations, type Operation } from './operations.ts';
import type { Workloads } from './workloads.ts';

/** Who calls, and with which right. */
export type Caller = {
  readonly controller: string;
  readonly node: number;
  readonly epoch: number;
  /** When the credentials that this call carries end: with the lease under which they were given out. */
  readonly credentialsUntil: Instant;
  /** When it last asked whether it may act. */
  readonly decidedAt: Instant;
  /** What a person has said of this step, which asks people; undefined while nobody has said that it is done. */
  confirmation(run: string, step: string): { readonly answer?: string } | undefined;
  answer(input: Input): void;
};
type Sender = Caller & { readonly sentAt: Instant };
type Step = Extract<Command, { kind: 'apply' | 'observe' }>;
type Order = Exclude<Command, Step>;
export type Target = { readonly workload: string; readonly from: string; readonly to: string; readonly at: string; readonly leave: string };

/** What a controller sends its calls to. */
export type ControlPlanes = {
  call(caller: Caller, command: Command, deadlineInMs: number): void;
};
export class Providers implements ControlPlanes {
  readonly drills: DrillFaults;
  /** For the calm phase: everything that is answered is answered at once and once. */
  behaviour: Behaviour;
  readonly #ground: Ground;
  readonly #workloads: Workloads;
  readonly #random: Random;
  readonly #operations = new Map<string, Operation>();
  /** Found by the fault's name when it happened: printed as struck. */
  readonly #struck: (fault: string) => void;
  #newestEpoch = 0;

  constructor(options: { ground: Ground; workloads: Workloads; behaviour: Behaviour; random: Random; struck: (fault: string) => void }) {
    this.#ground = options.ground;
    this.#workloads = options.workloads;
    this.behaviour = options.behaviour;
    this.#random = options.random;
    this.#struck = options.struck;
    this.drills = new DrillFaults(options.ground, options.workloads);
  }

  /** A call leaves its controller now. `deadlineInMs`: how long the caller waits. */
  call(caller: Caller, command: Command, deadlineInMs: number): void {
    const { clock } = this.#ground;
    const sentAt = this.#ground.now;
    let isAnswered = false;
    let giveUp: Arranged | undefined;
    const settle = (result: Outcome | Observed): void => {
      if (isAnswered) return;
      isAnswered = true;
      if (giveUp !== undefined) giveUp.off = true;
      caller.answer(answerTo(command, result));
      if (this.#random.chance(this.behaviour.repeatsReply)) {
        this.#struck('repeated-outcome');
        clock.after(this.#random.between(50, 4_000), () => caller.answer(answerTo(command, result)));
      }
    };
    if ('uses' in command && command.uses === 'human') {
      clock.after(1, () => settle(byHand(caller, command as Step, this.#ground.now)));
      return;
    }
    giveUp = clock.after(deadlineInMs, () => settle({ kind: 'unknown', message: 'no answer in time' }));
    const plane = this.#planeOf(command);
    const { network } = this.#ground;
    if (!network.canTalk(caller.node, plane)) {
      // A connection that stands may still carry a request when the way back is cut.
      if (!network.canSend(caller.node, plane) || this.#random.chance(0.5)) {
        clock.after(this.#latency(), () => (this.#random.chance(0.5) ? settle(notSent(command)) : undefined));
        return;
      }
    }
    const isLate = command.kind === 'apply' && this.#random.chance(this.behaviour.isLate);
    if (isLate) this.#struck('provider-late-request');
    clock.after(isLate ? this.#random.between(1_000, lateRequestMs) : this.#latency(), () => {
      if (network.isLost(plane)) return;
      const result = this.#take({ ...caller, sentAt }, command);
      const isLost = !network.canSend(plane, caller.node);
      const isDropped = this.#random.chance(this.behaviour.dropsReply);
      if (isDropped && !isLost) this.#struck('provider-drops-reply');
      if (isLost || isDropped) {
        // Half of them break at once, the other half leave the caller waiting.
        if (this.#random.chance(0.5)) clock.after(this.#latency(), () => settle({ kind: 'unknown', message: 'the connection broke' }));
        return;
      }
      clock.after(this.#latency(), () => settle(result));
    });
  }

  #latency(): number {
    return this.#random.between(this.behaviour.latencyMs.least, this.behaviour.latencyMs.most);
  }
  #planeOf(command: Command): number {
    if (command.kind !== 'apply' && command.kind !== 'observe') return this.#ground.nodeOf('routing');
    return this.#ground.nodeOf(targetOf(command).at);
  }

  #take(caller: Sender, command: Command): Outcome | Observed {
    if (command.kind === 'observe') return this.#look(command as Step);
    if (command.kind === 'check') return this.drills.look(command as Order);
    if (this.#ground.now > caller.credentialsUntil || (this.behaviour.refusesOlderEpochs && caller.epoch < this.#newestEpoch))
      // Who leads still may send it again, with credentials that have not ended.
      return this.#refuse(caller, command, 'STALE_CREDENTIALS', caller.epoch >= this.#newestEpoch);
    this.#newestEpoch = Math.max(this.#newestEpoch, caller.epoch);
    if (command.kind !== 'apply') return this.drills.take(command as Order);
    if (this.#random.chance(this.behaviour.throttles)) {
      this.#struck('provider-throttles');
      return this.#refuse(caller, command, 'THROTTLED', true);
    }
    return this.#execute(caller, command as Step);
  }

  #execute(caller: Sender, command: Step): Outcome {
    const target = targetOf(command);
    const database = this.#workloads.database(target.workload);
    const row = operations[command.uses];
    if (database === undefined || row === undefined) return this.#refuse(caller, command, 'NOT_FOUND', false);
    const route = this.#workloads.routeOf(target.workload);
    const running = this.#operations.get(database.id);
    const isRunning = running !== undefined && running.endsAt > this.#ground.now;
    if (isRunning && row.isExclusive) {
      if (running.uses === command.uses && running.to === target.to) return { kind: 'accepted', checkAt: running.endsAt };
      return this.#refuse(caller, command, 'OPERATION_UNDER_WAY', true);
    }
    if (goalShown(command.uses, target, database.shownAt(this.#ground.now), route)) return this.#done(caller, command);
    const obstacle = row.obstacle(target, database, this.#ground);
    if (obstacle !== undefined) return this.#refuse(caller, command, obstacle, true);
    if (row.isProof && !this.#random.chance(this.behaviour.provesFence)) return this.#refuse(caller, command, 'FENCE_FAILED', true);
    const isSlow = row.isExclusive && this.#random.chance(this.behaviour.isSlow);
    if (isSlow) this.#struck('provider-slow-operation');
    const lastsMs = isSlow ? this.#random.between(40_000, 70_000) : this.#random.between(row.lastsMs.least, row.lastsMs.most);
    const operation: Operation = {
      uses: command.uses,
      token: command.token,
      to: target.to,
      startedAt: this.#ground.now,
      endsAt: later(this.#ground.now, lastsMs),
      fencing: undefined,
    };
    if (row.isExclusive) this.#operations.set(database.id, operation);
    const at = {
      target,
      database,
      ground: this.#ground,
      workloads: this.#workloads,
      operation,
      token: command.token,
      fences: (): boolean => this.#random.chance(this.behaviour.provesFence),
    };
    const fenced = row.begin(at);
    this.#ground.say({ kind: 'executed', call: this.#callOf(caller, command), changed: true, ...(fenced === undefined ? {} : { fenced }) });
    this.#ground.clock.after(lastsMs, () => row.finish(at));
    return { kind: 'accepted', checkAt: later(this.#ground.now, 250) };
  }

  /** It was so already: carried out, and nothing changed. */
  #done(caller: Sender, command: Step): Outcome {
    this.#ground.say({ kind: 'executed', call: this.#callOf(caller, command), changed: false });
    return { kind: 'succeeded', data: this.#outputsOf(command) };
  }
  #outputsOf(command: Step): Json {
    const { to, workload } = targetOf(command);
    const last = this.#operations.get(workload);
    const fencing = last?.token === command.token ? last.fencing : undefined;
    return { writer: to, ...(fencing === undefined ? {} : { fencing }) };
  }

  #look(command: Step): Observed {
    const at = later(this.#ground.now, -this.#random.between(0, this.behaviour.readBackLagMs));
    const seen = this.#seenAt(command, at);
    if (seen.kind !== this.#seenAt(command, this.#ground.now).kind) this.#struck('provider-read-back-lags');
    return seen;
  }
  /** What a read-back tells that shows things as they were at that instant. */
  #seenAt(command: Step, at: Instant): Observed {
    const target = targetOf(command);
    const database = this.#workloads.database(target.workload);
    if (database === undefined) return { kind: 'unknown', message: 'no such workload' };
    const route = this.#workloads.routeShownAt(target.workload, at);
    if (goalShown(command.uses, target, database.shownAt(at), route)) return { kind: 'holds', data: this.#outputsOf(command) };
    const running = this.#operations.get(database.id);
    const isRunning = running?.uses === command.uses && running.to === target.to && running.startedAt <= at && running.endsAt > at;
    if (isRunning) return { kind: 'underway', checkAt: later(this.#ground.now, 250) };
    if (command.uses === 'sim.route' && this.#workloads.isRouting(target.workload, target.to, at))
      return { kind: 'underway', checkAt: later(this.#ground.now, 250) };
    return { kind: 'absent', because: `the goal of ${command.uses} does not hold` };
  }

  #refuse(caller: Sender, command: Command, code: string, retriable: boolean): Outcome {
    if (command.kind === 'apply') this.#ground.say({ kind: 'refused', call: this.#callOf(caller, command as Step), code });
    return { kind: 'failed', code, message: 'turned away', retriable };
  }
  #callOf(caller: Sender, command: Step): Call {
    const { workload, from, to } = targetOf(command);
    return {
      uses: command.uses,
      effect: effectOf(command.uses),
      run: command.run,
      step: command.step,
      attempt: command.attempt,
      token: command.token,
      epoch: caller.epoch,
      controller: caller.controller,
      decidedAt: caller.decidedAt,
      sentAt: caller.sentAt,
      workload: workload as never,
      from,
      to,
    };
  }
}

/** Nothing but its own controller is asked: it looks again as soon as somebody says so. */
function byHand(caller: Caller, { kind, run, step }: Step, now: Instant): Outcome | Observed {
  const said = caller.confirmation(run, step);
  if (said === undefined) return { kind: kind === 'apply' ? 'accepted' : 'underway', checkAt: later(now, 3_600_000) };
  const data = said.answer === undefined ? {} : { answer: said.answer };
  return kind === 'apply' ? { kind: 'succeeded', data } : { kind: 'holds', data };
}
function targetOf(command: Step): Target {
  const input = command.with;
  const fields = (typeof input === 'object' && input !== null ? input : {}) as Readonly<Record<string, unknown>>;
  const text = (key: string): string => (typeof fields[key] === 'string' ? fields[key] : '');
  return { workload: text('workload'), from: text('from'), to: text('to'), at: text('at'), leave: text('leave') };
}
const notSent = (command: Command): Outcome | Observed =>
  command.kind === 'observe' || command.kind === 'check'
    ? { kind: 'unknown', message: 'no connection' }
    : { kind: 'failed', code: 'UNREACHABLE', message: 'not sent: no connection', retriable: true };
