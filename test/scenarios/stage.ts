// A provider that works: takes a call, is busy for a while, and then its goal holds.
import type { Command } from '../../src/core/kernel.ts';
import type { Instant, Json } from '../../src/core/values.ts';
import { estate } from '../core/estate.ts';
import { Theatre, type Stage } from '../core/theatre.ts';

export type Provider = {
  readonly busyMs: number;
  readonly fencing?: 'storage-fenced' | 'confirmed';
  /** Its work is not visible before it is done. */ readonly isSeen?: 'at the end';
};
const goalOf = (command: Command): string => ('step' in command ? `${command.run}/${command.step}` : `${command.drill}/${command.fault}`);
const siteOf = (fault: { readonly with: Json }): string => (fault.with as { readonly site: string }).site;

/** Also counts what was executed, as a provider would: the engine's own belief is not asked. */
export class WorkingStage {
  readonly executed: string[] = [];
  readonly doneAt = new Map<string, number>();
  /** Goals whose answer gets lost after executing, and goals that are refused. */
  readonly loseReply = new Set<string>();
  readonly refuse = new Map<string, { readonly code: string; readonly retriable: boolean }>();
  /** Goals whose first call never comes out: not executed, and never answered. */
  readonly hold = new Set<string>();
  theatre: Theatre | undefined;
  readonly #provider: Provider;
  constructor(provider: Provider = { busyMs: 1_000 }) {
    this.#provider = provider;
  }

  readonly play: Stage = (command, at) => {
    const goal = goalOf(command);
    switch (command.kind) {
      case 'apply': {
        if (this.hold.delete(goal)) return { afterMs: 3_600_000, answer: { kind: 'unknown', message: 'too late' } };
        const refusal = this.refuse.get(goal);
        if (refusal !== undefined) return { afterMs: 50, answer: { kind: 'failed', ...refusal, message: 'refused by the provider' } };
        this.executed.push(goal);
        this.doneAt.set(goal, at + this.#provider.busyMs);
        if (this.loseReply.delete(goal))
          return { afterMs: 50, answer: { kind: 'unknown', message: 'the connection was reset after sending' } };
        return { afterMs: 50, answer: { kind: 'accepted', checkAt: at } };
      }
      case 'observe': {
        const doneAt = this.doneAt.get(goal);
        if (doneAt === undefined) return { afterMs: 50, answer: { kind: 'absent', because: 'the writer is the old one' } };
        if (at < doneAt && this.#provider.isSeen === 'at the end')
          return { afterMs: 50, answer: { kind: 'absent', because: 'the writer is the old one' } };
        if (at < doneAt) return { afterMs: 50, answer: { kind: 'underway', checkAt: at } };
        if (goal.endsWith('/promote')) this.#promoted(command);
        return {
          afterMs: 50,
          answer: {
            kind: 'holds',
            data: { writer: 'arn:west', ...(this.#provider.fencing === undefined ? {} : { fencing: this.#provider.fencing }) },
          },
        };
      }
      case 'inject':
        this.executed.push(goal);
        this.theatre?.dark.add(siteOf(command));
        return { afterMs: 50, answer: { kind: 'succeeded', data: null } };
      case 'revert':
        this.theatre?.dark.delete(siteOf(command));
        return { afterMs: 50, answer: { kind: 'succeeded', data: null } };
      case 'check':
        return {
          afterMs: 50,
          answer:
            this.theatre?.dark.has(siteOf(command)) === true ? { kind: 'holds', data: null } : { kind: 'absent', because: 'it answers' },
        };
    }
  };

  #promoted(command: Command): void {
    if (this.theatre === undefined || !('run' in command)) return;
    const { workload, plan: { to } = {} } = this.theatre.known.runs.get(command.run) ?? {};
    if (to === undefined || workload === undefined) return;
    // Where there are several, each goes alone, and the canaries follow the first.
    if (this.theatre.known.workloads.size > 1) {
      for (const id of this.theatre.known.workloads.keys())
        if (!this.theatre.primaries.has(id)) this.theatre.primaries.set(id, this.theatre.primary);
      this.theatre.primaries.set(workload, to);
    }
    if (this.theatre.primary === to) return;
    this.theatre.primary = to;
    this.theatre.timeline += 1;
  }
}
/** A hospital in peace, five seconds old. */
export function open(stage = new WorkingStage(), declared = estate): { theatre: Theatre; stage: WorkingStage } {
  const theatre = new Theatre(declared, stage.play);
  stage.theatre = theatre;
  theatre.pass(5_000);
  return { theatre, stage };
}
export type At = Instant;
