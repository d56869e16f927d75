// What Resus's own steps need from the program around them: probes by name, and the approvals and
// confirmations that the core has recorded.
import { actionFor, type Sample } from '../../ports.ts';

export type ResusConfig = {
  /** Takes one sample with a named probe. Resolves also for an unknown name, with `ok: false` and the reason. Never rejects. */
  readonly sample: (uses: string, input: unknown, signal: AbortSignal) => Promise<Sample>;
  /** Whether enough distinct people have approved the step with this token. */
  readonly approvals: (token: string) => boolean;
  /** Who confirmed the step with this token, and when, in milliseconds since the epoch; undefined while nobody has. */
  readonly confirmation: (token: string) => { readonly by: string; readonly at: number; readonly answer?: string } | undefined;
  readonly moves?: Moves;
};

export type Move = { readonly workload: string; readonly leave: string };
/** `here`: its role is still in the site. `given-up`: its own run has closed otherwise than it should. */
export type Standing =
  | { readonly kind: 'there'; readonly replica: string }
  | { readonly kind: 'open'; readonly run: string }
  | { readonly kind: 'here' | 'given-up'; readonly because: string }
  | { readonly kind: 'unknown'; readonly message: string };
/** Runs of other workloads that a step of a run asks for; `token` is that step's. */
export type Moves = {
  look(token: string, move: Move): Standing;
  /** Resolves when the run is durable, or when it was refused. Never rejects. */
  order(
    token: string,
    move: Move,
  ): Promise<{ readonly ok: true } | { readonly ok: false; readonly code: string; readonly message: string }>;
};
/** A program that decides nothing, such as a vantage, moves nothing. */
const nobody: Moves = {
  look: () => ({ kind: 'unknown', message: 'nothing here knows where workloads are' }),
  order: () => Promise.resolve({ ok: false, code: 'CANNOT_MOVE', message: 'nothing here decides' }),
};

export class ResusTools {
  readonly sample: ResusConfig['sample'];
  readonly approvals: ResusConfig['approvals'];
  readonly confirmation: ResusConfig['confirmation'];
  readonly moves: Moves;
  readonly #waits = new Map<string, number>();

  constructor(config: ResusConfig) {
    this.sample = config.sample;
    this.approvals = config.approvals;
    this.confirmation = config.confirmation;
    this.moves = config.moves ?? nobody;
  }

  /** When the wait with this token began for this process: at its first call. */
  waitingSince(token: string, now: number): number {
    const since = this.#waits.get(token) ?? now;
    this.#waits.set(token, since);
    const oldest = this.#waits.size > 1_000 ? this.#waits.keys().next().value : undefined;
    if (oldest !== undefined) this.#waits.delete(oldest);
    return since;
  }
}

export const resusAction = actionFor<ResusTools>();
