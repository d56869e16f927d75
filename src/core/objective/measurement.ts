// What was achieved, on the users' own path. Shapes only; `rta.ts` and `rpa.ts` compute them, and `verify` again.
import type { Instant } from '../values.ts';

/** One canary: written, acknowledged, read back. Times are the client's clock; absent means that it never came. */
export type CanarySample = {
  readonly id: string;
  readonly sentAt: Instant;
  readonly ackedAt?: Instant;
  /** When the read-back of the write came with the same content: only then the answer was good. */
  readonly readAt?: Instant;
  /** PostgreSQL timeline (or another writer epoch) that the answer named; 0 when unknown. */
  readonly timeline: number;
  readonly address: string;
  readonly detail: string;
};
/** What became of one acknowledged canary, asked for after the promotion. */
export type LedgerLine = { readonly id: string; readonly found: 'present' | 'absent' | 'unknown'; readonly versions: number };

export const phases = ['detect', 'decide', 'approve', 'execute', 'validate'] as const;
export type Phase = (typeof phases)[number];
export type Canaries = { readonly acknowledged: number; readonly lost: number; readonly duplicated: number; readonly unknown: number };
/** Of the run's window on the users' path, from the onset until it was restored and executed: what was watched and what was not. */
export type Coverage = { readonly measuredMs: number; readonly unknownMs: number };
export type Measurement = {
  /** The last good answer before the impact, and the first sustained good one after; absent while there is none. */
  readonly onsetAt?: Instant;
  readonly restoredAt?: Instant;
  /** Exact, or with `coverage` an upper bound: what was not watched counts as outage. */
  readonly rtaMs?: number;
  /** An upper bound: also with nothing lost it is the gap between two canaries. */
  readonly rpaMs?: number;
  /** Add up to `rtaMs`. */
  readonly phasesMs?: Readonly<Record<Phase, number>>;
  readonly canaries: Canaries;
  /** Only when the canary client fell silent within the window. */
  readonly coverage?: Coverage;
};
