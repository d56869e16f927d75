// What the world answered. `unknown` is first class: sent, and nothing that settles it came back.
import type { Instant, Json } from './values.ts';

/** What came of one attempt to apply or revert. */
export type Outcome<D = Json> =
  | { readonly kind: 'succeeded'; readonly data: D }
  | { readonly kind: 'accepted'; readonly checkAt: Instant } // the provider took it and is working: observe from then on
  | { readonly kind: 'failed'; readonly code: string; readonly message: string; readonly retriable: boolean } // known not to have taken effect
  | { readonly kind: 'unknown'; readonly message: string }; // may have taken effect: observe before anything else

/**
 * What a read-back says about the goal of an action. Only `absent` makes another attempt safe. `isFinal`: nothing is under way any more, and
 * it was ended on purpose or for good, so that only people may ask for another attempt.
 */
export type Observed<D = Json> =
  | { readonly kind: 'holds'; readonly data: D }
  | { readonly kind: 'underway'; readonly checkAt: Instant }
  | { readonly kind: 'absent'; readonly because: string; readonly isFinal?: true }
  | { readonly kind: 'unknown'; readonly message: string };
