// Values that every noun uses. Nothing here reads a clock, a file or the network.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** Milliseconds since the epoch, UTC. Order comes from `seq`, never from this. */
export type Instant = Branded<number, 'Instant'>;
/** SHA-256, 64 lower-case hex digits. */
export type Hash = Branded<string, 'Hash'>;
export type WorkloadId = Branded<string, 'WorkloadId'>;
export type SiteId = Branded<string, 'SiteId'>;
export type RunId = Branded<string, 'RunId'>;
export type DrillId = Branded<string, 'DrillId'>;
export type IncidentId = Branded<string, 'IncidentId'>;
export type StepId = Branded<string, 'StepId'>;
export type VantageId = Branded<string, 'VantageId'>;
export type ActionName = Branded<string, 'ActionName'>;

/** Who did it. People are named by the identity provider or the token; never by a free text of the request. */
export type Actor = { readonly kind: 'engine' | 'person' | 'agent' | 'schedule'; readonly id: string };
/** How real the ground under an entry is. Histories never mix floors; only `live` counts as evidence for a control. */
export type Floor = 'simulation' | 'lab' | 'live';
export type Result<T, E> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

export const later = (at: Instant, ms: number): Instant => (at + ms) as Instant;
/** The earlier of two instants, where `undefined` means never. */
export const earliest = (a: Instant | undefined, b: Instant | undefined): Instant | undefined =>
  a === undefined ? b : b === undefined || a <= b ? a : b;

/** Closes a `switch`: the compiler proves that it is never called, and a bug that calls it stops the process. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
