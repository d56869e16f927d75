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
};

export class ResusTools {
  readonly sample: ResusConfig['sample'];
  readonly approvals: ResusConfig['approvals'];
  readonly confirmation: ResusConfig['confirmation'];
  readonly #waits = new Map<string, number>();

  constructor(config: ResusConfig) {
    this.sample = config.sample;
    this.approvals = config.approvals;
    this.confirmation = config.confirmation;
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
