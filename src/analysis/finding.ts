// What a finding is: one file says what will not work, why that matters and how it is mended, and finds it in what was declared.
// It looks at declarations, and at what it is given of a history: no controller, no network, no clock.
import type { Examined } from './examined.ts';

export type Severity = 'error' | 'warning';
/** `Config` is the file by which a controller runs (`resus.yaml`), named by its path. */
export type KindName = 'Site' | 'Tier' | 'Workload' | 'Runbook' | 'GameDay' | 'Calendar' | 'Framework' | 'Config';
/** A declaration, and a JSON pointer (RFC 6901) into its document. What does not stand there is shown at the nearest place above it. */
export type Place = { readonly kind: KindName; readonly name: string; readonly pointer: string };
export type Found = {
  readonly at: Place;
  /** One sentence without a full stop: what will not work, of what. */
  readonly sentence: string;
  /** What it was concluded from, one fact each. */
  readonly evidence: readonly string[];
  readonly remedy: string;
};
export type Finding = {
  /** Stable: people search for it. Add, never rename. */
  readonly code: string;
  /** `error`: what was promised cannot be kept. `warning`: it can be kept, by luck. */
  readonly severity: Severity;
  /** It looks at what happened, too, and finds nothing without a history. */
  readonly ofPast?: true;
  /** One sentence each, for the reference and `resus explain`. */
  readonly means: string;
  readonly why: string;
  readonly fix: string;
  /** YAML as it should be. */
  readonly example: string;
  find(at: Examined): Iterable<Found>;
};
