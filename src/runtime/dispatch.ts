// Runs commands against the world and turns whatever comes of it, thrown or not, into an input. The only place where
// an adapter's exception is caught: after a call was sent, an exception means `unknown`, never `failed`.
import { answerTo } from '../core/input.ts';
import type { Command, Input } from '../core/kernel.ts';
import type { Json } from '../core/values.ts';
import type { Action, Clock, Fault, FaultCall } from '../ports.ts';
import { answerOf, saidBy } from './answer.ts';

/** An action or fault with the tools of its provider; `problem` says why an input does not fit its schema. */
export type Bound<T> = { readonly it: T; readonly tools: unknown; problem(input: Json): string | undefined };
export type Registry = {
  readonly actions: ReadonlyMap<string, Bound<Action<unknown>>>;
  readonly faults: ReadonlyMap<string, Bound<Fault<unknown>>>;
};
export type DispatchOptions = {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly epoch: number;
  /** The journal in which `epoch` counts. */
  readonly log: string;
  readonly post: (input: Input) => void;
};

export function dispatcher({ registry, clock, epoch, log, post }: DispatchOptions): (command: Command) => void {
  return (command) => {
    void run(command).then(post);
  };

  async function run(command: Command): Promise<Input> {
    const bound =
      command.kind === 'apply' || command.kind === 'observe' ? registry.actions.get(command.uses) : registry.faults.get(command.uses);
    if (bound === undefined)
      return refused(command, 'NO_PROVIDER', `no provider here has ${command.uses}; start the controller with the one that does`);
    const problem = bound.problem(command.with);
    if (problem !== undefined) return refused(command, 'BAD_INPUT', `${command.uses}: ${problem}`);
    const controller = new AbortController();
    const call = {
      with: command.with as never,
      tools: bound.tools,
      token: command.token,
      epoch,
      log,
      now: clock.now(),
      signal: controller.signal,
      leaseMs: 'leaseMs' in command ? command.leaseMs : 0,
    };
    try {
      const answer = await within(command.deadline - clock.now(), controller, async () => invoke(command, bound, call));
      return answerTo(command, answerOf(command, answer));
    } catch (error) {
      return unsure(command, saidBy(error));
    }
  }
}

/** What comes of it is whatever an adapter made of it: nobody has checked it yet. */
function invoke(command: Command, bound: Bound<unknown>, call: FaultCall<never, unknown>): Promise<unknown> {
  if (command.kind === 'apply') return (bound.it as Action<unknown>).apply(call);
  if (command.kind === 'observe') return (bound.it as Action<unknown>).observe(call);
  const fault = bound.it as Fault<unknown>;
  return command.kind === 'inject' ? fault.inject(call) : command.kind === 'revert' ? fault.revert(call) : fault.observe(call);
}

/** Aborts at the deadline and answers then, also when the call ignores the abort. */
function within<T>(ms: number, controller: AbortController, call: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => {
        controller.abort();
        reject(new Error(`no answer within ${Math.max(0, ms)} ms`));
      },
      Math.max(0, ms),
    );
    call()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

const unsure = (command: Command, message: string): Input => answerTo(command, { kind: 'unknown', message: message.slice(0, 500) });
/** Nothing was sent, and that is certain. */
const refused = (command: Command, code: string, message: string): Input =>
  command.kind === 'observe' || command.kind === 'check'
    ? unsure(command, message)
    : answerTo(command, { kind: 'failed', code, message, retriable: false });
