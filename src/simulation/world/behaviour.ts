// How well the providers of one schedule behave: drawn once a seed, so that a schedule may be hard in one way and easy in another.
import type { Random } from '../random.ts';
import { readBackLagMs } from '../actions.ts';

export type Behaviour = {
  readonly latencyMs: { readonly least: number; readonly most: number };
  /** Chances, of each call. */
  readonly throttles: number;
  readonly dropsReply: number;
  readonly isLate: number;
  /** The operation takes longer than the step may. */
  readonly isSlow: number;
  /** Answers twice, the second time later. */
  readonly repeatsReply: number;
  readonly readBackLagMs: number;
  /** How often a fence that reaches the old storage is a proof; one that does not reach it is the provider's word at most. */
  readonly provesFence: number;
  /** Credentials of a predecessor are refused also before they expire. */
  readonly refusesOlderEpochs: boolean;
};

export function drawBehaviour(random: Random, isEnabled: (fault: string) => boolean): Behaviour {
  const rate = (fault: string, most: number): number => (isEnabled(fault) ? random.next() * most : 0);
  const most = random.pick([40, 200, 1_500]);
  return {
    latencyMs: { least: 10, most },
    throttles: rate('provider-throttles', 0.3),
    dropsReply: rate('provider-drops-reply', 0.4),
    isLate: rate('provider-late-request', 0.3),
    isSlow: rate('provider-slow-operation', 0.15),
    repeatsReply: rate('repeated-outcome', 0.4),
    readBackLagMs: isEnabled('provider-read-back-lags') ? random.between(0, readBackLagMs) : 0,
    provesFence: random.pick([1, 1, 0.5]),
    refusesOlderEpochs: random.chance(0.5),
  };
}
